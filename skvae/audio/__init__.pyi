from ._descriptors import DESCRIPTORS
from ._extractor import AudioFeatureExtractor
from ._report import Extraction, ExtractionWarning

__all__ = ["DESCRIPTORS", "AudioFeatureExtractor", "Extraction", "ExtractionWarning"]
