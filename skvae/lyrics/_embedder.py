"""LyricsEmbedder: embeddings of texts by a pretrained language model."""

import os
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.preprocessing import normalize
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import check_is_fitted, check_memory

from ._encoder import Encoder, load_model, model_key
from ._estimator import numbered_names, set_text_tags
from ._text import check_texts, normalize_text


class LyricsEmbedder(TransformerMixin, BaseEstimator):
    """Compute embeddings of texts with a pretrained sentence model.

    A multilingual model gives similar embeddings to translations. A text that is longer than the input of the model is
    divided between words into windows. Its embedding is the mean over the windows, weighted by their lengths, so that
    no word is lost. Equal windows are encoded once. A missing text becomes a row of NaN.

    Parameters
    ----------
    model : str, path or object, default="paraphrase-multilingual-MiniLM-L12-v2"
        One of the following:

        - Name of a sentence-transformers model on the Hugging Face Hub. `fit` downloads the model if it is not on this
          machine.
        - Local folder with such a model.
        - Object with the method ``encode(list of str) -> array of shape (n_texts, width)``.
    window : int or None, default=None
        Maximum length of a window. The unit is the token of the model, or the character for objects without a fast
        tokenizer and `max_seq_length`. None means the maximum of the model, or 1000 characters.
    prompt : str, default=""
        Text added before each window, for models that were trained with a prompt, such as "query: " for the E5 family.
    normalize : bool, default=True
        Whether to scale each row to length 1.
    batch_size : int, default=32
        Number of windows encoded at once. It changes rows of length 1 only by rounding errors below 1e-5.
    device : str, default="auto"
        Device of a model that is loaded by name, such as "cpu" or "cuda". "auto" selects the fastest available device.
    local_files_only : bool, default=False
        Whether to use only models on this machine, without downloads.
    memory : str, joblib.Memory or None, default=None
        Cache folder for the embeddings of windows. Requires a model given by name or folder. None disables the cache.
    verbose : int, default=0
        Whether to show a progress bar if the output is a terminal.

    Attributes
    ----------
    n_windows_ : ndarray of shape (n_samples,)
        Number of windows of each text of the last `fit`. 0 for missing texts, and above 1 for texts that are longer
        than the input of the model.

    See Also
    --------
    LyricsVectorizer : Character n-grams, without a model.

    Notes
    -----
    A pickle contains the name of the model, not its weights. The first call of `transform` loads the weights again. An
    object with `encode` is pickled, and deep-copied by `sklearn.base.clone`, like any parameter.

    References
    ----------
    Reimers and Gurevych (2020). Making monolingual sentence embeddings multilingual using knowledge distillation.
    EMNLP.

    Examples
    --------
    The model of this example is an object with `encode`. A name, such as the default, loads a pretrained model.

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
        """Load the model, and count the windows of the texts.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts. None, NaN and texts without letters or digits are missing.
        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        OSError
            If the model is not on this machine and cannot be downloaded.
        """
        self._load_and_split(X)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None):
        """Load the model, and embed the texts.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts. None, NaN and texts without letters or digits are missing.
        y : None
            Ignored.

        Returns
        -------
        Z : ndarray of shape (n_samples, width), float32
            Embeddings. Rows of missing texts are NaN.
        """
        return self._embed(self._load_and_split(X))

    def transform(self, X):
        """Embed texts.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts. None, NaN and texts without letters or digits are missing.

        Returns
        -------
        Z : ndarray of shape (n_samples, width), float32
            Embeddings. Rows of missing texts are NaN.
        """
        check_is_fitted(self)
        return self._embed(self._split(X))

    def get_feature_names_out(self, input_features=None):
        """Return the column names, such as ``embedding007``.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of shape (width,), object
            Column names.
        """
        check_is_fitted(self)
        return numbered_names("embedding", self._n_features_out)

    def _load_and_split(self, X):
        """Load the model, set the fitted attributes, and return the windows of each text."""
        if self.memory is not None and not self._is_named():
            raise ValueError(
                "memory requires a model given by name or folder, since the cache identifies the model by its name. "
                "Use memory=None for other models."
            )
        check_texts(X)  # validated before a model is downloaded
        self._encoder = self._make_encoder()
        windows = self._split(X)
        self._n_features_out = self._encoder.encode(["la"]).shape[1]
        self.n_windows_ = np.array([len(windows_of_text) for windows_of_text in windows])
        return windows

    def _is_named(self):
        return isinstance(self.model, str | os.PathLike)

    def _make_encoder(self):
        model = self.model
        if self._is_named():
            model = load_model(model, self.device, self.local_files_only, self.verbose)
        return Encoder(model, self.window, self.prompt)

    def _split(self, X):
        """Return the windows of each text with their lengths. The list of a missing text is empty."""
        if not hasattr(self, "_encoder"):  # removed by pickling
            self._encoder = self._make_encoder()
        texts = check_texts(X)
        return [[] if text is None else self._encoder.split(normalize_text(text, casefold=False)) for text in texts]

    def _embed(self, windows):
        """Return the rows of texts from their windows."""
        distinct = list(dict.fromkeys(window for windows_of_text in windows for window, _ in windows_of_text))
        vectors = dict(zip(distinct, self._encode(distinct), strict=True))
        Z = np.full((len(windows), self._n_features_out), np.nan, dtype=np.float32)
        for row, windows_of_text in enumerate(windows):
            if windows_of_text:
                parts = [vectors[window] for window, _ in windows_of_text]
                Z[row] = np.average(parts, axis=0, weights=[length for _, length in windows_of_text])
        present = np.array([bool(windows_of_text) for windows_of_text in windows])
        if self.normalize and present.any():
            Z[present] = normalize(Z[present])
        return Z

    def _encode(self, windows):
        """Return the vectors of windows, from the cache or encoded in batches."""
        # joblib stores the results of single calls. `_look_up` returns a vector that was computed in a batch.
        cached = check_memory(self.memory).cache(_look_up, ignore=["vectors"])
        key = None if self.memory is None else (model_key(self.model), self.prompt)
        new = [window for window in windows if not cached.check_call_in_cache(key, window, None)]
        vectors = dict(zip(new, self._encoder.encode(new, self.batch_size, self.verbose), strict=True)) if new else {}
        return [cached(key, window, vectors) for window in windows]

    def __getstate__(self):
        # The encoder contains a torch model, and is created again from the parameters.
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_encoder"}

    def __sklearn_tags__(self):
        return set_text_tags(super().__sklearn_tags__())


# The module, name and source of this function are part of the path of cache entries of joblib.
def _look_up(key, window, vectors):
    return vectors[window]
