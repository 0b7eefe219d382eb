"""Periodicity of the onset strength: tempogram, tempo, and the strength of multiples of the tempo."""

from functools import cached_property, lru_cache

import numpy as np
import scipy.fft
import scipy.signal
from numpy.lib.stride_tricks import sliding_window_view

N_LAGS = 384
"""Number of lags of a tempogram, and length of its window in frames."""

RATIOS = (4, 8 / 3, 3, 2, 4 / 3, 3 / 2, 1, 2 / 3, 3 / 4, 1 / 2, 1 / 3, 3 / 8, 1 / 4)
"""Multiples of the tempo in the tempogram ratio."""

_SECONDS = 8
"""Length of the windows in which the tempo is estimated."""

_LIKELIEST_TEMPO, _MAX_TEMPO = 120.0, 320.0
"""Mode and upper limit of the prior of the tempo, in beats per minute."""

_BLOCK = 64
"""Number of windows that are transformed at once."""


class Rhythm:
    """Periodicity of the onset strength of one excerpt.

    Parameters
    ----------
    onset : ndarray of shape (t,)
        Onset strength of each frame.
    frame_rate : float
        Frames per second.
    """

    def __init__(self, onset, frame_rate):
        self.onset = onset
        self.frame_rate = frame_rate

    @cached_property
    def tempogram(self):
        """Local autocorrelation at lags of 0 to 383 frames, 1 at lag 0 [shape=(384, t)]."""
        return self._autocorrelation(N_LAGS)

    @cached_property
    def tempo(self):
        """Tempo of the whole excerpt, in beats per minute."""
        n = self._n_lags
        # The mean autocorrelation is the transform of the mean spectrum.
        spectrum = np.mean(np.concatenate(list(self._spectra(n))), axis=0)
        return self._to_tempo(scipy.fft.irfft(spectrum, _padded(n))[:n, None])[0]

    @cached_property
    def local_tempo(self):
        """Tempo around each frame, in beats per minute [shape=(t,)]."""
        return self._to_tempo(self._autocorrelation(self._n_lags))

    @cached_property
    def ratios(self):
        """Tempogram at `RATIOS` of the local tempo [shape=(13, t)]."""
        # Linear interpolation over frequency, not over lag, since the short lags are few.
        beat = self._best_lag(self.tempogram)
        lag = beat / np.array(RATIOS)[:, None]
        shorter = np.clip(lag.astype(int), 1, N_LAGS - 2)
        part = (1 / lag - 1 / (shorter + 1)) / (1 / shorter - 1 / (shorter + 1))
        frames = np.arange(len(beat))
        between = part * self.tempogram[shorter, frames] + (1 - part) * self.tempogram[shorter + 1, frames]
        return np.where((lag >= 1) & (lag <= N_LAGS - 1), between, 0)

    @property
    def _n_lags(self):
        return int(_SECONDS * self.frame_rate)

    def _to_tempo(self, tempogram):
        """Return the tempo of each column, in beats per minute."""
        return 60 * self.frame_rate / self._best_lag(tempogram)

    def _best_lag(self, tempogram):
        """Return the lag of the tempo of each column, in frames."""
        # Log-normal prior of the tempo, with a standard deviation of one octave. The product has the same maximum as
        # the sum of the logarithms in librosa.
        octaves = np.log2(60 * self.frame_rate / np.arange(1, len(tempogram)) / _LIKELIEST_TEMPO)
        prior = np.where(octaves < np.log2(_MAX_TEMPO / _LIKELIEST_TEMPO), np.exp(-0.5 * octaves**2), 0)
        return 1 + np.argmax((1 + 1e6 * tempogram[1:]) * prior[:, None], axis=0)

    def _autocorrelation(self, n):
        """Return the local autocorrelation at `n` lags [shape=(n, t)]."""
        parts = [scipy.fft.irfft(spectra, _padded(n), axis=1)[:, :n] for spectra in self._spectra(n)]
        return np.concatenate(parts).T

    def _spectra(self, n):
        """Yield the power spectra of blocks of windows, scaled to an autocorrelation of 1 at lag 0."""
        half = n // 2
        padded = np.pad(self.onset.astype(np.float64), half, mode="linear_ramp", end_values=0)
        windows = sliding_window_view(padded, n)[: len(self.onset)]
        for start in range(0, len(windows), _BLOCK):
            frames = windows[start : start + _BLOCK] * _hann(n)
            energy = np.einsum("tn,tn->t", frames, frames)[:, None]
            spectra = scipy.fft.rfft(frames, _padded(n), axis=1)
            yield (spectra.real**2 + spectra.imag**2) / np.where(energy > np.finfo(np.float64).tiny, energy, 1)


@lru_cache
def _hann(n):
    return scipy.signal.get_window("hann", n)


def _padded(n):
    """Return the length of a transform in which lags up to `n` do not wrap around."""
    return scipy.fft.next_fast_len(2 * n - 1, real=True)
