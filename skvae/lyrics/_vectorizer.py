"""LyricsVectorizer: character n-grams of texts in any script, without a model."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.extmath import randomized_svd
from sklearn.utils.validation import check_is_fitted

from ._estimator import numbered_names, set_text_tags
from ._text import check_texts, normalize_text


class LyricsVectorizer(TransformerMixin, BaseEstimator):
    """Compute dense features of texts in any language: TF-IDF of character n-grams and truncated SVD.

    Texts are normalized (NFC), case-folded and divided into character n-grams. The n-grams are weighted by TF-IDF with
    logarithmic counts and reduced to a few dense columns. Characters require no word list, stemmer or tokenizer, so
    that the same settings are suitable for every script. Word n-grams are not available, since the usual definition of
    a word splits Bangla and Hindi words at their vowel signs. A missing text becomes a row of NaN. A text that contains
    no n-gram of the training texts becomes a row of zeros.

    Parameters
    ----------
    n_components : int, default=64
        Maximum number of columns. The actual number `n_components_` is smaller if `fit` gets fewer distinct texts or
        n-grams.
    analyzer : {"char_wb", "char"}, default="char_wb"
        Whether n-grams stay within words, padded with a space ("char_wb"), or can extend over several words ("char").
    ngram_range : tuple of (int, int), default=(2, 4)
        Minimum and maximum length of n-grams, in characters.
    min_df : int or float, default=1
        Minimum number (int) or fraction (float) of texts that contain an n-gram. Rarer n-grams are ignored.
    max_features : int or None, default=50_000
        Maximum number of n-grams. Only the most frequent n-grams are used. This limits the memory. None means no limit.
    random_state : int, RandomState instance or None, default=None
        Random seed of the randomized SVD. It also determines the signs of the columns.

    Attributes
    ----------
    n_components_ : int
        Number of columns.
    vectorizer_ : TfidfVectorizer
        Fitted vectorizer of normalized texts.
    components_ : ndarray of shape (n_components_, n_ngrams)
        Right singular vectors, onto which the weights are projected.

    See Also
    --------
    LyricsEmbedder : Embeddings of a pretrained language model, which are similar for translations.

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
        """Fit the n-gram weights and their projection.

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
        ValueError
            If all texts are missing, or no n-gram remains.
        """
        self.fit_transform(X)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X, y=None):
        """Fit the n-gram weights and their projection, and transform the texts.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts. None, NaN and texts without letters or digits are missing.
        y : None
            Ignored.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_components_), float32
            Features. Rows of missing texts are NaN.
        """
        texts = check_texts(X)
        present = [normalize_text(text) for text in texts if text is not None]
        if not present:
            raise ValueError(
                f"All {len(texts)} texts of X are missing. LyricsVectorizer requires at least one text. Provide "
                "texts, or leave out the lyrics."
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
        # The same computation as in TruncatedSVD, which does not support a single n-gram or texts that are all equal.
        random_state = check_random_state(self.random_state)
        _, _, self.components_ = randomized_svd(weights, self.n_components_, random_state=random_state)
        self._n_features_out = self.n_components_
        return self._project(texts, weights)

    def transform(self, X):
        """Transform texts.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, 1)
            Texts. None, NaN and texts without letters or digits are missing.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_components_), float32
            Features. Rows of missing texts are NaN.
        """
        check_is_fitted(self)
        texts = check_texts(X)
        present = [normalize_text(text) for text in texts if text is not None]
        return self._project(texts, self.vectorizer_.transform(present) if present else None)

    def get_feature_names_out(self, input_features=None):
        """Return the column names, such as ``svd07``.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of shape (n_components_,), object
            Column names.
        """
        check_is_fitted(self)
        return numbered_names("svd", self._n_features_out)

    def _project(self, texts, weights):
        """Return the projected weights of the present texts, and NaN for missing texts."""
        Z = np.full((len(texts), self.n_components_), np.nan, dtype=np.float32)
        if weights is not None:
            Z[[text is not None for text in texts]] = weights @ self.components_.T
        return Z

    def __sklearn_tags__(self):
        return set_text_tags(super().__sklearn_tags__())
