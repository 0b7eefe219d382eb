"""Encoder of windows by musicnn."""

from ...._device import resolve_device
from .._packages import find_package
from ._spectrogram import SAMPLE_RATE, WINDOW_SECONDS, log_mel_spectrogram

LAYERS = ("penultimate", "mean_pool", "max_pool")


class MusicNNEncoder:
    """Encoder with the interface of `PretrainedEncoder` that also predicts tags.

    Parameters
    ----------
    name : str
        Name of the model for error messages and for the cache.
    folder : str
        Folder of the checkpoint inside the package `musicnn`.
    tags : tuple of str
        Tags in the order of the outputs.
    layer : {"penultimate", "mean_pool", "max_pool"} or None
        Layer of the vectors. None means "penultimate".
    device : str
        Name of the device, see `resolve_device`.
    """

    sample_rate = SAMPLE_RATE
    max_seconds = WINDOW_SECONDS

    def __init__(self, name, folder, tags, layer, device):
        from ._network import MusicNN

        if layer not in (None, *LAYERS):
            raise ValueError(f"layer={layer!r} is not a layer of model={name!r}. Use one of {', '.join(LAYERS)}.")
        self.name, self.tags, self.layer = name, tags, layer or "penultimate"
        self.device = resolve_device(device, allow_mps=True)
        self.arguments = (name, folder, tags, layer, self.device)
        folder = find_package("musicnn") / folder
        try:
            self._network = MusicNN.read(folder / ".index", folder / ".data-00000-of-00001", self.device)
        except OSError as error:
            raise OSError(f"The installed package musicnn does not contain the weights of model={name!r}.") from error

    def key(self):
        """Return the identity of the model for the cache."""
        return self.name, self.layer

    def __call__(self, windows):
        """Return the vectors of windows and their tags, (n_windows, length) -> (n_windows, width + n_tags) float32."""
        import torch

        outputs = self._network(log_mel_spectrogram(torch.from_numpy(windows).to(self.device)))
        return torch.cat([getattr(outputs, self.layer), outputs.tags], dim=1).cpu().numpy()
