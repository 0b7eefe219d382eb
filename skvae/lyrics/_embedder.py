"""Lyrics as vectors of a pretrained language model."""

import os
from numbers import Integral

import numpy as np
from sklearn.base import _fit_context
from sklearn.preprocessing import normalize
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import check_is_fitted, check_memory

from ._base import TextTransformer
from ._encoder import Encoder, load_model, model_key
from ._text import check_texts, normalize_text


class LyricsEmbedder(TextTransformer):
    """Turn texts into vectors of a pretrained sentence model; a multilingual one puts translations side by side.

    A text longer than the model reads is split between words into windows, and its vector is the mean of theirs,
    weighted by their lengths: no word is cut off. Equal windows are encoded once. A missing text is a row of NaN.

    Parameters
    ----------
    model : str, path or object, default="paraphrase-multilingual-MiniLM-L12-v2"
        The hub name of a sentence-transformers model, which `fit` fetches where it is not on this machine yet; a
        local folder that holds one; or any object with `encode(list of str) -> array of shape (n_texts, width)`.
    window : int or None, default=None
        Longest window: in the model's own tokens, or in characters for an object without a fast tokenizer and
        `max_seq_length`. None takes all that the model reads, or 1000 characters.
    prompt : str, default=""
        Put before every window, for models trained with one, as "query: " for the E5 family.
    normalize : bool, default=True
        Whether to scale every row to length 1.
    batch_size : int, default=32
        Windows encoded at once. It changes rows by rounding only: less than 1e-5 for rows of length 1.
    device : str, default="auto"
        Device of a model that is loaded by name, such as "cpu" or "cuda"; "auto" takes the fastest present.
    local_files_only : bool, default=False
        Never ask the network for a model.
    memory : str, joblib.Memory or None, default=None
        Folder that keeps the vectors of windows between runs, for a model given by name or folder.
    verbose : int, default=0
        Above 0 a progress bar is shown on a terminal.

    Attributes
    ----------
    n_windows_ : ndarray of shape (n_samples,)
        Windows of each text of the last `fit`: 0 for a missing text, above 1 for one that the model could not have
        read at once.

    See Also
    --------
    LyricsVectorizer : Character n-grams, without a model.

    Notes
    -----
    A pickle holds the name of a model, not its weights: they are loaded again at the first `transform`. An object
    with `encode` is pickled, and deep-copied by `sklearn.base.clone`, as any parameter.

    References
    ----------
    Reimers and Gurevych (2020). Making monolingual sentence embeddings multilingual using knowledge distillation.
    EMNLP.

    Examples
    --------
    Any object with `encode` will do; a name such as the default loads a real model.

    >>> import numpy as np
    >>> from skvae import LyricsEmbedder
    >>> class Vowels:
    ...     def encode(self, texts):
    ...         return np.array([[text.count(vowel) for vowel in "aeiou"] for text in texts])
    >>> embedder = LyricsEmbedder(Vowels(), normalize=False)
    >>> embedder.fit_transform(["row your boat", None])
    array([[ 1.,  0.,  0.,  3.,  1.],
           [nan, nan, nan, nan, nan]], dtype=float32)
    """

    _prefix = "embedding"

    _parameter_constraints = {
        "model": [str, os.PathLike, HasMethods("encode")],
        "window": [Interval(Integral, 1, None, closed="left"), None],
        "prompt": [str],
        "normalize": ["boolean"],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "device": [str],
        "local_files_only": ["boolean"],
        "memory": [str, HasMethods("cache"), None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        model="paraphrase-multilingual-MiniLM-L12-v2",
        *,
        window=None,
        prompt="",
        normalize=True,
        batch_size=32,
        device="auto",
        local_files_only=False,
        memory=None,
        verbose=0,
    ):
        self.model = model
        self.window = window
        self.prompt = prompt
        self.normalize = normalize
        self.batch_size = batch_size
        self.device = device
        self.local_files_only = local_files_only
        self.memory = memory
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Load the model; nothing is learned from the texts.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts; None, NaN or a text without letters is missing.
        y : ignored
            Present for compatibility with scikit-learn.

        Returns
        -------
        self : LyricsEmbedder
            The fitted transformer.

        Raises
        ------
        OSError
            If the model is neither on this machine nor can be fetched.
        """
        self._load_and_split(X)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None):
        """Load the model and return one vector a text.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts; None, NaN or a text without letters is missing.
        y : ignored
            Present for compatibility with scikit-learn.

        Returns
        -------
        Z : ndarray of shape (n_samples, width), float32
            NaN in the rows of missing texts.
        """
        return self._embed(self._load_and_split(X))

    def transform(self, X):
        """Return one vector a text.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts; None, NaN or a text without letters is missing.

        Returns
        -------
        Z : ndarray of shape (n_samples, width), float32
            NaN in the rows of missing texts.
        """
        check_is_fitted(self)
        return self._embed(self._split(X))

    def _load_and_split(self, X):
        if self.memory is not None and not self._is_named():
            raise ValueError(
                "memory keeps vectors under a model's name; give the model by name or folder, or memory=None"
            )
        check_texts(X)  # before a model is fetched
        self._encoder = self._make_encoder()
        windows = self._split(X)
        self._n_features_out = self._encoder.encode(["la"]).shape[1]
        self.n_windows_ = np.array([len(pieces) for pieces in windows])
        return windows

    def _is_named(self):
        return isinstance(self.model, str | os.PathLike)

    def _make_encoder(self):
        model = self.model
        if self._is_named():
            model = load_model(model, self.device, self.local_files_only, self.verbose)
        return Encoder(model, self.window, self.prompt)

    def _split(self, X):
        """Return the windows of each text, each with its length; an empty list for a missing text."""
        if not hasattr(self, "_encoder"):  # after unpickling
            self._encoder = self._make_encoder()
        texts = check_texts(X)
        return [[] if text is None else self._encoder.split(normalize_text(text, casefold=False)) for text in texts]

    def _embed(self, windows):
        distinct = list(dict.fromkeys(window for pieces in windows for window, _ in pieces))
        vectors = dict(zip(distinct, self._encode(distinct), strict=True))
        Z = np.full((len(windows), self._n_features_out), np.nan, dtype=np.float32)
        for row, pieces in enumerate(windows):
            if pieces:
                Z[row] = np.average([vectors[window] for window, _ in pieces], axis=0, weights=[n for _, n in pieces])
        present = np.array([bool(pieces) for pieces in windows])
        if self.normalize and present.any():
            Z[present] = normalize(Z[present])
        return Z

    def _encode(self, windows):
        """Encode windows in batches, those that `memory` holds left out."""
        # joblib stores what a call returns: `_look_up` returns a vector that was computed in a batch with others.
        cached = check_memory(self.memory).cache(_look_up, ignore=["vectors"])
        key = None if self.memory is None else (model_key(self.model), self.prompt)
        new = [window for window in windows if not cached.check_call_in_cache(key, window, None)]
        vectors = dict(zip(new, self._encoder.encode(new, self.batch_size, self.verbose), strict=True)) if new else {}
        return [cached(key, window, vectors) for window in windows]

    def __getstate__(self):
        # The encoder holds a torch model, and is built again from the parameters.
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_encoder"}


def _look_up(key, window, vectors):
    return vectors[window]
