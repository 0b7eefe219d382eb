"""Lyrics as character n-grams: no model, no download, any script."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import _fit_context
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.extmath import randomized_svd
from sklearn.utils.validation import check_is_fitted

from ._base import TextTransformer
from ._text import check_texts, normalize_text


class LyricsVectorizer(TextTransformer):
    """Turn texts of any language into dense rows: character n-gram TF-IDF, then a truncated SVD.

    Texts are composed (NFC), case-folded and cut into character n-grams, weighted by TF-IDF with logarithmic counts
    and reduced to a few dense columns. Characters need no word list, stemmer or word splitting, so that one setting
    serves every script; n-grams of words are not offered, since the usual rule for words breaks Bangla and Hindi
    words at their vowel signs. A missing text is a row of NaN; a text that shares no n-gram with the texts seen in
    `fit` is a row of zeros.

    Parameters
    ----------
    n_components : int, default=64
        Most columns. There are fewer where `fit` sees fewer distinct texts or n-grams than that: the width is fixed
        in `fit` as `n_components_`.
    analyzer : {"char_wb", "char"}, default="char_wb"
        Whether n-grams stay within words, padded with a space ("char_wb"), or run across them ("char").
    ngram_range : tuple of (int, int), default=(2, 4)
        Shortest and longest n-gram, in characters.
    min_df : int or float, default=1
        Leave out n-grams of fewer texts than this number (int) or this share (float) of the texts.
    max_features : int or None, default=50_000
        Keep this many of the most frequent n-grams, which bounds the memory; None keeps all.
    random_state : int, RandomState instance or None, default=None
        Governs the randomised SVD. The signs of the columns are fixed given it.

    Attributes
    ----------
    n_components_ : int
        Number of columns.
    vectorizer_ : TfidfVectorizer
        Fitted n-gram weights; expects normalised texts.
    components_ : ndarray of shape (n_components_, n_ngrams)
        Directions that the weights are projected on.

    See Also
    --------
    LyricsEmbedder : Rows of a pretrained language model, in which translations lie near each other.

    References
    ----------
    Deerwester, Dumais, Furnas, Landauer and Harshman (1990). Indexing by latent semantic analysis. Journal of the
    American Society for Information Science 41(6).

    Examples
    --------
    >>> from skvae import LyricsVectorizer
    >>> lyrics = ["row, row, row your boat", None, "frère Jacques, dormez-vous", "আমার সোনার বাংলা"]
    >>> vectorizer = LyricsVectorizer(n_components=2, random_state=0)
    >>> Z = vectorizer.fit_transform(lyrics)
    >>> Z.shape, Z.dtype
    ((4, 2), dtype('float32'))
    >>> bool(all(Z[1] != Z[1]))  # the missing text is a row of NaN
    True
    >>> vectorizer.get_feature_names_out()
    array(['svd00', 'svd01'], dtype=object)
    """

    _prefix = "svd"

    _parameter_constraints = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "analyzer": [StrOptions({"char", "char_wb"})],
        "ngram_range": [tuple],
        "min_df": [Interval(Integral, 1, None, closed="left"), Interval(Real, 0, 1, closed="both")],
        "max_features": [Interval(Integral, 1, None, closed="left"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_components=64,
        *,
        analyzer="char_wb",
        ngram_range=(2, 4),
        min_df=1,
        max_features=50_000,
        random_state=None,
    ):
        self.n_components = n_components
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.min_df = min_df
        self.max_features = max_features
        self.random_state = random_state

    def fit(self, X, y=None):
        """Learn the n-grams and their projection.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts; None, NaN or a text without letters is missing.
        y : ignored
            Present for compatibility with scikit-learn.

        Returns
        -------
        self : LyricsVectorizer
            The fitted transformer.

        Raises
        ------
        ValueError
            If every text is missing, or no n-gram is left.
        """
        self.fit_transform(X)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None):
        """Learn the n-grams and return the rows, as `transform` gives them.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts; None, NaN or a text without letters is missing.
        y : ignored
            Present for compatibility with scikit-learn.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_components_), float32
            NaN in the rows of missing texts.
        """
        texts = check_texts(X)
        present = [normalize_text(text) for text in texts if text is not None]
        if not present:
            raise ValueError(
                f"all {len(texts)} texts of X are missing: LyricsVectorizer needs at least one; leave the lyrics out"
            )
        self.vectorizer_ = TfidfVectorizer(
            lowercase=False,
            analyzer=self.analyzer,
            ngram_range=self.ngram_range,
            min_df=self.min_df,
            max_features=self.max_features,
            sublinear_tf=True,
            dtype=np.float32,
        )
        weights = self.vectorizer_.fit_transform(present)
        self.n_components_ = min(self.n_components, len(set(present)), weights.shape[1])
        # TruncatedSVD takes neither a single n-gram nor texts that are all equal; this is what it does otherwise.
        random_state = check_random_state(self.random_state)
        _, _, self.components_ = randomized_svd(weights, self.n_components_, random_state=random_state)
        self._n_features_out = self.n_components_
        return self._project(texts, weights)

    def transform(self, X):
        """Return one row a text.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts; None, NaN or a text without letters is missing.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_components_), float32
            NaN in the rows of missing texts.
        """
        check_is_fitted(self)
        texts = check_texts(X)
        present = [normalize_text(text) for text in texts if text is not None]
        return self._project(texts, self.vectorizer_.transform(present) if present else None)

    def _project(self, texts, weights):
        """Lay the projected weights of the present texts into a table of all texts."""
        Z = np.full((len(texts), self.n_components_), np.nan, dtype=np.float32)
        if weights is not None:
            Z[[text is not None for text in texts]] = weights @ self.components_.T
        return Z
