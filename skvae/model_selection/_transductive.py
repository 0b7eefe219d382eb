"""TransductiveClusterer: the labels of the rows that a clusterer was fitted on, and of no others."""

from hashlib import blake2b

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin, MetaEstimatorMixin, _fit_context, clone
from sklearn.utils import get_tags
from sklearn.utils._param_validation import HasMethods
from sklearn.utils.validation import check_array, check_is_fitted, validate_data


class TransductiveClusterer(MetaEstimatorMixin, ClusterMixin, BaseEstimator):
    """Give a clusterer that cannot label further rows a `predict` for the rows that it was fitted on.

    Agglomerative clustering, DBSCAN, HDBSCAN and spectral clustering have `labels_` and no `predict`. Taking `labels_`
    for the rows of a test fold scores the wrong rows where the numbers of rows agree, and a `fit_predict` on the fold
    makes other clusters. Here `predict` knows each row of `fit` by a hash of its values, in any order or selection, and
    refuses any other. With `AllRows` as `cv`, a search over such clusterers has the scorers of all the others.

    Parameters
    ----------
    clusterer : estimator with fit_predict
        A clusterer, or a pipeline that ends in one; a clone is fitted. A whole pipeline is safest inside: rows are then
        known as they come in, and its steps need not give a row the same number to the last bit twice.

    Attributes
    ----------
    clusterer_ : estimator
        The fitted clone.
    labels_ : ndarray of shape (n_samples,)
        Labels of the rows of `fit`.
    row_hashes_ : ndarray of uint64 of shape (n_samples,)
        Hashes of these rows.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names, where `X` has them.

    See Also
    --------
    AllRows : The split that goes with it.

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
    ValueError: X has 150 rows that TransductiveClusterer was not fitted on, the first at position 0; ...
    """

    _parameter_constraints = {"clusterer": [HasMethods(["fit_predict"])]}

    def __init__(self, clusterer):
        self.clusterer = clusterer

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None):
        """Cluster, and remember which rows these were.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_samples, n_features)
            The rows, of anything that the clusterer takes.
        y : None
            Ignored.

        Returns
        -------
        TransductiveClusterer
            Itself.
        """
        table = self._validate(X, reset=True)
        self.clusterer_ = clone(self.clusterer)
        self.labels_ = np.asarray(self.clusterer_.fit_predict(X))
        self.row_hashes_ = hash_rows(table)
        return self

    def predict(self, X):
        """Look up the labels of rows of `fit`.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_samples, n_features)
            Rows of `fit`, in any order.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Their labels. Of rows that are equal, the first here has the label of the first in `fit`, and so on.

        Raises
        ------
        ValueError
            If there are rows that were not in `fit`.
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
                f"X has {unknown.sum()} rows that {type(self).__name__} was not fitted on, the first at position "
                f"{position}{'' if np.isfinite(numbers).all() else ', with NaN or inf'}; it labels no others: score it "
                "with cv=AllRows()"
            )
        repetition = pd.Series(hashes).groupby(hashes).cumcount().to_numpy()
        return self.labels_[order[first + repetition % (end - first)]]

    def _validate(self, X, *, reset):
        """Check shape and names, and return a table that can be hashed."""
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
    """Hash the values of each row; numbers of any precision, and all kinds of missing value, are alike.

    Parameters
    ----------
    X : ndarray or DataFrame of shape (n_samples, n_features)
        The rows.

    Returns
    -------
    hashes : ndarray of uint64 of shape (n_samples,)
        Two of a million different rows share one with a chance of 1 in 40 million.
    """
    table = pd.DataFrame(X)
    is_number = np.array([pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes], dtype=bool)
    numbers = table.loc[:, is_number].to_numpy(np.float64, na_value=np.nan) + 0.0  # one zero, without a sign
    others = table.loc[:, ~is_number].astype(object)
    others = others.where(others.notna(), None).to_numpy()
    digests = []
    for row, rest in zip(np.ascontiguousarray(numbers), others, strict=True):
        digest = blake2b(row.tobytes(), digest_size=8)
        if len(rest):
            digest.update(joblib.hash(list(rest)).encode())
        digests.append(digest.digest())
    return np.frombuffer(b"".join(digests), dtype=np.uint64)
