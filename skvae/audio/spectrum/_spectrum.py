"""One short-time Fourier transform per excerpt, which every descriptor reads."""

from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import scipy.fft
import scipy.signal
import scipy.sparse
from numpy.lib.stride_tricks import sliding_window_view

from ._filter_banks import AMIN, N_FFT, decibels, mel_bank
from ._rhythm import Rhythm

HOP = 512
ROLLED = 0.85
"""Part of the magnitude that lies below the rolloff."""

_MEDIAN = 31
"""Frames, or bins, of the medians that tell harmonic from percussive sound."""

_BLOCK = 64


class Shapes(NamedTuple):
    """What one pass over the frames gives, each [shape=(t,)]."""

    centroid: np.ndarray
    bandwidth: np.ndarray
    rolloff: np.ndarray
    flatness: np.ndarray


class Parts(NamedTuple):
    """Root mean square of a frame's spectrum, divided by a median filter into two, each [shape=(t,)]."""

    harmonic: np.ndarray
    percussive: np.ndarray


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

    @property
    def n_frames(self):
        """Number of frames t."""
        return 1 + len(self.samples) // HOP

    @cached_property
    def frequencies(self):
        """Centre of each bin, in hertz [shape=(1025,)]."""
        return scipy.fft.rfftfreq(N_FFT, 1 / self.sample_rate)

    @cached_property
    def power(self):
        """Squared magnitude [shape=(1025, t)]; the bins of a frame lie side by side in memory."""
        power = np.empty((self.n_frames, N_FFT // 2 + 1), np.float32)
        for i, block in enumerate(self._transforms()):
            np.add(block.real**2, block.imag**2, out=power[i * _BLOCK : (i + 1) * _BLOCK])
        return power.T

    @cached_property
    def magnitude(self):
        """Magnitude [shape=(1025, t)]."""
        return np.sqrt(self.power)

    def log_mel(self, n_bands=128):
        """Power in mel bands, in dB, floored 80 dB below the excerpt's loudest [shape=(n_bands, t)]."""
        if n_bands not in self._log_mel:
            self._log_mel[n_bands] = decibels(mel_bank(self.sample_rate, n_bands) @ self.power)
        return self._log_mel[n_bands]

    @cached_property
    def _log_mel(self):
        return {}

    @cached_property
    def shapes(self):
        """Centroid, bandwidth and rolloff in hertz, and flatness, by `Shapes`."""
        from ._kernels import frame_shapes

        return Shapes(*frame_shapes(self.magnitude.T, self.power.T, self.frequencies, ROLLED, AMIN))

    @cached_property
    def harmonic_mask(self):
        """Part of each magnitude that belongs to lasting tones; the rest belongs to beats [shape=(1025, t)].

        References
        ----------
        Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010.
        """
        from ._kernels import soft_mask

        lasting, beats = _median_over_rows(self.magnitude.T), _median_over_rows(self.magnitude)
        return soft_mask(lasting, np.ascontiguousarray(beats.T)).T

    @cached_property
    def parts(self):
        """Levels of the harmonic and the percussive part, by `Parts`."""
        from ._kernels import part_levels

        return Parts(*part_levels(self.power.T, self.harmonic_mask.T))

    def separated(self):
        """Give the samples of the harmonic and of the percussive part, each [shape=(n_samples,)]."""
        import librosa

        complete = np.concatenate(list(self._transforms())).T
        lasting = complete * self.harmonic_mask
        return [librosa.istft(part, length=len(self.samples)) for part in (lasting, complete - lasting)]

    @cached_property
    def tuning(self):
        """Deviation of the recording from A4 = 440 Hz, in semitones."""
        import librosa

        pitches, magnitudes = librosa.piptrack(S=self.power, sr=self.sample_rate, n_fft=N_FFT)
        strengths = magnitudes[pitches > 0]
        if not len(strengths):
            return 0.0  # which librosa.estimate_tuning says with a warning
        return librosa.pitch_tuning(pitches[(pitches > 0) & (magnitudes >= np.median(strengths))])

    @cached_property
    def flux(self):
        """Distance between the spectra of successive frames, each of length 1 [shape=(t,)]."""
        from ._kernels import frame_changes

        return frame_changes(self.magnitude.T)

    @cached_property
    def onset(self):
        """Onset strength: how much the mel bands grow from frame to frame, on average, in dB [shape=(t,)]."""
        return self.onset_strength(np.mean)

    @cached_property
    def rhythm(self):
        """Periods of the onset strength."""
        return Rhythm(self.onset, self.sample_rate / HOP)

    @property
    def beat_tempo(self):
        """Tempo that a beat tracker starts from, in beats per minute; 0 where nothing begins.

        Its onsets are medians over the mel bands, where those of `rhythm` are means.
        """
        onset = self.onset_strength(np.median)
        return Rhythm(onset, self.sample_rate / HOP).tempo if onset.any() else 0.0

    def onset_strength(self, aggregate):
        """Growth of the mel bands from frame to frame, in dB, over which `aggregate` is taken [shape=(t,)]."""
        growth = aggregate(np.maximum(np.diff(self.log_mel(), axis=1), 0), axis=0)
        # An onset is seen as soon as it enters a frame, half a frame before its middle.
        late = 1 + N_FFT // (2 * HOP)
        return np.pad(growth, (late, 0))[: self.n_frames]

    @cached_property
    def cqt(self):
        """Constant-Q magnitude, 36 bins an octave from C1 on [shape=(252, t)]."""
        from ._constant_q import constant_q

        return constant_q(self.samples, self.sample_rate, HOP)

    def _transforms(self):
        """Yield the spectra of some frames at a time, complex64 of shape (n, 1025); more would leave the cache."""
        frames = self.frames(self.samples, "constant")
        window = scipy.signal.get_window("hann", N_FFT)
        for start in range(0, self.n_frames, _BLOCK):
            # In double precision, as librosa does: near-empty bins are not the rounding of the others.
            yield scipy.fft.rfft(frames[start : start + _BLOCK] * window, axis=1).astype(np.complex64)

    @staticmethod
    def frames(values, mode):
        """View of `values`, padded by half a frame at both ends, as overlapping frames [shape=(t, 2048)]."""
        return sliding_window_view(np.pad(values, N_FFT // 2, mode=mode), N_FFT)[::HOP]


def _median_over_rows(values):
    """Median of each value and its fifteen neighbours before and after, down the rows, mirrored at the ends."""
    from ._kernels import running_median

    half = _MEDIAN // 2
    padded = np.ascontiguousarray(np.pad(values, ((half, half), (0, 0)), mode="symmetric"))
    return running_median(padded, _median_network(), np.empty(values.shape, np.float32))


@lru_cache
def _median_network():
    from ._kernels import median_network

    return median_network(_MEDIAN - 3)
