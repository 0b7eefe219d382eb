"""Encoders of windows: a pretrained model or a function, with one interface, and their use in worker processes."""

import contextlib
import os
import sys
import threading
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..._device import resolve_device


class FunctionEncoder:
    """Encoder that calls a function for each window.

    Parameters
    ----------
    function : callable
        Function of (samples, sample_rate). Returns the vector of a window.
    sample_rate : int
        Sample rate of the windows, in hertz.
    """

    max_seconds = np.inf
    tags = ()
    arguments = None  # see `make_worker_encoder`

    def __init__(self, function, sample_rate):
        self.function = function
        self.sample_rate = sample_rate

    def __call__(self, windows):
        """Return the vectors of windows, (n_windows, length) -> (n_windows, width) float32."""
        vectors = []
        for window in windows:
            vector = np.asarray(self.function(window, self.sample_rate), dtype=np.float32)
            if vector.ndim != 1 or not len(vector):
                raise ValueError(f"model must return an array of shape (width,) for a window, got {vector.shape}.")
            vectors.append(vector)
        widths = sorted({len(vector) for vector in vectors})
        if len(widths) > 1:
            raise ValueError(f"model must return vectors of equal length, got lengths {widths}.")
        return np.stack(vectors)

    def key(self):
        """Return None: functions cannot be identified, and `memory` requires a pretrained model."""


class PretrainedEncoder:
    """Encoder with a model and a feature extractor of the transformers library.

    The attribute `arguments` contains the arguments that load the same version of the model in another process.

    Parameters
    ----------
    name : str or path-like
        Local folder or name on the Hugging Face hub.
    layer : int or None
        Hidden state that is averaged over time. None uses the default vector of the model family.
    device : str
        Name of the device, see `resolve_device`.
    local_files_only, trust_remote_code : bool
        Options of the transformers library.
    verbose : int
        If above 0, a progress bar of loading the weights is shown on a terminal.
    revision : str or None, default=None
        Commit on the hub. None means the latest commit.
    """

    tags = ()

    def __init__(self, name, layer, device, local_files_only, trust_remote_code, verbose, revision=None):
        # Imported here, since transformers imports torch.
        import torch
        from transformers import AutoConfig, AutoFeatureExtractor, AutoModel, ClapAudioModelWithProjection

        self.name, self.layer, self.device = os.fspath(name), layer, resolve_device(device, allow_mps=True)
        if isinstance(layer, str):
            raise ValueError(f"layer={layer!r} must be an integer for model={self.name!r}.")
        self.revision = revision
        options = {"local_files_only": local_files_only, "trust_remote_code": trust_remote_code}
        if revision is not None:
            options["revision"] = revision
        # The initial weights of a model are drawn from the global random state, although all of them are replaced.
        with _quiet_loading(verbose), self._loading_errors(), torch.random.fork_rng(devices=[]):
            config = AutoConfig.from_pretrained(self.name, **options)
            self.family = config.model_type
            self.extractor = AutoFeatureExtractor.from_pretrained(self.name, **options)
            model_class = ClapAudioModelWithProjection if self.family in _CLAP else AutoModel
            # Only safetensors: the older format contains pickles, which can execute code.
            model, info = model_class.from_pretrained(
                self.name, dtype="float32", use_safetensors=True, output_loading_info=True, **options
            )
        # transformers fills missing weights with random numbers. The embedding of the mask is used only in training.
        missing = sorted(key for key in info["missing_keys"] if not key.endswith("masked_spec_embed"))
        if missing:
            raise OSError(
                f"model={self.name!r} does not contain all weights of a {type(model).__name__}. Missing: "
                f"{', '.join(missing[:3])} ..."
            )
        if layer is not None and self.family in _CLAP:
            raise ValueError(
                f"layer={layer} is not supported by CLAP, which has one vector per window. Use layer=None."
            )
        self.model = model.to(self.device).eval()
        # The working directory of another process can differ.
        source = os.path.abspath(self.name) if os.path.isdir(self.name) else self.name
        commit = getattr(config, "_commit_hash", None)
        self.arguments = (source, layer, self.device, local_files_only, trust_remote_code, False, commit)
        self.sample_rate = self.extractor.sampling_rate
        self.max_seconds = _max_seconds(self.family, self.extractor)

    def key(self):
        """Return the identity of the model for the cache: hub name and commit, or files with sizes and times."""
        folder = Path(self.name)
        files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        stamps = [(str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
        return stamps or (self.name, getattr(self.model.config, "_commit_hash", None)), self.layer

    def __call__(self, windows):
        """Return the vectors of windows, (n_windows, length) -> (n_windows, width) float32."""
        import torch

        # The extractor of CLAP uses NumPy's global random state to mark one window as longer than the input.
        state = np.random.get_state()  # noqa: NPY002
        try:
            inputs = self.extractor(list(windows), sampling_rate=self.sample_rate, return_tensors="pt")
        finally:
            np.random.set_state(state)  # noqa: NPY002
        if "is_longer" in inputs:
            inputs["is_longer"] = torch.zeros_like(inputs["is_longer"])  # no window is longer than `max_seconds`
        with torch.inference_mode():
            inputs = inputs.to(self.device, dtype=torch.float32)
            output = self.model(**inputs, output_hidden_states=self.layer is not None)
            return self._pool(output).float().cpu().numpy()

    def _pool(self, output):
        """Return one vector per window from the output of the model."""
        if self.layer is not None:
            states = output.hidden_states
            if not -len(states) <= self.layer < len(states):
                raise ValueError(
                    f"layer={self.layer} does not exist. The model has hidden states 0 to {len(states) - 1}."
                )
            return states[self.layer].mean(dim=1)
        if self.family in _CLAP:
            return output.audio_embeds
        if self.family in _AST:
            return output.pooler_output
        states = getattr(output, "last_hidden_state", None)
        if states is None or states.ndim != 3:
            raise ValueError(
                f"model={self.name!r} of type {self.family!r} is not supported: it has no hidden states over time."
            )
        return states.mean(dim=1)

    @contextlib.contextmanager
    def _loading_errors(self):
        """Raise errors of loading a model with instructions."""
        try:
            yield
        except (OSError, ValueError) as error:
            if "trust_remote_code" in str(error):
                raise ValueError(
                    f"model={self.name!r} contains its own code. Read the code, then use trust_remote_code=True."
                ) from error
            revision = "" if self.revision is None else f" --revision {self.revision}"
            raise OSError(
                f"AudioEmbedder could not load model={self.name!r}. Use a folder that contains config.json, "
                "preprocessor_config.json and model.safetensors (pickled weights can execute code and are not read). "
                f"Or download the model once (hf download {self.name}{revision})."
            ) from error


_CLAP = ("clap", "clap_audio_model")
_AST = ("audio-spectrogram-transformer",)


def _max_seconds(family, extractor):
    """Return the maximum input of a model in seconds. The model would ignore the rest of a longer window."""
    if family in _CLAP:
        return extractor.nb_max_samples / extractor.sampling_rate
    if family in _AST:
        return extractor.max_length * 160 / extractor.sampling_rate  # one frame per 160 samples, at any rate
    return np.inf


@contextlib.contextmanager
def _quiet_loading(verbose):
    """Suppress output of transformers during loading: the table of unused weights, and the progress bar if unwanted."""
    from transformers.utils import logging

    bar, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.set_verbosity_error()
    if not (verbose and sys.stderr.isatty()):
        logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            # The filter bank of AST contains an empty filter. The model was trained with it.
            warnings.filterwarnings("ignore", message="At least one mel filter has all zero values")
            yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()


@dataclass(frozen=True)
class WorkerEncoder:
    """Picklable encoder. A process loads the model at the first call and keeps it until it loads another model.

    Parameters
    ----------
    encoder_class : type
        Class of an encoder of a pretrained model.
    arguments : tuple
        Arguments of the class. They must be hashable.
    key : str
        Identity of the model. If it changes, the model is loaded again.
    """

    encoder_class: type
    arguments: tuple
    key: str

    def __call__(self, windows):
        """Return the vectors of windows, (n_windows, length) -> (n_windows, width) float32."""
        with _LOADING:
            encoder = _load_encoder(self)
        return encoder(windows)


_LOADING = threading.Lock()  # a Dask worker has several threads, which share one copy of the model


@lru_cache(maxsize=1)
def _load_encoder(worker_encoder):
    return worker_encoder.encoder_class(*worker_encoder.arguments)


def make_worker_encoder(encoder):
    """Return a `WorkerEncoder` with the model of an encoder. None if the model must run in the main process.

    Functions run there, because they cannot always be pickled. Models on a GPU run there, because one process uses the
    device best.
    """
    if encoder.arguments is None or encoder.device.partition(":")[0] != "cpu":
        return None
    return WorkerEncoder(type(encoder), encoder.arguments, repr(encoder.key()))
