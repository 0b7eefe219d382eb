"""Entry of the registry of pretrained audio models."""

from dataclasses import dataclass

from .._packages import find_package


@dataclass(frozen=True)
class PretrainedModel:
    """Facts about a pretrained audio model.

    Attributes
    ----------
    name : str
        Short name, which `AudioEmbedder` accepts as `model`.
    description : str
        What the model was trained for, in one line.
    family : str
        Architecture.
    license : str
        License of the weights.
    download_size : str
        Size of the download, such as ``"29 MB"``. "unknown" if no source was found.
    sample_rate : int
        Sample rate of the input in hertz.
    window : float
        Length of the input, in seconds, that is recommended.
    install : str
        Command that installs the model.
    package : str or None, default=None
        Python package that contains the weights or the code of the model.
    hub_name : str or None, default=None
        Name on the Hugging Face hub.
    revision : str or None, default=None
        Commit on the hub. None means the latest commit.
    has_own_code : bool, default=False
        Whether the model contains code, which requires ``trust_remote_code=True``.
    folder : str or None, default=None
        Folder of the weights in `package`, for musicnn.
    tags : tuple of str, default=()
        Tags whose probabilities the model predicts.
    figures : tuple of str, default=()
        Published results with their source.
    """

    name: str
    description: str
    family: str
    license: str
    download_size: str
    sample_rate: int
    window: float
    install: str
    package: str | None = None
    hub_name: str | None = None
    revision: str | None = None
    has_own_code: bool = False
    folder: str | None = None
    tags: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()

    @property
    def is_supported(self):
        """Whether `AudioEmbedder` can load the model by name. If not, the model can be used in a function."""
        return self.folder is not None or self.package is None

    def is_installed(self):
        """Return whether the model is on this machine. Uses no network and imports no code of the model."""
        if self.package is not None and find_package(self.package) is None:
            return False
        if self.hub_name is None:
            return True
        from huggingface_hub import try_to_load_from_cache

        return isinstance(try_to_load_from_cache(self.hub_name, "config.json", revision=self.revision), str)
