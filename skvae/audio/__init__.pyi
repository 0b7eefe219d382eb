from ._augment import augment_tracks
from ._cache import AudioCache
from ._effects import AudioSegment
from ._embedder import AudioEmbedder
from ._extractor import AudioFeatureExtractor
from ._presets import PRESETS
from ._report import Extraction, ExtractionWarning
from ._segments import explode_segments
from .descriptors import DESCRIPTORS

__all__ = [
    "DESCRIPTORS",
    "PRESETS",
    "AudioCache",
    "AudioEmbedder",
    "AudioFeatureExtractor",
    "AudioSegment",
    "Extraction",
    "ExtractionWarning",
    "augment_tracks",
    "explode_segments",
]
