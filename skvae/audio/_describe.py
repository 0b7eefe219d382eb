"""One recording -> one row: excerpts, spectra, texture windows, statistics. What a worker process runs."""

import difflib
from dataclasses import astuple, dataclass
from typing import NamedTuple

import numpy as np

from ._decode import MIN_SECONDS, AudioError, content_digest, load
from ._descriptors import DESCRIPTORS
from ._spectrum import HOP, Spectrum

STATISTICS = {"mean": np.mean, "std": np.std, "median": np.median, "min": np.min, "max": np.max}


@dataclass(frozen=True)
class Settings:
    """What the numbers of a row depend on, beside the recording; the fields are AudioFeatureExtractor's parameters."""

    features: tuple[str, ...]
    sample_rate: int
    offset: float
    duration: float
    statistics: tuple[str, ...]
    window: float | None
    excerpts: int | None

    def __post_init__(self):
        """Raise a ValueError that names what cannot be."""
        _check_names("features", self.features, DESCRIPTORS)
        _check_names("statistics", self.statistics, STATISTICS)
        if self.excerpts is not None and self.duration / self.excerpts < MIN_SECONDS:
            raise ValueError(
                f"excerpts={self.excerpts} of duration={self.duration:g} s are {self.duration / self.excerpts:.2g} s "
                f"each: at least {MIN_SECONDS:g} s are needed"
            )

    @property
    def names(self):
        """Column names: every row of every descriptor, with each statistic in turn."""
        rows = [row for feature in self.features for row in DESCRIPTORS[feature].names]
        return [f"{row}_{statistic}" for row in rows for statistic in self.statistics]


class Row(NamedTuple):
    """Result for one recording: values (float32, or None where it failed), seconds described, reason (or None)."""

    values: np.ndarray | None
    seconds: float
    reason: str | None


def describe(source, settings, memory, version):
    """Describe one recording, from the cache where it is there; a recording that cannot be used gives its reason.

    Parameters
    ----------
    source : None, str or tuple of (ndarray, float)
        No audio, a path, or samples and their rate in hertz.
    settings : Settings
        What to compute.
    memory : joblib.Memory or None
        Cache, keyed by the content of the recording, the settings and `version`.
    version : str
        Version of the library.

    Returns
    -------
    row : Row
        Values in the order of ``settings.names``.
    """
    if source is None:
        return Row(None, 0.0, "no audio")
    try:
        if memory is None:
            return Row(*_compute(source, settings), None)
        cached = memory.cache(_compute_by_content, ignore=["source", "settings"])
        return Row(*cached(content_digest(source), astuple(settings), version, source, settings), None)
    except AudioError as error:
        return Row(None, 0.0, str(error))


def _compute_by_content(digest, fields, version, source, settings):
    """Do `_compute`; joblib keys on the first three arguments and stores no result of a call that raises."""
    return _compute(source, settings)


def _compute(source, settings):
    signals, seconds = load(
        source,
        sample_rate=settings.sample_rate,
        offset=settings.offset,
        duration=settings.duration,
        excerpts=settings.excerpts,
    )
    windows = [window for signal in signals for window in _texture(signal, settings)]
    return np.mean(windows, axis=0).ravel().astype(np.float32), seconds


def _texture(signal, settings):
    """Summarise each texture window of an excerpt: list of ndarrays of shape (n_descriptors, n_statistics).

    The frames are cut into that number of equal windows whose length comes nearest to ``settings.window`` seconds, so
    that none is left over and all weigh the same.
    """
    spectrum = Spectrum(signal, settings.sample_rate)
    series = np.concatenate([DESCRIPTORS[feature].compute(spectrum) for feature in settings.features], dtype=np.float64)
    n_frames = series.shape[1]
    frames_per_window = n_frames if settings.window is None else settings.window * settings.sample_rate / HOP
    n_windows = max(1, round(n_frames / frames_per_window))
    parts = np.array_split(series, n_windows, axis=1)
    return [np.stack([STATISTICS[name](part, axis=1) for name in settings.statistics], axis=1) for part in parts]


def _check_names(parameter, names, known):
    """Raise a ValueError unless `names` are some of `known`, each once."""
    if not names:
        raise ValueError(f"{parameter} is empty: choose from {', '.join(known)}")
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else f"choose from {', '.join(known)}"
            raise ValueError(f"{parameter} has no {name!r}: {hint}")
    if len(set(names)) < len(names):
        raise ValueError(f"{parameter}={list(names)}: each name may occur once")
