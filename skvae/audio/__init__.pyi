from ._augment import augment_tracks
from ._descriptors import DESCRIPTORS
from ._effects import AudioSegment
from ._embedder import AudioEmbedder
from ._extractor import AudioFeatureExtractor
from ._report import Extraction, ExtractionWarning
from ._segments import explode_segments

__all__ = [
    "DESCRIPTORS",
    "AudioEmbedder",
    "AudioFeatureExtractor",
    "AudioSegment",
    "Extraction",
    "ExtractionWarning",
    "augment_tracks",
    "explode_segments",
]
