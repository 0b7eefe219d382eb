"""Scaling of the columns and blocks of a feature table."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, _fit_context
from sklearn.preprocessing import PowerTransformer, StandardScaler
from sklearn.utils import gen_batches
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from ._columns import group_into_blocks
from ._exponents import fit_exponents

# Maximum number of rows that are used to fit the exponents of the power transform.
POWER_ROWS = 20_000
# Maximum number of rows that are converted to double precision at a time.
CHUNK_ROWS = 16_384
# Bounds of the slope outside the range of `fit`, in standard deviations of the output per standard deviation of the
# input. A slope above 1 would increase the distance of outliers. A slope near 0 would make outliers indistinguishable,
# and the slope of the inverse would be huge.
SLOPE_BOUNDS = (0.1, 1.0)


class BlockScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Scale the columns of a table that may have missing blocks.

    Each column is scaled to mean 0 and variance 1, computed from the rows without NaN in this column. NaN is not
    changed. If `equalize` is True, all blocks have the same total variance afterwards. A block consists of the columns
    with the same ``name__`` prefix. Without this step, 120 audio columns would dominate 32 lyrics columns in Euclidean
    distances.

    Parameters
    ----------
    method : {"standard", "power"}, default="standard"
        Scaling method. "standard" subtracts the mean and divides by the standard deviation. "power" also applies the
        Yeo-Johnson transform [1]_, which makes skewed columns more Gaussian, and standardizes the result. Its exponents
        are fitted on a random sample of 20,000 rows if the table has more rows.

        Outside the range of the values in `fit`, the Yeo-Johnson curve would grow too fast or become constant. It is
        replaced by a straight line with the slope at the end of the range. The slope is at least 0.1 and at most 1, in
        standard deviations of the output per standard deviation of the input.
    equalize : bool, default=False
        Whether to scale each block to a total variance of 1. A table without column names is one block. Use it before
        methods that compute distances. `VAETransformer` weights its modalities itself.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names. Only defined if `X` has column names.
    weights_ : ndarray of shape (n_features_in_,)
        Factor of each standardized column. All factors are 1 if `equalize` is False.

    See Also
    --------
    make_block_imputer : Scale a table and replace missing values.
    make_track_features : Create tables with ``audio__`` and ``lyrics__`` blocks.

    References
    ----------
    .. [1] I.-K. Yeo and R. A. Johnson, "A new family of power transformations to improve normality or symmetry",
       Biometrika 87(4), 2000.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skvae import BlockScaler
    >>> X = pd.DataFrame({"audio__rms": [1.0, 2.0, 3.0], "lyrics__0": [0, np.nan, 4], "lyrics__1": [1, np.nan, 0]})
    >>> BlockScaler(equalize=True).set_output(transform="pandas").fit_transform(X).round(2)
       audio__rms  lyrics__0  lyrics__1
    0       -1.22      -0.71       0.71
    1        0.00        NaN        NaN
    2        1.22       0.71      -0.71
    """

    _parameter_constraints = {"method": [StrOptions({"standard", "power"})], "equalize": ["boolean"]}

    def __init__(self, method="standard", *, equalize=False):
        self.method = method
        self.equalize = equalize

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Compute the location and scale of each column.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table. NaN is a missing value. A memory-mapped table is read in chunks of rows.
        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted scaler.
        """
        X = self._validate(X, reset=True)
        return self.fit_chunks(lambda: (X[rows] for rows in gen_batches(len(X), CHUNK_ROWS)))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None):
        """Update the location and scale with further rows.

        The power transform itself is not updated. Its exponents, its range and the standardization before it are those
        of the first call, because the statistics of the transformed columns depend on them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of a table.
        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted scaler.
        """
        if not hasattr(self, "weights_"):
            return self.fit(X)
        X = self._validate(X, reset=False)
        self._update_range(X)
        if self.method == "power":
            _add_rows(self._power_standard, self._apply_power(self._standardize(X)))
        else:
            _add_rows(self._standard, self._center(X))
        self._compute_weights()
        return self

    def fit_chunks(self, chunks):
        """Fit on a table that is read in chunks of rows.

        The values are not validated.

        Parameters
        ----------
        chunks : callable
            Returns a new iterator over the chunks at each call. A chunk is an ndarray of float of shape
            (n_rows, n_features).

        Returns
        -------
        self : object
            Fitted scaler.
        """
        self._lowest = self._highest = np.array(np.nan)
        n_rows = 0
        for X in chunks():
            self._update_range(X)
            n_rows += len(X)
        self.n_features_in_ = self._lowest.size
        # Subtract constants exactly. The computed mean of a column of 1e30 differs from 1e30 by 1e14.
        constant = ~(self._highest > self._lowest) & ~np.isnan(self._lowest)
        self._constant = np.where(constant, self._lowest, 0.0)
        self._standard = StandardScaler()
        for X in chunks():
            _add_rows(self._standard, self._center(X))
        if self.method == "power":
            # The transform depends on the unit of the column and overflows on large values, so standardize first.
            sample = self._standardize(_sample_rows(chunks, n_rows))
            self._power = PowerTransformer(standardize=False).fit(np.zeros((1, self.n_features_in_)))
            self._power.lambdas_ = fit_exponents(sample)
            self._power_standard = StandardScaler()
            for X in chunks():
                _add_rows(self._power_standard, self._power.transform(self._standardize(X)))
            self._compute_ends()
        self._compute_weights()
        return self

    def transform(self, X):
        """Scale a table.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Table. NaN is not changed.

        Returns
        -------
        X_scaled : ndarray of shape (n_samples, n_features)
            Scaled table in the dtype of `X`.
        """
        check_is_fitted(self)
        X = self._validate(X, reset=False)
        Z = self._standardize(X)
        if self.method == "power":
            Z = self._power_standard.transform(self._apply_power(Z))
        return (Z * self.weights_).astype(X.dtype)

    def inverse_transform(self, X):
        """Transform scaled values back to the original units.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Scaled table.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_features)
            Table in the original units, in the dtype of `X`.
        """
        check_is_fitted(self)
        X = check_array(X, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan")
        Z = X.astype(np.float64) / self.weights_
        if self.method != "power":
            return (self._standard.inverse_transform(Z) + self._constant).astype(X.dtype)
        Z = self._power_standard.inverse_transform(Z)
        ends = self._power.transform(self._ends)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Undefined values are replaced below.
            inverse = self._power.inverse_transform(np.clip(Z, *ends))
        # Near the ends, the transform can be almost constant. After rounding, the inverse may be infinite or undefined.
        low, high = self._ends
        undefined = np.isnan(inverse)
        inverse = np.where((ends[0] >= Z) | undefined & (Z <= 0), low, np.clip(inverse, low, high))
        inverse = np.where((ends[1] <= Z) | undefined & (Z > 0), high, inverse)
        inverse = _extend(inverse, Z, ends, 1 / self._slopes)
        # StandardScaler would reject infinite values, but the largest values overflow to infinity.
        return (inverse * self._standard.scale_ + self._standard.mean_ + self._constant).astype(X.dtype)

    def _update_range(self, X):
        """Update the minimum and maximum of each column. NaN is ignored."""
        self._lowest = np.fmin(self._lowest, np.fmin.reduce(X).astype(np.float64))
        self._highest = np.fmax(self._highest, np.fmax.reduce(X).astype(np.float64))

    def _compute_ends(self):
        """Compute the ends of the range of the power transform, and the slopes outside of it."""
        self._ends = self._standardize(np.stack([self._lowest, self._highest]))
        scale = self._power_standard.scale_
        with np.errstate(over="ignore"):
            # Derivative of the transform.
            slopes = np.exp(np.sign(self._ends) * (self._power.lambdas_ - 1) * np.log1p(np.abs(self._ends)))
        self._slopes = scale * np.clip(slopes / scale, *SLOPE_BOUNDS)

    def __setstate__(self, state):
        super().__setstate__(state)
        if hasattr(self, "_power") and not hasattr(self, "_ends"):  # Scalers of early versions have no ends.
            self._compute_ends()

    def _center(self, X):
        # Squares of large values overflow float32, so moments are computed in double precision.
        return X.astype(np.float64) - self._constant

    def _standardize(self, X):
        return self._standard.transform(self._center(X))

    def _apply_power(self, Z):
        return _extend(self._power.transform(np.clip(Z, *self._ends)), Z, self._ends, self._slopes)

    def _compute_weights(self):
        varies = self._highest > self._lowest
        self.weights_ = np.ones(self.n_features_in_)
        if self.equalize:
            names = getattr(self, "feature_names_in_", ["all"] * self.n_features_in_)
            for columns in group_into_blocks(names).values():
                # A column that is constant or always missing has no variance.
                self.weights_[columns] /= np.sqrt(max(1, varies[columns].sum()))

    def _validate(self, X, *, reset):
        return validate_data(self, X, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", reset=reset)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _add_rows(scaler, X):
    """Update the moments of a scaler with further rows."""
    with np.errstate(invalid="ignore"):  # Columns may contain only NaN.
        scaler.partial_fit(X)


def _extend(curved, Z, ends, slopes):
    """Add straight lines outside the ends to a curve that is constant there."""
    low, high = ends
    for is_outside, end, slope in zip((low > Z, high < Z), ends, slopes, strict=True):
        rows, columns = np.nonzero(is_outside)
        curved[rows, columns] += slope[columns] * (Z[rows, columns] - end[columns])
    return curved


def _sample_rows(chunks, n_rows):
    """Return all rows of a table, or a fixed random sample of `POWER_ROWS` rows."""
    sampled = np.arange(n_rows)
    if n_rows > POWER_ROWS:
        sampled = np.sort(np.random.default_rng(0).choice(n_rows, POWER_ROWS, replace=False))
    sample, start = [], 0
    for X in chunks():
        end = start + len(X)
        sample.append(X[sampled[(sampled >= start) & (sampled < end)] - start])
        start = end
    return np.concatenate(sample)
