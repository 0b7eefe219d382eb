"""One short-time Fourier transform per excerpt, which every descriptor reads."""

from functools import cached_property, lru_cache

import numpy as np
import scipy.fft
import scipy.signal
import scipy.sparse
from numpy.lib.stride_tricks import sliding_window_view

N_FFT = 2048
HOP = 512
N_MELS = 128
AMIN = 1e-10
TOP_DB = 80.0


class Spectrum:
    """Short-time spectrum of one excerpt; what several descriptors share is computed once, on first use.

    Frames are those of librosa's defaults: 2048 samples under a periodic Hann window, centred every 512 samples, zeros
    beyond the ends. No step calls a threaded linear algebra library: the numbers are the same for any `n_jobs`.

    Parameters
    ----------
    samples : ndarray of shape (n_samples,), float32
        Mono samples within -1 to 1.
    sample_rate : int
        In hertz.
    """

    def __init__(self, samples, sample_rate):
        self.samples = samples
        self.sample_rate = sample_rate

    @cached_property
    def frequencies(self):
        """Centre of each bin, in hertz [shape=(1025,)]."""
        return scipy.fft.rfftfreq(N_FFT, 1 / self.sample_rate)

    @cached_property
    def power(self):
        """Squared magnitude [shape=(1025, t)]; the bins of a frame lie side by side in memory."""
        frames = self.frames(self.samples, "constant")
        transform = scipy.fft.rfft(frames * _hann(), axis=1)
        return (transform.real**2 + transform.imag**2).T

    @cached_property
    def magnitude(self):
        """Magnitude [shape=(1025, t)]."""
        return np.sqrt(self.power)

    @cached_property
    def log_mel(self):
        """Power in 128 mel bands, in dB, floored 80 dB below the excerpt's loudest [shape=(128, t)]."""
        return decibels(_mel_bank(self.sample_rate) @ self.power)

    @cached_property
    def centroid(self):
        """Mean frequency under the magnitude, in hertz; 0 in a frame without energy [shape=(t,)]."""
        return self._mean_over_frequency(self.frequencies[:, None])

    @cached_property
    def bandwidth(self):
        """Standard deviation of the frequency under the magnitude, in hertz [shape=(t,)]."""
        return np.sqrt(self._mean_over_frequency((self.frequencies[:, None] - self.centroid) ** 2))

    def _mean_over_frequency(self, values):
        total = self._mass
        weighted = np.einsum("ft,ft->t", self.magnitude, np.broadcast_to(values, self.magnitude.shape))
        return np.divide(weighted, total, out=np.zeros_like(weighted), where=total > 0)

    @cached_property
    def _mass(self):
        return self.magnitude.sum(axis=0, dtype=np.float64)

    @staticmethod
    def frames(values, mode):
        """View of `values`, padded by half a frame at both ends, as overlapping frames [shape=(t, 2048)]."""
        return sliding_window_view(np.pad(values, N_FFT // 2, mode=mode), N_FFT)[::HOP]


def decibels(power):
    """Decibels relative to 1, never below `AMIN` nor more than 80 dB below the largest value."""
    levels = 10 * np.log10(np.maximum(power, AMIN))
    return np.maximum(levels, levels.max() - TOP_DB)


@lru_cache
def _hann():
    return scipy.signal.get_window("hann", N_FFT).astype(np.float32)


@lru_cache
def _mel_bank(sample_rate):
    import librosa.filters

    # Sparse: a bin lies in two bands at most.
    return scipy.sparse.csr_array(librosa.filters.mel(sr=sample_rate, n_fft=N_FFT, n_mels=N_MELS))


@lru_cache
def chroma_bank(sample_rate):
    """Weights of the bins in the twelve pitch classes for a tuning of A4 = 440 Hz [shape=(12, 1025)]."""
    import librosa.filters

    return librosa.filters.chroma(sr=sample_rate, n_fft=N_FFT, tuning=0.0)
