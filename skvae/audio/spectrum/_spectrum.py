"""Short-time Fourier transform of an excerpt, shared by all descriptors."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import scipy.fft
import scipy.signal
from numpy.lib.stride_tricks import sliding_window_view

from ._constants import AMIN, HOP, N_FFT
from ._filter_banks import decibels, mel_bank
from ._rhythm import Rhythm

ROLLOFF = 0.85
"""Fraction of the magnitude below the rolloff frequency."""

_MEDIAN = 31
"""Number of frames or bins of the median filters that separate harmonic and percussive sound."""

_BLOCK = 64
"""Number of frames that are transformed at once. Larger blocks do not fit into the cache of the CPU."""


class Shapes(NamedTuple):
    """Shape of the spectrum of each frame, one array [shape=(t,)] per property."""

    centroid: np.ndarray
    bandwidth: np.ndarray
    rolloff: np.ndarray
    flatness: np.ndarray


class Levels(NamedTuple):
    """Root mean square of the two parts of the spectrum of each frame, each [shape=(t,)]."""

    harmonic: np.ndarray
    percussive: np.ndarray


class Spectrum:
    """Short-time spectrum of one excerpt. Intermediate results are computed on first use and shared by descriptors.

    The frames are those of librosa's defaults: 2048 samples with a periodic Hann window, centered every 512 samples,
    padded with zeros at both ends. No step calls a multithreaded linear algebra library. The values therefore do not
    depend on `n_jobs`.

    Parameters
    ----------
    samples : ndarray of shape (n_samples,), float32
        Mono samples between -1 and 1.
    sample_rate : int
        Sample rate, in hertz.
    """

    def __init__(self, samples, sample_rate):
        self.samples = samples
        self.sample_rate = sample_rate

    @property
    def n_frames(self):
        """Number of frames t."""
        return 1 + len(self.samples) // HOP

    @cached_property
    def frequencies(self):
        """Center frequency of each bin, in hertz [shape=(1025,)]."""
        return scipy.fft.rfftfreq(N_FFT, 1 / self.sample_rate)

    @cached_property
    def power(self):
        """Squared magnitude [shape=(1025, t)]. The bins of a frame are contiguous in memory."""
        power = np.empty((self.n_frames, N_FFT // 2 + 1), np.float32)
        for i, block in enumerate(self._transforms()):
            np.add(block.real**2, block.imag**2, out=power[i * _BLOCK : (i + 1) * _BLOCK])
        return power.T

    @cached_property
    def magnitude(self):
        """Magnitude [shape=(1025, t)]."""
        return np.sqrt(self.power)

    def log_mel(self, n_bands=128):
        """Power in mel bands in decibels, at most 80 dB below the maximum of the excerpt [shape=(n_bands, t)]."""
        if n_bands not in self._log_mel:
            self._log_mel[n_bands] = decibels(mel_bank(self.sample_rate, n_bands) @ self.power)
        return self._log_mel[n_bands]

    @cached_property
    def _log_mel(self):
        return {}

    @cached_property
    def shapes(self):
        """Centroid, bandwidth and rolloff in hertz, and flatness, as `Shapes`."""
        from ._kernels import frame_shapes

        return Shapes(*frame_shapes(self.magnitude.T, self.power.T, self.frequencies, ROLLOFF, AMIN))

    @cached_property
    def harmonic_mask(self):
        """Fraction of each magnitude that is harmonic [shape=(1025, t)]. The rest is percussive.

        References
        ----------
        Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010.
        """
        from ._kernels import soft_mask
        from ._median import running_median

        harmonic, percussive = running_median(self.magnitude.T, _MEDIAN), running_median(self.magnitude, _MEDIAN)
        return soft_mask(harmonic, percussive.T).T

    @cached_property
    def levels(self):
        """Levels of the harmonic and the percussive part, as `Levels`."""
        from ._kernels import part_levels

        return Levels(*part_levels(self.power.T, self.harmonic_mask.T))

    def separated(self):
        """Return the samples of the harmonic and of the percussive part, each [shape=(n_samples,)]."""
        import librosa

        complete = np.concatenate(list(self._transforms())).T
        harmonic = complete * self.harmonic_mask
        return [librosa.istft(part, length=len(self.samples)) for part in (harmonic, complete - harmonic)]

    @cached_property
    def tuning(self):
        """Deviation of the recording from A4 = 440 Hz, in semitones."""
        import librosa

        pitches, magnitudes = librosa.piptrack(S=self.power, sr=self.sample_rate, n_fft=N_FFT)
        strengths = magnitudes[pitches > 0]
        if not len(strengths):
            return 0.0  # librosa.estimate_tuning would warn
        return librosa.pitch_tuning(pitches[(pitches > 0) & (magnitudes >= np.median(strengths))])

    @cached_property
    def flux(self):
        """Distance between the spectra of successive frames, each scaled to length 1 [shape=(t,)]."""
        from ._kernels import frame_changes

        return frame_changes(self.magnitude.T)

    @cached_property
    def onset(self):
        """Onset strength: mean increase of the mel bands since the previous frame, in decibels [shape=(t,)]."""
        return self.onset_strength(np.mean)

    @cached_property
    def rhythm(self):
        """Periodicity of the onset strength, as `Rhythm`."""
        return Rhythm(self.onset, self.sample_rate / HOP)

    @property
    def beat_tempo(self):
        """Initial tempo of librosa's beat tracker, in beats per minute. 0 if there are no onsets.

        The onset strength is the median over the mel bands here, and the mean in `rhythm`.
        """
        onset = self.onset_strength(np.median)
        return Rhythm(onset, self.sample_rate / HOP).tempo if onset.any() else 0.0

    def onset_strength(self, aggregate):
        """Increase of the mel bands since the previous frame in decibels, aggregated over the bands [shape=(t,)]."""
        growth = aggregate(np.maximum(np.diff(self.log_mel(), axis=1), 0), axis=0)
        # An onset appears when it enters a frame, half a frame before the center of the frame.
        delay = 1 + N_FFT // (2 * HOP)
        return np.pad(growth, (delay, 0))[: self.n_frames]

    @cached_property
    def cqt(self):
        """Magnitude of the constant-Q transform, 36 bins per octave from C1 [shape=(252, t)]."""
        from ._constant_q import constant_q

        return constant_q(self.samples, self.sample_rate, HOP)

    def _transforms(self):
        """Yield the spectra of blocks of frames, complex64 of shape (n, 1025)."""
        frames = self.frames(self.samples, "constant")
        window = scipy.signal.get_window("hann", N_FFT)
        for start in range(0, self.n_frames, _BLOCK):
            # Double precision, as in librosa: otherwise almost empty bins would contain rounding errors of the others.
            yield scipy.fft.rfft(frames[start : start + _BLOCK] * window, axis=1).astype(np.complex64)

    @staticmethod
    def frames(values, mode):
        """Return a view of `values`, padded by half a frame at both ends, as overlapping frames [shape=(t, 2048)]."""
        return sliding_window_view(np.pad(values, N_FFT // 2, mode=mode), N_FFT)[::HOP]
