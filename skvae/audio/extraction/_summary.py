"""Computation of one row from the excerpts of a recording: statistics of texture windows, or an image of frames."""

import numpy as np

from ..descriptors import DESCRIPTORS
from ..spectrum._constants import HOP
from ..spectrum._delta import delta
from ..spectrum._spectrum import Spectrum
from ._statistics import parse_statistic


def describe(signals, settings):
    """Describe the excerpts of one recording.

    Parameters
    ----------
    signals : list of ndarray of shape (n_samples,), float32
        Excerpts at the sample rate of `settings`.
    settings : Settings
        Descriptors, statistics and form of the result.

    Returns
    -------
    values : ndarray of shape (n_features,)
        Values in the order of ``settings.names``.
    """
    if settings.statistics is None:
        return image(Spectrum(image_signal(signals, settings), settings.sample_rate), settings)
    return summarize(signals, settings)


def image_signal(signals, settings):
    """Concatenate excerpts, and cut or extend them to the length of the image.

    The samples are cut or extended, not the frames, so that one rule applies to all descriptors.
    """
    n_samples = settings.image_samples
    signal = np.concatenate(signals)
    start = max(0, (len(signal) - n_samples) // 2)
    signal = signal[start : start + n_samples]
    if settings.padding == "tile":
        return np.resize(signal, n_samples)
    return np.pad(signal, (0, n_samples - len(signal)))


def image(spectrum, settings):
    """Return the frames of all descriptors, row by row."""
    return np.concatenate([DESCRIPTORS[feature].compute(spectrum) for feature in settings.features]).ravel()


def summarize(signals, settings):
    """Return statistics of the frames, averaged over all texture windows.

    Descriptors without frames are averaged over the excerpts.
    """
    descriptors = [DESCRIPTORS[feature] for feature in settings.features]
    windows, whole_values = [], []
    for signal in signals:
        spectrum = Spectrum(signal, settings.sample_rate)
        computed = list(zip(descriptors, (descriptor.compute(spectrum) for descriptor in descriptors), strict=True))
        whole_values.append([values for descriptor, values in computed if descriptor.whole])
        series = [values for descriptor, values in computed if not descriptor.whole]
        if series:
            windows += _window_statistics(np.concatenate(series, dtype=np.float64), settings)
    rows = iter(np.mean(windows, axis=0) if windows else ())
    whole = iter([np.mean(values, axis=0) for values in zip(*whole_values, strict=True)])
    values = []
    for descriptor in descriptors:
        values += [next(whole)] if descriptor.whole else [next(rows) for _ in descriptor.names]
    return np.concatenate(values)


def _window_statistics(series, settings):
    """Return the statistics of each texture window of an excerpt, list of ndarrays of shape (n_rows, n_statistics).

    The frames are divided into equal windows whose length is closest to ``settings.window`` seconds. All frames are
    therefore used with the same weight.
    """
    statistics = [parse_statistic(name) for name in settings.statistics]
    n_frames = series.shape[1]
    frames_per_window = n_frames if settings.window is None else settings.window * settings.sample_rate / HOP
    n_windows = max(1, round(n_frames / frames_per_window))
    windows = np.array_split(series, n_windows, axis=1)
    slopes = windows
    if any(of_delta for of_delta, _ in statistics):
        slopes = np.array_split(delta(series), n_windows, axis=1)
    return [
        np.stack([function(slope if of_delta else window, axis=1) for of_delta, function in statistics], axis=1)
        for window, slope in zip(windows, slopes, strict=True)
    ]
