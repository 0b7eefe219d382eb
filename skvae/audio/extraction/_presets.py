"""Named choices of descriptors, statistics and window."""

from types import MappingProxyType
from typing import NamedTuple


class Preset(NamedTuple):
    """What a name stands for in :class:`AudioFeatureExtractor`.

    Attributes
    ----------
    features : tuple of str
        Names of descriptors.
    statistics : tuple of str
        Summaries of the frames.
    window : float or None
        Length of the texture windows in seconds; None is the whole excerpt.
    """

    features: tuple[str, ...]
    statistics: tuple[str, ...] = ("mean", "std")
    window: float | None = 3.0


_DEFAULT = (
    "mfcc",
    "chroma_cens",
    "contrast",
    "centroid",
    "bandwidth",
    "rolloff",
    "flatness",
    "flux",
    "zero_crossing_rate",
    "rms",
    "harmonic",
    "percussive",
    "onset",
    "tempo",
    "tempogram_ratio",
)

PRESETS = MappingProxyType(
    {
        "default": Preset(_DEFAULT),
        "mfcc52": Preset(("mfcc13",), ("mean", "std", "skew", "kurtosis"), None),
        "mfcc40": Preset(("mfcc",), window=None),
        "mfcc80": Preset(("mfcc40",), window=None),
        "gtzan57": Preset(("gtzan57",), window=None),
    }
)
"""Choices by name: "default", the best for clusters of those compared in benchmarks/bench_audio_default.py; "mfcc52",
"mfcc40" and "mfcc80", moments of cepstra over the whole excerpt, named after their number of columns; "gtzan57", the
columns of the published table of GTZAN features. Read-only."""
