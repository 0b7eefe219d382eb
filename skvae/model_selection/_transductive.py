"""Clusterers that can only label the rows of `fit`."""

from hashlib import blake2b

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin, MetaEstimatorMixin, _fit_context, clone
from sklearn.utils import get_tags
from sklearn.utils._param_validation import HasMethods
from sklearn.utils.validation import check_array, check_is_fitted, validate_data


class TransductiveClusterer(MetaEstimatorMixin, ClusterMixin, BaseEstimator):
    """Add a `predict` method for the rows of `fit` to a clusterer without `predict`.

    Agglomerative clustering, DBSCAN, HDBSCAN and spectral clustering have the attribute `labels_` but no `predict`
    method. If a scorer compared `labels_` with the labels of a test fold, it would compare different rows. If it called
    `fit_predict` on the test fold, it would evaluate different clusters.

    The `predict` method of this class identifies each row of `fit` by a hash of its values. The rows may be in any
    order, and may be a subset. Other rows raise an error. Together with `AllRows` as `cv`, the same scorers can be used
    in a search as for other clusterers.

    Parameters
    ----------
    clusterer : estimator with fit_predict
        Clusterer, or a pipeline that ends with a clusterer. A clone is fitted. A complete pipeline is recommended,
        because the input rows are then hashed. The output of a transformer may differ by rounding errors between two
        calls.

    Attributes
    ----------
    clusterer_ : estimator
        Fitted clone of `clusterer`.
    labels_ : ndarray of shape (n_samples,)
        Labels of the rows of `fit`.
    row_hashes_ : ndarray of uint64 of shape (n_samples,)
        Hashes of the rows of `fit`.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names. Only defined if `X` has column names.

    See Also
    --------
    AllRows : Split for a search over such clusterers.

    Examples
    --------
    >>> from sklearn.cluster import AgglomerativeClustering
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.pipeline import make_pipeline
    >>> from skvae.metrics import get_scorer
    >>> from skvae.model_selection import AllRows, TransductiveClusterer
    >>> X, y = load_iris(return_X_y=True)
    >>> model = TransductiveClusterer(make_pipeline(PCA(2), AgglomerativeClustering()))
    >>> grid = {"clusterer__agglomerativeclustering__n_clusters": [2, 3, 6]}
    >>> search = GridSearchCV(model, grid, scoring=get_scorer("ami"), cv=AllRows()).fit(X, y)
    >>> search.best_params_
    {'clusterer__agglomerativeclustering__n_clusters': 3}
    >>> search.predict(X[[0, 149]])
    array([1, 0])
    >>> search.predict(X + 1)
    Traceback (most recent call last):
    ValueError: X contains 150 rows that were not in fit (first at position 0). ...
    """

    _parameter_constraints = {"clusterer": [HasMethods(["fit_predict"])]}

    def __init__(self, clusterer):
        self.clusterer = clusterer

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None):
        """Fit the clusterer and store the hashes of the rows.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_samples, n_features)
            Table, in any form that the clusterer accepts.
        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted estimator.
        """
        table = self._validate(X, reset=True)
        self.clusterer_ = clone(self.clusterer)
        self.labels_ = np.asarray(self.clusterer_.fit_predict(X))
        self.row_hashes_ = hash_rows(table)
        return self

    def predict(self, X):
        """Return the labels of rows of `fit`.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_samples, n_features)
            Rows of `fit`, in any order.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Labels. If several rows are equal, their labels are returned in the order of the rows in `fit`.

        Raises
        ------
        ValueError
            If `X` contains a row that was not in `fit`.
        """
        check_is_fitted(self)
        table = self._validate(X, reset=False)
        hashes = hash_rows(table)
        order = np.argsort(self.row_hashes_, kind="stable")
        first, end = (np.searchsorted(self.row_hashes_, hashes, side, sorter=order) for side in ("left", "right"))
        unknown = first == end
        if unknown.any():
            position = unknown.argmax()
            numbers = pd.DataFrame(table).iloc[[position]].select_dtypes("number").to_numpy(np.float64)
            raise ValueError(
                f"X contains {unknown.sum()} rows that were not in fit (first at position {position}"
                f"{'' if np.isfinite(numbers).all() else ', with NaN or inf'}). {type(self).__name__} cannot label new "
                "rows. Use cv=AllRows() in a search."
            )
        repetition = pd.Series(hashes).groupby(hashes).cumcount().to_numpy()
        return self.labels_[order[first + repetition % (end - first)]]

    def _validate(self, X, *, reset):
        """Validate shape and column names, and return a table for `hash_rows`."""
        is_frame = isinstance(X, pd.DataFrame)
        table = X if is_frame else check_array(X, dtype=None, ensure_all_finite=False, estimator=self)
        validate_data(self, X, reset=reset, skip_check_array=True)
        return table

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.clusterer).input_tags
        tags.input_tags.sparse = False
        return tags


def hash_rows(X):
    """Compute a hash of the values of each row.

    Equal numbers in different dtypes have the same hash, and so do all types of missing values.

    Parameters
    ----------
    X : ndarray or DataFrame of shape (n_samples, n_features)
        Table.

    Returns
    -------
    hashes : ndarray of uint64 of shape (n_samples,)
        Hashes. The probability that any two of a million different rows have the same hash is 1 in 40 million.
    """
    table = pd.DataFrame(X)
    is_number = np.array([pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes], dtype=bool)
    numbers = table.loc[:, is_number].to_numpy(np.float64, na_value=np.nan) + 0.0  # Convert -0 to 0.
    others = table.loc[:, ~is_number].astype(object)
    others = others.where(others.notna(), None).to_numpy()
    digests = []
    for row, rest in zip(np.ascontiguousarray(numbers), others, strict=True):
        digest = blake2b(row.tobytes(), digest_size=8)
        if len(rest):
            digest.update(joblib.hash(list(rest)).encode())
        digests.append(digest.digest())
    return np.frombuffer(b"".join(digests), dtype=np.uint64)
