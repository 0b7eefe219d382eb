from . import (
    audio,
    cluster,
    datasets,
    experiments,
    features,
    lyrics,
    metrics,
    model_selection,
    networks,
    persistence,
    plots,
    report,
    vae,
)
from .audio import AudioEmbedder, AudioFeatureExtractor
from .cluster import VaDEClusterer
from .features import BlockScaler, make_track_features
from .lyrics import LyricsEmbedder, LyricsVectorizer
from .networks import MLP
from .persistence import load, save
from .vae import VAETransformer

__all__ = [
    "MLP",
    "AudioEmbedder",
    "AudioFeatureExtractor",
    "BlockScaler",
    "LyricsEmbedder",
    "LyricsVectorizer",
    "VAETransformer",
    "VaDEClusterer",
    "audio",
    "cluster",
    "datasets",
    "experiments",
    "features",
    "load",
    "lyrics",
    "make_track_features",
    "metrics",
    "model_selection",
    "networks",
    "persistence",
    "plots",
    "report",
    "save",
    "vae",
]
