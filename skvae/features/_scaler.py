"""BlockScaler: every column on one scale, and every block with one say."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, _fit_context
from sklearn.preprocessing import PowerTransformer, StandardScaler
from sklearn.utils import gen_batches
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from ._columns import prefix_blocks

# Rows that the exponents of the power transform are fitted on.
POWER_ROWS = 20_000
# Rows that are held in double precision at a time.
CHUNK_ROWS = 16_384
# Of the power transform beyond the values of fit, in standard deviations after it per one before. Above 1 a far value
# would be made farther than it is; near 0 far values could hardly be told apart, and a small step back would be huge.
SLOPE_BOUNDS = (0.1, 1.0)


class BlockScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Scale the columns of a table that may have missing blocks.

    Each column is brought to mean 0 and variance 1 over the rows that have it; NaN stays NaN. With `equalize` each
    block, the columns that share a ``name__`` prefix, is then given the same total variance, so that 120 audio columns
    do not outvote 32 lyrics columns in a Euclidean distance.

    Parameters
    ----------
    method : {"standard", "power"}, default="standard"
        "standard" subtracts the mean and divides by the standard deviation. "power" then applies the Yeo-Johnson
        transform [1]_, which makes skewed columns more nearly Gaussian, and standardises once more. Its exponents are
        fitted on a random 20,000 rows of a longer table. They say nothing of values outside the range of `fit`, where
        the curve would explode or level off: it goes on there as a straight line, with the slope that it has at the
        end of the range, but at least 0.1 and at most 1 standard deviation per standard deviation of the column.
    equalize : bool, default=False
        Give each block a total variance of 1. A table without column names is one block. Meant for baselines that
        measure distances; `VAETransformer` weighs its modalities itself.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names, where `X` has them.
    weights_ : ndarray of shape (n_features_in_,)
        What each standardised column is multiplied with; ones unless `equalize`.

    See Also
    --------
    make_track_features : Makes tables with ``audio__`` and ``lyrics__`` blocks.

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
        """Learn the location and scale of every column.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table; NaN is a missing value. A memory-mapped one is read some rows at a time.
        y : None
            Ignored.

        Returns
        -------
        BlockScaler
            Itself.
        """
        X = self._validate(X, reset=True)
        return self.fit_chunks(lambda: (X[rows] for rows in gen_batches(len(X), CHUNK_ROWS)))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None):
        """Learn from further rows: location and scale become those of all rows seen.

        The exponents of the power transform, the range that they hold for, and what is subtracted and divided by before
        it, stay those of the first call: what follows depends on them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Some rows of a table.
        y : None
            Ignored.

        Returns
        -------
        BlockScaler
            Itself.
        """
        if not hasattr(self, "weights_"):
            return self.fit(X)
        X = self._validate(X, reset=False)
        self._widen(X)
        if self.method == "power":
            _add_rows(self._power_standard, self._powered(self._standardised(X)))
        else:
            _add_rows(self._standard, self._centred(X))
        self._weigh()
        return self

    def fit_chunks(self, chunks):
        """Fit on a table that comes in chunks of rows, which ``chunks()`` yields anew each time."""
        self._lowest = self._highest = np.array(np.nan)
        n_rows = 0
        for X in chunks():
            self._widen(X)
            n_rows += len(X)
        self.n_features_in_ = self._lowest.size
        # A constant is taken off exactly: the mean of 1e30 is 1e14 away from it.
        constant = ~(self._highest > self._lowest) & ~np.isnan(self._lowest)
        self._constant = np.where(constant, self._lowest, 0.0)
        self._standard = StandardScaler()
        for X in chunks():
            _add_rows(self._standard, self._centred(X))
        if self.method == "power":
            # Standardised first: the transform is not free of units, and overflows on large ones.
            sample = self._standardised(_some_rows(chunks, n_rows))
            sample[:, np.isnan(sample).all(axis=0)] = 0.0  # no exponent can be fitted on nothing
            self._power = PowerTransformer(standardize=False).fit(sample)
            self._power_standard = StandardScaler()
            for X in chunks():
                _add_rows(self._power_standard, self._power.transform(self._standardised(X)))
            self._measure_ends()
        self._weigh()
        return self

    def _widen(self, X):
        """Take the least and greatest value of every column further; NaN is passed over."""
        self._lowest = np.fmin(self._lowest, np.fmin.reduce(X).astype(np.float64))
        self._highest = np.fmax(self._highest, np.fmax.reduce(X).astype(np.float64))

    def _measure_ends(self):
        """Find the ends of the range that the power transform holds for, and the slopes of the lines beyond them."""
        self._ends = self._standardised(np.stack([self._lowest, self._highest]))
        scale = self._power_standard.scale_
        with np.errstate(over="ignore"):
            # the derivative of the transform
            slopes = np.exp(np.sign(self._ends) * (self._power.lambdas_ - 1) * np.log1p(np.abs(self._ends)))
        self._slopes = scale * np.clip(slopes / scale, *SLOPE_BOUNDS)

    def __setstate__(self, state):
        super().__setstate__(state)
        if hasattr(self, "_power") and not hasattr(self, "_ends"):  # made before there were lines beyond the range
            self._measure_ends()

    def _centred(self, X):
        # Moments in double precision: squares of large values overflow float32.
        return X.astype(np.float64) - self._constant

    def _standardised(self, X):
        return self._standard.transform(self._centred(X))

    def _powered(self, Z):
        return _extend(self._power.transform(np.clip(Z, *self._ends)), Z, self._ends, self._slopes)

    def _weigh(self):
        varies = self._highest > self._lowest
        self.weights_ = np.ones(self.n_features_in_)
        if self.equalize:
            names = getattr(self, "feature_names_in_", ["all"] * self.n_features_in_)
            for columns in prefix_blocks(names).values():
                # a constant or wholly missing column has no variance to share out
                self.weights_[columns] /= np.sqrt(max(1, varies[columns].sum()))

    def _validate(self, X, *, reset):
        return validate_data(self, X, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", reset=reset)

    def transform(self, X):
        """Scale a table.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The table; NaN stays NaN.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            The scaled table, in the dtype of `X`.
        """
        check_is_fitted(self)
        X = self._validate(X, reset=False)
        Z = self._standardised(X)
        if self.method == "power":
            Z = self._power_standard.transform(self._powered(Z))
        return (Z * self.weights_).astype(X.dtype)

    def inverse_transform(self, X):
        """Give scaled values their own units back.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            A scaled table.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            The table in the units of `fit`, in the dtype of `X`.
        """
        check_is_fitted(self)
        X = check_array(X, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan")
        Z = X.astype(np.float64) / self.weights_
        if self.method != "power":
            return (self._standard.inverse_transform(Z) + self._constant).astype(X.dtype)
        Z = self._power_standard.inverse_transform(Z)
        ends = self._power.transform(self._ends)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of undefined values, which are dealt with here
            inverse = self._power.inverse_transform(np.clip(Z, *ends))
        # Where the transform levels off, rounding puts an end where the inverse is infinite or undefined.
        low, high = self._ends
        undefined = np.isnan(inverse)
        inverse = np.where((ends[0] >= Z) | undefined & (Z <= 0), low, np.clip(inverse, low, high))
        inverse = np.where((ends[1] <= Z) | undefined & (Z > 0), high, inverse)
        inverse = _extend(inverse, Z, ends, 1 / self._slopes)
        # by hand: the scaler would refuse infinity, which is what becomes of the largest numbers
        return (inverse * self._standard.scale_ + self._standard.mean_ + self._constant).astype(X.dtype)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _add_rows(scaler, X):
    """Add rows to the moments of a scaler."""
    with np.errstate(invalid="ignore"):  # of columns that no row has
        scaler.partial_fit(X)


def _extend(curved, Z, ends, slopes):
    """Add straight lines to a curve that is level beyond both ends."""
    low, high = ends
    for beyond, end, slope in zip((low > Z, high < Z), ends, slopes, strict=True):
        rows, columns = np.nonzero(beyond)
        curved[rows, columns] += slope[columns] * (Z[rows, columns] - end[columns])
    return curved


def _some_rows(chunks, n_rows):
    """All rows of a table in chunks, or a fixed random sample of a long one."""
    chosen = np.arange(n_rows)
    if n_rows > POWER_ROWS:
        chosen = np.sort(np.random.default_rng(0).choice(n_rows, POWER_ROWS, replace=False))
    parts, start = [], 0
    for X in chunks():
        end = start + len(X)
        parts.append(X[chosen[(chosen >= start) & (chosen < end)] - start])
        start = end
    return np.concatenate(parts)
