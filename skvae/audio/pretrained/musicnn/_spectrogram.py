"""Mel spectrogram of musicnn."""

from functools import lru_cache

import numpy as np

SAMPLE_RATE = 16000  # Hz
N_BANDS = 96
N_FRAMES = 187  # frames of the excerpts that the network was trained on
N_FFT = 512
HOP = 256
WINDOW_SECONDS = ((N_FRAMES - 1) * HOP + N_FFT) / SAMPLE_RATE  # 3.008


def log_mel_spectrogram(windows):
    """Compute the logarithmic mel spectrogram ``log10(1 + 10000 mel)`` of windows of samples.

    Frames are not padded: the first frame starts at the first sample. The reference program pads a song by half a frame
    at each end and rounds the mel bands to float16. Both change values slightly.

    Parameters
    ----------
    windows : Tensor of shape (n_windows, n_samples)
        Samples at 16 kHz.

    Returns
    -------
    Tensor of shape (n_windows, n_frames, 96)
        Spectrogram with ``1 + (n_samples - 512) // 256`` frames.
    """
    import torch

    hann, bank = (constant.to(windows.device) for constant in _constants())
    spectrum = torch.stft(windows, N_FFT, HOP, window=hann, center=False, return_complex=True)
    power = spectrum.real.square() + spectrum.imag.square()
    return torch.log10(1 + 10000 * (power.transpose(1, 2) @ bank))


@lru_cache
def _constants():
    """Return the Hann window and the filter bank [shape=(257, 96)]."""
    import torch

    return torch.hann_window(N_FFT), torch.from_numpy(_mel_bank().astype(np.float32))


def _mel_bank():
    """Return the weights of the bins in triangular mel bands of equal area [shape=(257, 96)].

    The values are those of `librosa.filters.mel`. librosa compiles functions at import, which takes a worker process
    longer than loading the network.
    """
    # Mel scale of Slaney's Auditory Toolbox (1998): linear below 1000 Hz, logarithmic above.
    highest = 15 + 27 * np.log(SAMPLE_RATE / 2 / 1000) / np.log(6.4)
    mels = np.linspace(0, highest, N_BANDS + 2)
    edges = np.where(mels < 15, mels * 200 / 3, 1000 * 6.4 ** ((mels - 15) / 27))
    bins = np.fft.rfftfreq(N_FFT, 1 / SAMPLE_RATE)[:, None]
    low, center, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.minimum((bins - low) / (center - low), (high - bins) / (high - center))
    return np.maximum(triangles, 0) * 2 / (high - low)
