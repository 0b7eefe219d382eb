"""A pretrained audio model, or any function, behind one face: windows of samples in, vectors out."""

import contextlib
import os
import sys
import warnings
from pathlib import Path

import numpy as np

from .._device import find_device


class FunctionEncoder:
    """Call `function(samples, sample_rate)` for each window."""

    longest = np.inf

    def __init__(self, function, sample_rate):
        self.function = function
        self.sample_rate = sample_rate

    def __call__(self, windows):
        """Return the vectors of windows, (n_windows, length) -> (n_windows, width) float32."""
        vectors = []
        for window in windows:
            vector = np.asarray(self.function(window, self.sample_rate), dtype=np.float32)
            if vector.ndim != 1 or not len(vector):
                raise ValueError(f"model returned an array of shape {vector.shape} for a window; expected (width,)")
            vectors.append(vector)
        if len({len(vector) for vector in vectors}) > 1:
            raise ValueError(f"model returned vectors of {sorted({len(vector) for vector in vectors})} numbers")
        return np.stack(vectors)

    def key(self):
        """Return nothing: a function cannot be told from another, and `memory` goes with a pretrained model only."""


class PretrainedEncoder:
    """A model of the transformers library with its feature extractor.

    Parameters
    ----------
    name : str or path-like
        Local folder or hub name.
    layer : int or None
        Hidden state that is averaged over time, in place of the family's own vector.
    device : str
        As for `find_device`.
    local_files_only, trust_remote_code : bool
        As transformers has them.
    verbose : int
        Above 0, a bar over the weights is shown on a terminal.
    """

    def __init__(self, name, layer, device, local_files_only, trust_remote_code, verbose):
        # Importing transformers loads torch.
        import torch
        from transformers import AutoConfig, AutoFeatureExtractor, AutoModel, ClapAudioModelWithProjection

        self.name, self.layer, self.device = os.fspath(name), layer, find_device(device)
        options = {"local_files_only": local_files_only, "trust_remote_code": trust_remote_code}
        # A model draws its first weights from the global state, though all of them are replaced.
        with _quiet_loading(verbose), self._explained(), torch.random.fork_rng(devices=[]):
            config = AutoConfig.from_pretrained(self.name, **options)
            self.family = config.model_type
            self.extractor = AutoFeatureExtractor.from_pretrained(self.name, **options)
            kind = ClapAudioModelWithProjection if self.family in _CLAP else AutoModel
            # Pickled weights, the older form, can run code: safetensors or nothing.
            model, info = kind.from_pretrained(
                self.name, dtype="float32", use_safetensors=True, output_loading_info=True, **options
            )
        # transformers fills in what a file lacks with random numbers; the mask's embedding is of use in training alone.
        lacking = sorted(key for key in info["missing_keys"] if not key.endswith("masked_spec_embed"))
        if lacking:
            raise OSError(
                f"model={self.name!r} lacks weights of a {type(model).__name__}: {', '.join(lacking[:3])} ..."
            )
        if layer is not None and self.family in _CLAP:
            raise ValueError(f"layer={layer}: CLAP has one vector for each window, take layer=None")
        self.model = model.to(self.device).eval()
        self.sample_rate = self.extractor.sampling_rate
        self.longest = _longest(self.family, self.extractor)

    def key(self):
        """Return what tells this model from another in a cache: hub name and commit, or files, sizes and times."""
        folder = Path(self.name)
        files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        stamps = [(str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
        return stamps or (self.name, getattr(self.model.config, "_commit_hash", None)), self.layer

    def __call__(self, windows):
        """Return the vectors of windows, (n_windows, length) -> (n_windows, width) float32."""
        import torch

        # CLAP's extractor draws one window from NumPy's global state to be called longer than the model reads.
        state = np.random.get_state()  # noqa: NPY002
        try:
            inputs = self.extractor(list(windows), sampling_rate=self.sample_rate, return_tensors="pt")
        finally:
            np.random.set_state(state)  # noqa: NPY002
        if "is_longer" in inputs:
            inputs["is_longer"] = torch.zeros_like(inputs["is_longer"])  # none is, see `longest`
        with torch.inference_mode():
            inputs = inputs.to(self.device, dtype=torch.float32)
            output = self.model(**inputs, output_hidden_states=self.layer is not None)
            return self._pool(output).float().cpu().numpy()

    def _pool(self, output):
        if self.layer is not None:
            states = output.hidden_states
            if not -len(states) <= self.layer < len(states):
                raise ValueError(f"layer={self.layer}: the model has hidden states 0 to {len(states) - 1}")
            return states[self.layer].mean(dim=1)
        if self.family in _CLAP:
            return output.audio_embeds
        if self.family in _AST:
            return output.pooler_output
        states = getattr(output, "last_hidden_state", None)
        if states is None or states.ndim != 3:
            raise ValueError(
                f"model={self.name!r} of type {self.family!r} has no hidden state for each moment to average"
            )
        return states.mean(dim=1)

    @contextlib.contextmanager
    def _explained(self):
        try:
            yield
        except (OSError, ValueError) as error:
            if "trust_remote_code" in str(error):
                raise ValueError(
                    f"model={self.name!r} brings code of its own: read it, and pass trust_remote_code=True to run it"
                ) from error
            raise OSError(
                f"AudioEmbedder could not load model={self.name!r}: name a folder that holds config.json, "
                "preprocessor_config.json and model.safetensors (pickled weights can run code and are not read), or "
                f"fetch it once with a network (hf download {self.name})"
            ) from error


_CLAP = ("clap", "clap_audio_model")
_AST = ("audio-spectrogram-transformer",)


def _longest(family, extractor):
    """Return the seconds beyond which a model would not hear the rest of a window."""
    if family in _CLAP:
        return extractor.nb_max_samples / extractor.sampling_rate
    if family in _AST:
        return extractor.max_length * 160 / extractor.sampling_rate  # a frame every 160 samples, whatever the rate
    return np.inf


@contextlib.contextmanager
def _quiet_loading(verbose):
    """Keep off the terminal what is said while a model loads: a table of unused weights, a bar unless wanted."""
    from transformers.utils import logging

    bar, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.set_verbosity_error()
    if not (verbose and sys.stderr.isatty()):
        logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            # AST's filter bank has a filter without a bin: so it was trained.
            warnings.filterwarnings("ignore", message="At least one mel filter has all zero values")
            yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()
