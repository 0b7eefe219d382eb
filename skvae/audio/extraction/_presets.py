"""Named sets of descriptors, statistics and texture window."""

from types import MappingProxyType
from typing import NamedTuple


class Preset(NamedTuple):
    """Values of three parameters of :class:`AudioFeatureExtractor`.

    Attributes
    ----------
    features : tuple of str
        Names of descriptors.
    statistics : tuple of str
        Statistics of the frames.
    window : float or None
        Length of the texture windows in seconds. None means the whole excerpt.
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
"""Presets by name (read-only). "default" gave the best clusters in benchmarks/bench_audio_default.py. "mfcc52",
"mfcc40" and "mfcc80" are moments of MFCC over the whole excerpt, named after their number of columns. "gtzan57" has the
columns of the published table of GTZAN features."""
