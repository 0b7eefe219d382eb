from .augmentation._augment import augment_tracks
from .augmentation._segments import explode_segments
from .decoding._segment import AudioSegment
from .descriptors import DESCRIPTORS
from .execution._cache import AudioCache
from .execution._results import Extraction, ExtractionWarning
from .extraction._extractor import AudioFeatureExtractor
from .extraction._presets import PRESETS
from .pretrained._embedder import AudioEmbedder
from .pretrained.models import PRETRAINED_MODELS

__all__ = [
    "DESCRIPTORS",
    "PRESETS",
    "PRETRAINED_MODELS",
    "AudioCache",
    "AudioEmbedder",
    "AudioFeatureExtractor",
    "AudioSegment",
    "Extraction",
    "ExtractionWarning",
    "augment_tracks",
    "explode_segments",
]
