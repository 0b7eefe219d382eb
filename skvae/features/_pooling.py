"""Pooling of rows that belong to the same track."""

import numpy as np
import pandas as pd
from sklearn.utils import check_array
from sklearn.utils._param_validation import StrOptions, validate_params


@validate_params({"weights": [StrOptions({"equal", "precision"})]}, prefer_skip_nested_validation=True)
def pool_by_group(values, groups, *, weights="equal"):
    """Average the rows of each group, such as the latent representations of all windows of a track.

    Parameters
    ----------
    values : array-like or DataFrame of shape (n_rows, n_columns), or tuple (mean, std) of two of them
        Features, latent representations or memberships. A tuple contains the mean and the standard deviation for each
        row, as returned by :meth:`VAETransformer.posterior <skvae.VAETransformer.posterior>`.
    groups : array-like of shape (n_rows,)
        Group of each row, such as the column ``song_id``.
    weights : {"equal", "precision"}, default="equal"
        Weights of the rows. "equal": all rows have the same weight. "precision": each value has the weight
        ``1 / std**2``. Requires a tuple (mean, std).

    Returns
    -------
    pooled : ndarray or DataFrame of shape (n_groups, n_columns), or tuple of two of them
        One row per group, in the order of ``pandas.unique(groups)``, which is the index of a DataFrame. NaN is ignored.
        A pooled value is NaN if all values of the group are NaN.

        The result for a tuple is the mean and the standard deviation of a weighted mixture. Its components are the
        normal distributions of the rows. The standard deviation includes the uncertainty of each row and the
        differences between rows. It does not decrease with the number of rows, because windows of one track are not
        independent.

    Raises
    ------
    ValueError
        If lengths or shapes differ, a group is missing, a standard deviation is negative, or ``weights="precision"``
        is used without standard deviations or with a standard deviation of 0.

    See Also
    --------
    skvae.audio.explode_segments : Split tracks into windows.
    skvae.audio.augment_tracks : Create modified copies of tracks.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skvae.features import pool_by_group
    >>> latent = pd.DataFrame({"z0": [1.0, 3.0, 10.0], "z1": [0.0, np.nan, 5.0]})
    >>> pool_by_group(latent, ["rain", "rain", "snow"])
            z0   z1
    rain   2.0  0.0
    snow  10.0  5.0
    >>> pool_by_group((np.array([[-1.0], [1.0]]), np.array([[0.0], [0.0]])), ["rain", "rain"])
    (array([[0.]]), array([[1.]]))
    """
    if isinstance(values, tuple):
        if len(values) != 2:
            raise ValueError(f"values must be a table or a tuple (mean, std), got a tuple of length {len(values)}.")
        mean, std = map(_as_table, values)
        if mean.shape != std.shape:
            raise ValueError(f"mean and std must have the same shape, got {mean.shape} and {std.shape}.")
        if (std < 0).any():
            raise ValueError(
                f"std must not be negative, but row {np.flatnonzero((std < 0).any(1))[0]} has a negative value."
            )
        like = values
    else:
        mean, like = _as_table(values), (values,)
        std = np.zeros_like(mean)
    codes, names = _encode_groups(groups, len(mean))
    present = ~(np.isnan(mean) | np.isnan(std))
    share = present.astype(float)
    if weights == "precision":
        if len(like) == 1 or (std == 0).any():
            raise ValueError(
                'weights="precision" requires values=(mean, std) with std greater than 0. Use weights="equal".'
            )
        # Weights relative to the row with the smallest standard deviation of the group cannot overflow.
        smallest = _reduce_groups(np.fmin, np.where(present, std, np.inf), codes, len(names), np.inf)[codes]
        share = np.where(present, np.square(smallest / np.where(present, std, 1)), 0.0)
    total = _reduce_groups(np.add, share, codes, len(names), 0.0)
    with np.errstate(invalid="ignore"):  # 0 / 0 is NaN for groups without values.
        share = share / total[codes]
    pooled = _sum_groups(share, mean, present, codes, total)
    results = [pooled]
    if len(like) == 2:
        results.append(
            np.sqrt(_sum_groups(share, np.square(std) + np.square(mean - pooled[codes]), present, codes, total))
        )
    results = [_convert_like(table, result, names) for table, result in zip(like, results, strict=True)]
    return tuple(results) if len(like) == 2 else results[0]


def _as_table(values):
    return check_array(values, dtype=float, ensure_all_finite=False, ensure_min_samples=0, input_name="values")


def _encode_groups(groups, n_rows):
    """Return the index of the group of each row, and the groups in order of appearance."""
    groups = pd.Series(groups).reset_index(drop=True)
    if len(groups) != n_rows:
        raise ValueError(f"groups must have one entry per row of values ({n_rows}), got {len(groups)}.")
    if groups.isna().any():
        raise ValueError(f"groups[{groups.isna().argmax()}] is missing. Each row must have a group.")
    codes, names = pd.factorize(groups)
    return codes, pd.Index(names, name=groups.name)


def _reduce_groups(ufunc, table, codes, n_groups, start):
    result = np.full((n_groups, table.shape[1]), start)
    ufunc.at(result, codes, table)
    return result


def _sum_groups(share, table, present, codes, total):
    """Return the weighted sum of each group. NaN for groups without values."""
    sums = _reduce_groups(np.add, np.where(present, share * np.where(present, table, 0), 0), codes, len(total), 0.0)
    return np.where(total > 0, sums, np.nan)


def _convert_like(values, pooled, names):
    """Convert the result to the type and floating-point precision of the input."""
    if isinstance(values, pd.DataFrame):
        table = pd.DataFrame(pooled, index=names, columns=values.columns)
        return table.astype({name: kind for name, kind in values.dtypes.items() if kind.kind == "f"})
    dtype = getattr(values, "dtype", None)
    return pooled.astype(dtype) if dtype is not None and dtype.kind == "f" else pooled
