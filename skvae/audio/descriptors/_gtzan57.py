"""Columns of the published table of GTZAN features."""

import numpy as np

from ._bandwidth import bandwidth
from ._centroid import centroid
from ._chroma import chroma
from ._mfcc import mfcc
from ._registry import descriptor
from ._rms import rms
from ._rolloff import rolloff
from ._zero_crossing_rate import zero_crossing_rate

_SERIES = (
    "chroma_stft",
    "rms",
    "spectral_centroid",
    "spectral_bandwidth",
    "rolloff",
    "zero_crossing_rate",
    "harmony",
    "perceptr",
)
_COEFFICIENTS = tuple(f"mfcc{i}" for i in range(1, 21))


def _mean_and_variance(names):
    return [f"{name}_{statistic}" for name in names for statistic in ("mean", "var")]


@descriptor(
    "various", [*_mean_and_variance(_SERIES), "tempo", *_mean_and_variance(_COEFFICIENTS)], name="gtzan57", whole=True
)
def gtzan57(spectrum):
    """Columns of the table of GTZAN features: tempo, and mean and variance of 28 series [shape=(57,)].

    The chroma uses the estimated tuning of the recording. ``harmony`` and ``perceptr`` are statistics of the samples of
    the harmonic and the percussive part. The tempo is that of librosa's beat tracker. The units are hertz, dB, beats
    per minute, and their squares.

    References
    ----------
    Tzanetakis and Cook, "Musical genre classification of audio signals", 2002 (the clips); Olteanu, "GTZAN dataset -
    music genre classification", Kaggle, 2020 (the table).
    """
    series = [
        chroma(spectrum, spectrum.tuning),
        rms(spectrum),
        centroid(spectrum),
        bandwidth(spectrum),
        rolloff(spectrum),
        zero_crossing_rate(spectrum),
        *spectrum.separated(),
    ]
    beats = [spectrum.beat_tempo]
    return np.concatenate([_moments(series), beats, _moments(mfcc(spectrum))])


def _moments(series):
    return [moment(values, dtype=np.float64) for values in series for moment in (np.mean, np.var)]
