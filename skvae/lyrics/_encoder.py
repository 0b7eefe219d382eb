"""A text model behind one face: loaded by name, its windows measured in its own units, encoding in batches."""

import contextlib
import inspect
import math
import os
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ._text import split_windows

CHARACTERS = 1000  # window of a model that does not tell its own


class Encoder:
    """Split texts into the windows that a model reads, and encode windows.

    Parameters
    ----------
    model : object with `encode(list of str)`
        A model with a fast `tokenizer` and a `max_seq_length`, as sentence-transformers have, is measured in its
        tokens; any other in characters.
    window : int or None
        Longest window in those units; None for the model's own.
    prompt : str
        Text put before every window.
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
            room = limit - tokenizer.num_special_tokens_to_add() - len(self._token_spans(default + prompt))
            if room < 1:
                raise ValueError(f"prompt={prompt!r} leaves no room in the model's {limit} tokens; use a shorter one")
            self.size = min(window or room, room)
        # A sentence-transformer would draw a bar of its own for every batch.
        silent = "show_progress_bar" in inspect.signature(model.encode).parameters
        self._options = {"show_progress_bar": False} if silent else {}

    def split(self, text):
        """Return the windows of a text, each with its length; see `split_windows`."""
        spans = self._token_spans(text) if self._tokenizer else [(i, i + 1) for i in range(len(text))]
        return split_windows(text, spans, self.size)

    def _token_spans(self, text):
        # verbose=False: the tokenizer would warn that the text is longer than the model reads, which is why it is split
        tokens = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return [(start, stop) for start, stop in tokens["offset_mapping"] if stop > start]

    def encode(self, windows, batch_size=32, verbose=0):
        """Return one vector for each window, (n_windows, width) float32."""
        # Windows of like length fill a batch with little padding.
        order = sorted(range(len(windows)), key=lambda i: len(windows[i]))
        batches = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
        vectors = None
        for batch in tqdm(batches, desc="lyrics", unit="batch", disable=None if verbose else True):
            rows = self.model.encode([self.prompt + windows[i] for i in batch], **self._options)
            rows = np.asarray(rows, dtype=np.float32)
            if rows.ndim != 2 or len(rows) != len(batch) or not np.isfinite(rows).all():
                raise ValueError(
                    f"model.encode of {len(batch)} texts returned an array of shape {rows.shape}; "
                    f"expected ({len(batch)}, width), all finite"
                )
            if vectors is None:
                vectors = np.empty((len(windows), rows.shape[1]), dtype=np.float32)
            vectors[batch] = rows
        return vectors


def load_model(name, device="auto", local_files_only=False, verbose=0):
    """Load a sentence-transformer from a local folder or by hub name, fetching it where it is not on this machine."""
    # Importing it loads torch and transformers.
    from sentence_transformers import SentenceTransformer

    name = os.fspath(name)
    try:
        with _quiet_loading(verbose):
            return SentenceTransformer(
                name, device=None if device == "auto" else device, local_files_only=local_files_only
            )
    except (OSError, ValueError) as error:
        full_name = name if "/" in name else f"sentence-transformers/{name}"
        raise OSError(
            f"LyricsEmbedder could not load model={name!r}: name a folder that holds a sentence-transformers model, "
            f"or fetch it once with a network (hf download {full_name}), "
            "or use LyricsVectorizer, which needs no model"
        ) from error


@contextlib.contextmanager
def _quiet_loading(verbose):
    """Keep the bar over a model's weights, which transformers draws to files too, for terminals that asked for it."""
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
    """Return what tells a named model from another in a cache: its name, or a folder's files, sizes and times."""
    folder = Path(name)
    if not folder.is_dir():
        return str(name)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
