"""OneHotCondition: a categorical column as indicator columns."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted


class OneHotCondition(TransformerMixin, BaseEstimator):
    """Indicator columns of one categorical column, named by the values alone.

    A missing value, and one that `fit` did not see, is a row of zeros: `VAETransformer` refuses such a condition or
    averages over the known ones, as its `unknown_condition` says. (`OneHotEncoder` makes missing a value of its own.)

    Attributes
    ----------
    categories_ : ndarray of str
        The values seen in `fit`, sorted.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.features import OneHotCondition
    >>> encoder = OneHotCondition().fit(pd.Series(["en", "bn", None], name="language"))
    >>> encoder.get_feature_names_out()
    array(['bn', 'en'], dtype=object)
    >>> encoder.transform(pd.Series(["en", "hi", None]))
    array([[0., 1.],
           [0., 0.],
           [0., 0.]], dtype=float32)
    """

    def fit(self, X, y=None):
        """Learn the values.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            The column.
        y : None
            Ignored.

        Returns
        -------
        OneHotCondition
            Itself.

        Raises
        ------
        ValueError
            If every value is missing.
        """
        values = pd.Series(np.asarray(X, dtype=object).ravel()).dropna()
        if values.empty:
            raise ValueError(f"The condition column{_named(X)} has no value: nothing can be conditioned on it.")
        self.categories_ = np.array(sorted(values.astype(str).unique()), dtype=object)
        return self

    def transform(self, X):
        """Indicate the values.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            The column.

        Returns
        -------
        ndarray of shape (n_samples, n_categories), float32
            1 where the row has the value, else 0.
        """
        check_is_fitted(self)
        values = pd.Series(np.asarray(X, dtype=object).ravel())
        values = values.where(values.isna(), values.astype(str)).to_numpy()
        return (values[:, None] == self.categories_).astype(np.float32)

    def get_feature_names_out(self, input_features=None):
        """Names of the columns: the values.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of str
            The names.
        """
        check_is_fitted(self)
        return self.categories_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def _named(X):
    name = getattr(X, "name", None)
    return "" if name is None else f" {name!r}"
