"""Encoder of texts: loading a model by name, division into windows, encoding in batches."""

import contextlib
import inspect
import math
import os
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from .._device import resolve_device
from ._text import split_windows

CHARACTERS = 1000
"""Length of a window for models without a maximum length, in characters."""


class Encoder:
    """Divide texts into windows that fit the input of a model, and encode the windows.

    Parameters
    ----------
    model : object with `encode(list of str)`
        Model. The unit of windows is the token if the model has a fast `tokenizer` and a `max_seq_length`, as
        models of sentence-transformers do. Otherwise the unit is the character.
    window : int or None
        Maximum number of units per window. None uses the maximum of the model.
    prompt : str
        Text added before each window.
    """

    def __init__(self, model, window=None, prompt=""):
        self.model = model
        self.prompt = prompt
        limit = getattr(model, "max_seq_length", None) or math.inf
        tokenizer = getattr(model, "tokenizer", None)
        self._tokenizer = tokenizer if getattr(tokenizer, "is_fast", False) and limit < math.inf else None
        if self._tokenizer is None:
            self.size = window or CHARACTERS
        else:
            default = (getattr(model, "prompts", None) or {}).get(getattr(model, "default_prompt_name", None)) or ""
            available = limit - tokenizer.num_special_tokens_to_add() - len(self._token_spans(default + prompt))
            if available < 1:
                raise ValueError(
                    f"prompt={prompt!r} is too long: the input of the model has only {limit} tokens. Use a shorter "
                    "prompt."
                )
            self.size = min(window or available, available)
        # sentence-transformers would show a progress bar for each batch.
        has_progress_bar = "show_progress_bar" in inspect.signature(model.encode).parameters
        self._options = {"show_progress_bar": False} if has_progress_bar else {}

    def split(self, text):
        """Return the windows of a text and their lengths, see `split_windows`."""
        spans = self._token_spans(text) if self._tokenizer else [(i, i + 1) for i in range(len(text))]
        return split_windows(text, spans, self.size)

    def _token_spans(self, text):
        """Return the start and end of each token in the text."""
        # verbose=False suppresses the warning that the text is longer than the input of the model.
        tokens = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return [(start, stop) for start, stop in tokens["offset_mapping"] if stop > start]

    def encode(self, windows, batch_size=32, verbose=0):
        """Return one vector per window, (n_windows, width) float32."""
        # Windows of similar length in a batch need little padding.
        order = sorted(range(len(windows)), key=lambda i: len(windows[i]))
        batches = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
        vectors = None
        for batch in tqdm(batches, desc="lyrics", unit="batch", disable=None if verbose else True, leave=False):
            rows = self.model.encode([self.prompt + windows[i] for i in batch], **self._options)
            rows = np.asarray(rows, dtype=np.float32)
            if rows.ndim != 2 or len(rows) != len(batch) or not np.isfinite(rows).all():
                raise ValueError(
                    f"model.encode must return finite values of shape ({len(batch)}, width) for {len(batch)} texts, "
                    f"got shape {rows.shape}."
                )
            if vectors is None:
                vectors = np.empty((len(windows), rows.shape[1]), dtype=np.float32)
            vectors[batch] = rows
        return vectors


def load_model(name, device="auto", local_files_only=False, verbose=0):
    """Load a sentence-transformers model from a local folder or by its hub name. Download it if necessary."""
    # Imported here, since it imports torch and transformers.
    from sentence_transformers import SentenceTransformer

    name = os.fspath(name)
    # sentence-transformers selects the fastest device for None.
    device = None if device == "auto" else resolve_device(device)
    try:
        with _quiet_loading(verbose):
            return SentenceTransformer(name, device=device, local_files_only=local_files_only)
    except (OSError, ValueError) as error:
        full_name = name if "/" in name else f"sentence-transformers/{name}"
        raise OSError(
            f"LyricsEmbedder could not load model={name!r}. Use a folder that contains a sentence-transformers model. "
            f"Or download the model once (hf download {full_name}). Or use LyricsVectorizer, which requires no model."
        ) from error


@contextlib.contextmanager
def _quiet_loading(verbose):
    """Suppress the progress bar of loading weights unless it is wanted. transformers also writes it to files."""
    from transformers.utils import logging

    if not logging.is_progress_bar_enabled() or (verbose and sys.stderr.isatty()):
        yield
        return
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.enable_progress_bar()


def model_key(name):
    """Return the identity of a model for the cache: its name, or the files of its folder with sizes and times."""
    folder = Path(name)
    if not folder.is_dir():
        return str(name)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
