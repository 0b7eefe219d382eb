"""Signals -> one row: spectra, texture windows, statistics, images."""

import difflib
from dataclasses import dataclass

import numpy as np

from ..decoding._decode import MIN_SECONDS
from ..descriptors import DESCRIPTORS
from ..spectrum._delta import delta
from ..spectrum._spectrum import HOP, Spectrum
from ._statistics import STATISTICS, split


@dataclass(frozen=True)
class Settings:
    """What the numbers of a row depend on, beside the recording; the fields are AudioFeatureExtractor's parameters."""

    features: tuple[str, ...]
    sample_rate: int
    offset: float
    duration: float
    statistics: tuple[str, ...] | None
    window: float | None
    excerpts: int | None
    n_frames: int | None
    padding: str

    def __post_init__(self):
        """Raise a ValueError that names what cannot be."""
        _check_names("features", self.features, DESCRIPTORS)
        self._check_columns()
        if self.statistics is not None:
            made = [name for name in self.statistics if name not in STATISTICS and split(name)[1]]
            _check_names("statistics", self.statistics, [*STATISTICS, *made])
            if self.n_frames is not None:
                raise ValueError(f"n_frames={self.n_frames} needs statistics=None, which keeps the frames")
        if self.excerpts is not None and self.duration / self.excerpts < MIN_SECONDS:
            raise ValueError(
                f"excerpts={self.excerpts} of duration={self.duration:g} s are {self.duration / self.excerpts:.2g} s "
                f"each: at least {MIN_SECONDS:g} s are needed"
            )

    @property
    def shape(self):
        """Rows and frames of a description that keeps its frames; else the number of columns alone."""
        if self.statistics is None:
            return sum(len(DESCRIPTORS[feature].names) for feature in self.features), self.image_frames
        return (len(self.names),)

    @property
    def image_frames(self):
        """Frames of a description that keeps them: `n_frames`, or as many as `duration` has."""
        return self.n_frames or 1 + int(self.duration * self.sample_rate) // HOP

    @property
    def image_samples(self):
        """Samples of that many frames."""
        return (self.image_frames - 1) * HOP

    @property
    def names(self):
        """Column names: every row of every descriptor, with each statistic, or frame, in turn."""
        if self.statistics is None:
            suffixes = [f"{frame:04d}" for frame in range(self.image_frames)]
        else:
            suffixes = self.statistics
        names = []
        for descriptor in map(DESCRIPTORS.get, self.features):
            for row in descriptor.names:
                names += [row] if descriptor.whole else [f"{row}_{suffix}" for suffix in suffixes]
        return names

    def _check_columns(self):
        owners = {}
        for feature in self.features:
            if DESCRIPTORS[feature].whole and self.statistics is None:
                raise ValueError(f"features has {feature!r}, which has no frames: statistics=None needs others")
            for name in DESCRIPTORS[feature].names:
                if name in owners:
                    raise ValueError(f"features {owners[name]!r} and {feature!r} share the column {name}: keep one")
                owners[name] = feature


def describe(signals, settings):
    """Describe the excerpts of one recording.

    Parameters
    ----------
    signals : list of ndarray of shape (n_samples,), float32
        At the rate of `settings`.
    settings : Settings
        What to compute.

    Returns
    -------
    values : ndarray of shape (n_features,)
        In the order of ``settings.names``.
    """
    if settings.statistics is None:
        return image(Spectrum(image_signal(signals, settings), settings.sample_rate), settings)
    return _summary(signals, settings)


def image_signal(signals, settings):
    """Excerpts one after another, cut or continued to the length of the image, as one signal.

    The samples are, not the frames: one rule serves every descriptor.
    """
    n_samples = settings.image_samples
    signal = np.concatenate(signals)
    start = max(0, (len(signal) - n_samples) // 2)
    signal = signal[start : start + n_samples]
    if settings.padding == "tile":
        return np.resize(signal, n_samples)
    return np.pad(signal, (0, n_samples - len(signal)))


def image(spectrum, settings):
    """Frames of every descriptor, row by row."""
    return np.concatenate([DESCRIPTORS[feature].compute(spectrum) for feature in settings.features]).ravel()


def _summary(signals, settings):
    """Statistics of the frames, averaged over all texture windows; what is whole, over the excerpts."""
    descriptors = [DESCRIPTORS[feature] for feature in settings.features]
    windows, wholes = [], []
    for signal in signals:
        spectrum = Spectrum(signal, settings.sample_rate)
        computed = [descriptor.compute(spectrum) for descriptor in descriptors]
        wholes.append([values for values, descriptor in zip(computed, descriptors, strict=True) if descriptor.whole])
        series = [values for values, descriptor in zip(computed, descriptors, strict=True) if not descriptor.whole]
        if series:
            windows += _texture(np.concatenate(series, dtype=np.float64), settings)
    rows = iter(np.mean(windows, axis=0) if windows else ())
    whole = iter([np.mean(values, axis=0) for values in zip(*wholes, strict=True)])
    return np.concatenate(
        [next(whole) if descriptor.whole else next(rows) for descriptor in descriptors for _ in _steps(descriptor)]
    )


def _steps(descriptor):
    """One step for what is whole, one for each row of frames."""
    return range(1 if descriptor.whole else len(descriptor.names))


def _texture(series, settings):
    """Summarise each texture window of an excerpt: list of ndarrays of shape (n_rows, n_statistics).

    The frames are cut into that number of equal windows whose length comes nearest to ``settings.window`` seconds, so
    that none is left over and all weigh the same.
    """
    statistics = [split(name) for name in settings.statistics]
    n_frames = series.shape[1]
    frames_per_window = n_frames if settings.window is None else settings.window * settings.sample_rate / HOP
    n_windows = max(1, round(n_frames / frames_per_window))
    plain = np.array_split(series, n_windows, axis=1)
    slopes = plain
    if any(of_delta for of_delta, _ in statistics):
        slopes = np.array_split(delta(series), n_windows, axis=1)
    return [
        np.stack([function(slope if of_delta else part, axis=1) for of_delta, function in statistics], axis=1)
        for part, slope in zip(plain, slopes, strict=True)
    ]


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
