"""One-hot encoding of a condition."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted


class OneHotCondition(TransformerMixin, BaseEstimator):
    """Encode one categorical column as indicator columns.

    A missing or unknown value becomes a row of zeros. `VAETransformer` then raises an error or averages over the known
    values, depending on its parameter `unknown_condition`. In contrast, `OneHotEncoder` treats a missing value as a
    separate category.

    Attributes
    ----------
    categories_ : ndarray of str of shape (n_categories,)
        Sorted values seen in `fit`.

    See Also
    --------
    make_track_features : Append condition columns to a feature table.

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
        """Determine the categories.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Column with categorical values.
        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted transformer.

        Raises
        ------
        ValueError
            If all values are missing.
        """
        values = pd.Series(np.asarray(X, dtype=object).ravel()).dropna()
        if values.empty:
            raise ValueError(f"All values of the condition column{_format_name(X)} are missing. Use another column.")
        self.categories_ = np.array(sorted(values.astype(str).unique()), dtype=object)
        return self

    def transform(self, X):
        """Encode the values.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Column with categorical values.

        Returns
        -------
        X_encoded : ndarray of float32 of shape (n_samples, n_categories)
            1 if the row has the value, else 0.
        """
        check_is_fitted(self)
        values = pd.Series(np.asarray(X, dtype=object).ravel())
        values = values.where(values.isna(), values.astype(str)).to_numpy()
        return (values[:, None] == self.categories_).astype(np.float32)

    def get_feature_names_out(self, input_features=None):
        """Return the names of the indicator columns, which are the categories.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        feature_names_out : ndarray of str of shape (n_categories,)
            Column names.
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


def _format_name(X):
    name = getattr(X, "name", None)
    return "" if name is None else f" {name!r}"
