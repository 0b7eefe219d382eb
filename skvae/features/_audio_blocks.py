"""Blocks of audio features: descriptors and pretrained models, by name."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from ..audio import PRETRAINED_MODELS, AudioEmbedder, AudioFeatureExtractor
from ..audio.pretrained.models._selection import check_installed, find_model

DESCRIPTORS = "descriptors"
AUTO_MODEL = "musicnn"
"""Model that "auto" adds to the descriptors if it is installed. See the evidence page about audio models."""


def resolve_audio(audio):
    """Replace "auto" by the names of the features that it selects. Other values are returned unchanged."""
    if not (isinstance(audio, str) and audio == "auto"):
        return audio
    return f"{DESCRIPTORS},{AUTO_MODEL}" if PRETRAINED_MODELS[AUTO_MODEL].is_installed() else DESCRIPTORS


def make_audio_blocks(audio, *, offline=False, device="auto", **options):
    """Return the transformers of the column ``audio``, by block.

    Parameters
    ----------
    audio : str, path-like, transformer, list of these, or dict of str to transformer
        "descriptors" is the block "audio". The name or the folder of a model is a block with this name. A single
        transformer is the block "audio". Several names can be joined by commas. "auto" is the descriptors, and musicnn
        if it is installed. A dict contains the names of the blocks.
    offline : bool, default=False
        Whether downloads of models are forbidden.
    device : str, default="auto"
        Device of pretrained models.
    **options
        Parameters of `AudioFeatureExtractor` and `AudioEmbedder`, for features that are given by name.

    Returns
    -------
    dict of str to transformer
        Unfitted transformers. Transformers that were passed are not copied.

    Raises
    ------
    OSError
        If the package of a model is not installed. The message contains the command that installs it.
    ValueError
        If a name is unknown or empty.
    """
    if isinstance(audio, Mapping):
        return dict(audio)
    features = _as_list(resolve_audio(audio))
    blocks = {}
    for each in features:
        if isinstance(each, str) and each == DESCRIPTORS:
            name, transformer = "audio", AudioFeatureExtractor(**options)
        elif isinstance(each, str | os.PathLike):
            model = find_model(each, others=(DESCRIPTORS,))
            if model is not None:
                check_installed(model)
            transformer = AudioEmbedder(each, device=device, local_files_only=offline, **options)
            name = _block_name(each)
        else:
            name, transformer = _transformer_name(each, single=len(features) == 1), each
        blocks[_unique(name, blocks)] = transformer
    return blocks


def _as_list(audio):
    """Return names and transformers as a list."""
    if isinstance(audio, list | tuple):
        return list(audio)
    if not isinstance(audio, str) or (audio and Path(audio).is_dir()):  # a folder name can contain a comma
        return [audio]
    names = list(dict.fromkeys(name.strip() for name in audio.split(",")))
    if not all(names):
        raise ValueError(f"audio={audio!r} contains an empty name. Separate the names by single commas.")
    return names


def _block_name(model):
    """Return the last part of the name or of the path of a model, without characters that a block cannot contain."""
    name = os.path.basename(os.path.normpath(model))
    return re.sub(r"_{2,}", "_", re.sub(r"[^\w.+-]+", "-", name)).strip("-_") or "embedding"


def _transformer_name(transformer, single):
    if single or isinstance(transformer, AudioFeatureExtractor):
        return "audio"
    model = getattr(transformer, "model", None)
    return _block_name(model) if isinstance(model, str | os.PathLike) else "embedding"


def _unique(name, names):
    """Return the name with a number if it already exists. The block of the lyrics also exists."""
    number, found = 1, name
    while found in names or found == "lyrics":
        number += 1
        found = f"{name}{number}"
    return found
