"""Mel bands of many signals at once, by torch: for images of frames on a GPU. Imported where used: torch is large."""

import re

import scipy.signal
import torch

from ..descriptors import DESCRIPTORS
from ..spectrum._filter_banks import AMIN, N_FFT, TOP_DB, mel_bank
from ..spectrum._spectrum import HOP
from ._summary import image

FROM_MEL = tuple(name for name in DESCRIPTORS if name.startswith(("mel", "mfcc")))
"""Descriptors that read mel bands and nothing else of a spectrum."""

_SAMPLES = 1 << 25
"""Samples of the recordings that are in memory at once: 134 MB."""

_FRAMES = 1 << 13
"""Frames that are transformed at once: 134 MB."""


def check_settings(device, settings):
    """Raise a ValueError unless `device` is a name of CUDA's and can compute what is asked for."""
    if not re.fullmatch(r"cuda(:\d+)?", device):
        raise ValueError(f"device={device!r}: 'cpu' or a CUDA device is needed, such as 'cuda' or 'cuda:1'")
    if settings.statistics is not None:
        raise ValueError(f"device={device!r} computes images of frames only: pass statistics=None, or device='cpu'")
    for feature in settings.features:
        if feature not in FROM_MEL:
            raise ValueError(f"device={device!r} computes {', '.join(FROM_MEL)}, not {feature!r}: pass device='cpu'")


def n_at_once(settings):
    """Return how many recordings are held in memory and sent to the device together."""
    return max(1, _SAMPLES // settings.image_samples)


def images(signals, settings, device):
    """Describe signals of one length by their frames.

    Parameters
    ----------
    signals : list of ndarray of shape (n_samples,), float32
        As `image_signal` gives them.
    settings : Settings
        That pass `check_settings`.
    device : torch.device
        Where mel bands are computed. What follows them is little, and done by the functions of `DESCRIPTORS`.

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
    """Mel bands of signals of one length, with the frames, window, bands and decibels of `Spectrum`.

    Parameters
    ----------
    signals : list of ndarray of shape (n_samples,), float32
        Mono samples within -1 to 1.
    sample_rate : int
        In hertz.
    device : torch.device or str
        Where they are computed.
    """

    def __init__(self, signals, sample_rate, device):
        self.signals = torch.stack([torch.from_numpy(signal) for signal in signals]).to(device)
        self.sample_rate = sample_rate
        self._log_mel = {}

    def log_mel(self, n_bands):
        """Power in mel bands, in dB, floored 80 dB below each signal's loudest [shape=(n_signals, n_bands, t)]."""
        if n_bands not in self._log_mel:
            self._log_mel[n_bands] = self._decibels(self._mel(n_bands)).float().mT.cpu().numpy()
        return self._log_mel[n_bands]

    def _mel(self, n_bands):
        """Power in mel bands [shape=(n_signals, t, n_bands)]."""
        # In double precision throughout, as `Spectrum` transforms, and beyond the reach of TensorFloat-32.
        double = {"dtype": torch.float64, "device": self.signals.device}
        window = torch.as_tensor(scipy.signal.get_window("hann", N_FFT), **double)
        bank = torch.as_tensor(mel_bank(self.sample_rate, n_bands).toarray().T, **double)
        frames = torch.nn.functional.pad(self.signals, (N_FFT // 2, N_FFT // 2)).unfold(1, N_FFT, HOP)
        bands = []
        for block in frames.split(max(1, _FRAMES // len(self.signals)), dim=1):
            transform = torch.fft.rfft(block * window)
            bands.append((transform.real**2 + transform.imag**2) @ bank)
        return torch.cat(bands, dim=1)

    @staticmethod
    def _decibels(power):
        levels = 10 * power.clamp(min=AMIN).log10()
        return levels.maximum(levels.amax(dim=(1, 2), keepdim=True) - TOP_DB)


class MelSpectrum:
    """What the descriptors `FROM_MEL` read of a `Spectrum`, for one signal of a batch."""

    def __init__(self, batch, i):
        self._batch, self._i = batch, i

    def log_mel(self, n_bands=128):
        """Power in mel bands, in dB [shape=(n_bands, t)]."""
        return self._batch.log_mel(n_bands)[self._i]
