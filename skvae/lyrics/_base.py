"""What both transformers of texts share."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted


class TextTransformer(TransformerMixin, BaseEstimator):
    """A column of texts in, a dense float32 table out; a subclass sets `_n_features_out` in `fit`, and `_prefix`."""

    def get_feature_names_out(self, input_features=None):
        """Return the names of the output columns.

        Parameters
        ----------
        input_features : ignored
            Present for compatibility with scikit-learn.

        Returns
        -------
        names : ndarray of str
        """
        check_is_fitted(self)
        digits = max(2, len(str(self._n_features_out - 1)))
        return np.array([f"{self._prefix}{i:0{digits}d}" for i in range(self._n_features_out)], dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = []
        return tags
