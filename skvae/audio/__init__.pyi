from ._descriptors import DESCRIPTORS
from ._effects import AudioSegment
from ._extractor import AudioFeatureExtractor
from ._report import Extraction, ExtractionWarning

__all__ = ["DESCRIPTORS", "AudioFeatureExtractor", "AudioSegment", "Extraction", "ExtractionWarning"]
