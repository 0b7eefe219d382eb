"""Mel bands of many signals at once with PyTorch, for images on a GPU. Imported on first use, since torch is large."""

import re

import scipy.signal
import torch

from ..descriptors import DESCRIPTORS
from ..spectrum._constants import AMIN, HOP, N_FFT, TOP_DB
from ..spectrum._filter_banks import mel_bank
from ._summary import image

MEL_DESCRIPTORS = tuple(name for name in DESCRIPTORS if name.startswith(("mel", "mfcc")))
"""Descriptors that use only the mel bands of a spectrum."""

MAX_SAMPLES = 1 << 25
"""Maximum number of samples of all recordings that are sent to the device together: 134 MB."""

_MAX_FRAMES = 1 << 13
"""Maximum number of frames that are transformed at once: 134 MB."""


def check_settings(device, settings):
    """Raise a ValueError unless `device` is a CUDA device that supports the settings."""
    if not re.fullmatch(r"cuda(:\d+)?", device):
        raise ValueError(f"device must be 'cpu' or a CUDA device such as 'cuda' or 'cuda:1', got {device!r}.")
    if settings.statistics is not None:
        raise ValueError(f"device={device!r} supports only statistics=None. Use statistics=None or device='cpu'.")
    for feature in settings.features:
        if feature not in MEL_DESCRIPTORS:
            raise ValueError(
                f"device={device!r} does not support the feature {feature!r}, only {', '.join(MEL_DESCRIPTORS)}. "
                "Use device='cpu'."
            )


def images(signals, settings, device):
    """Compute the images of signals of equal length.

    Parameters
    ----------
    signals : list of ndarray of shape (n_samples,), float32
        Results of `image_signal`.
    settings : Settings
        Settings that pass `check_settings`.
    device : torch.device or str
        Device that computes the mel bands. The remaining computation is small and uses the functions of `DESCRIPTORS`
        on the CPU.

    Returns
    -------
    rows : list of ndarray of shape (n_features,), float32
        Images, row by row.
    """
    if not signals:
        return []
    batch = MelBatch(signals, settings.sample_rate, device)
    return [image(MelSpectrum(batch, i), settings) for i in range(len(signals))]


class MelBatch:
    """Mel bands of signals of equal length, with the frames, window, bands and decibels of `Spectrum`.

    Parameters
    ----------
    signals : list of ndarray of shape (n_samples,), float32
        Mono samples between -1 and 1.
    sample_rate : int
        Sample rate, in hertz.
    device : torch.device or str
        Device of the computation.
    """

    def __init__(self, signals, sample_rate, device):
        self.signals = torch.stack([torch.from_numpy(signal) for signal in signals]).to(device)
        self.sample_rate = sample_rate
        self._log_mel = {}

    def log_mel(self, n_bands):
        """Power in mel bands in decibels, at most 80 dB below the maximum of each signal [shape=(n, n_bands, t)]."""
        if n_bands not in self._log_mel:
            self._log_mel[n_bands] = self._decibels(self._mel(n_bands)).float().mT.cpu().numpy()
        return self._log_mel[n_bands]

    def _mel(self, n_bands):
        """Power in mel bands [shape=(n_signals, t, n_bands)]."""
        # Double precision, as in `Spectrum`. This also avoids TensorFloat-32.
        double = {"dtype": torch.float64, "device": self.signals.device}
        window = torch.as_tensor(scipy.signal.get_window("hann", N_FFT), **double)
        bank = torch.as_tensor(mel_bank(self.sample_rate, n_bands).toarray().T, **double)
        frames = torch.nn.functional.pad(self.signals, (N_FFT // 2, N_FFT // 2)).unfold(1, N_FFT, HOP)
        bands = []
        for block in frames.split(max(1, _MAX_FRAMES // len(self.signals)), dim=1):
            transform = torch.fft.rfft(block * window)
            bands.append((transform.real**2 + transform.imag**2) @ bank)
        return torch.cat(bands, dim=1)

    @staticmethod
    def _decibels(power):
        levels = 10 * power.clamp(min=AMIN).log10()
        return levels.maximum(levels.amax(dim=(1, 2), keepdim=True) - TOP_DB)


class MelSpectrum:
    """Part of the interface of `Spectrum` that `MEL_DESCRIPTORS` use, for one signal of a batch.

    Parameters
    ----------
    batch : MelBatch
        Mel bands of several signals.
    i : int
        Position of the signal.
    """

    def __init__(self, batch, i):
        self._batch, self._i = batch, i

    def log_mel(self, n_bands=128):
        """Power in mel bands, in decibels [shape=(n_bands, t)]."""
        return self._batch.log_mel(n_bands)[self._i]
