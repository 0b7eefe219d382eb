"""Selection of a model of the registry by the parameter `model` of `AudioEmbedder`."""

import os
from pathlib import Path

from . import PRETRAINED_MODELS
from ._model import PretrainedModel


def find_model(model, others=()):
    """Return the entry of a short name. None if `model` is a hub name, a local folder or a function.

    Parameters
    ----------
    model : str, path-like or callable
        Parameter of `AudioEmbedder`.
    others : sequence of str, default=()
        Further names that the caller accepts, for the error message.

    Returns
    -------
    PretrainedModel or None

    Raises
    ------
    ValueError
        If `model` is a name without "/" that is neither in the registry nor a folder.
    """
    if not isinstance(model, str) or "/" in model or os.sep in model or (Path(model) / "config.json").is_file():
        return None
    if model in PRETRAINED_MODELS:
        return PRETRAINED_MODELS[model]
    if Path(model).is_dir():
        return None
    names = ", ".join([*others, *PRETRAINED_MODELS])
    raise ValueError(
        f"model={model!r} is unknown. Use one of {names}, a local folder, or a name on the Hugging Face hub such as "
        "'laion/larger_clap_general'."
    )


def check_installed(model: PretrainedModel):
    """Raise an OSError with the command that installs a model, if the model requires a package that is missing.

    Models on the hub are not checked here, because they can be downloaded.
    """
    if not model.is_supported:
        raise OSError(
            f"model={model.name!r} cannot be loaded by name, because the transformers library does not contain it. "
            f"Install its package ({model.install}) and use AudioEmbedder with a function that calls the package. The "
            "user guide about embeddings contains this function."
        )
    if model.package is not None and not model.is_installed():
        raise OSError(f"model={model.name!r} is not installed. Install it with: {model.install}")
