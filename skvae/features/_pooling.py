"""pool_by_group: results for windows or copies of songs -> one a song."""

import numpy as np
import pandas as pd
from sklearn.utils import check_array
from sklearn.utils._param_validation import StrOptions, validate_params


@validate_params({"weights": [StrOptions({"equal", "precision"})]}, prefer_skip_nested_validation=True)
def pool_by_group(values, groups, *, weights="equal"):
    """Average the rows of each group, such as the latent of all windows of a song.

    Parameters
    ----------
    values : array-like or DataFrame of shape (n_rows, n_columns), or tuple of two (mean, std)
        Features, latents or soft memberships; or a mean and a standard deviation for each row, as
        :meth:`VAETransformer.posterior <skvae.VAETransformer.posterior>` returns them.
    groups : array-like of shape (n_rows,)
        Which song each row belongs to, as the column ``song_id`` says.
    weights : {"equal", "precision"}, default="equal"
        How rows count in the mean: all the same; or, for (mean, std), each by ``1 / std**2``, so that a window that the
        model is sure of counts for more.

    Returns
    -------
    pooled : ndarray or DataFrame of shape (n_groups, n_columns), or tuple of two
        One row a group, in the order in which the groups first appear, which is that of ``pandas.unique(groups)``; it
        is the index of a DataFrame. NaN counts as absent: a group is NaN in a column where all its rows are. For (mean,
        std) the two moments of the weighted mixture of the rows' normal distributions: the standard deviation holds how
        unsure each row is and how far the rows lie apart, and does not shrink with their number, since windows of one
        song are no independent witnesses.

    Raises
    ------
    ValueError
        If lengths or shapes differ, a group is missing, a standard deviation is negative, or ``weights="precision"``
        meets values without one or with one of 0.

    See Also
    --------
    skvae.audio.explode_segments : Songs into windows.
    skvae.audio.augment_tracks : Changed copies of songs.

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
            raise ValueError(f"values is a tuple of {len(values)}: a table, or the two (mean, std), is needed")
        mean, std = map(_as_table, values)
        if mean.shape != std.shape:
            raise ValueError(f"values has a mean of shape {mean.shape} and a std of shape {std.shape}: they must agree")
        if (std < 0).any():
            raise ValueError(f"values has a negative standard deviation in row {np.flatnonzero((std < 0).any(1))[0]}")
        like = values
    else:
        mean, like = _as_table(values), (values,)
        std = np.zeros_like(mean)
    codes, names = _codes(groups, len(mean))
    present = ~(np.isnan(mean) | np.isnan(std))
    share = present.astype(float)
    if weights == "precision":
        if len(like) == 1 or (std == 0).any():
            raise ValueError('weights="precision" needs values=(mean, std) with a std above 0')
        # Relative to the surest row of the group, so that nothing overflows.
        surest = _by_group(np.fmin, np.where(present, std, np.inf), codes, len(names), np.inf)[codes]
        share = np.where(present, np.square(surest / np.where(present, std, 1)), 0.0)
    total = _by_group(np.add, share, codes, len(names), 0.0)
    with np.errstate(invalid="ignore"):  # 0 / 0 is NaN, which is meant
        share = share / total[codes]
    pooled = _sum(share, mean, present, codes, total)
    results = [pooled]
    if len(like) == 2:
        results.append(np.sqrt(_sum(share, np.square(std) + np.square(mean - pooled[codes]), present, codes, total)))
    results = [_in_form_of(table, result, names) for table, result in zip(like, results, strict=True)]
    return tuple(results) if len(like) == 2 else results[0]


def _as_table(values):
    return check_array(values, dtype=float, ensure_all_finite=False, ensure_min_samples=0, input_name="values")


def _codes(groups, n_rows):
    """Return the number of each row's group, in order of appearance, and the groups."""
    groups = pd.Series(groups).reset_index(drop=True)
    if len(groups) != n_rows:
        raise ValueError(f"groups has {len(groups)} entries for {n_rows} rows of values: one a row is needed")
    if groups.isna().any():
        raise ValueError(f"groups[{groups.isna().argmax()}] is missing: every row needs a group")
    codes, names = pd.factorize(groups)
    return codes, pd.Index(names, name=groups.name)


def _by_group(ufunc, table, codes, n_groups, start):
    result = np.full((n_groups, table.shape[1]), start)
    ufunc.at(result, codes, table)
    return result


def _sum(share, table, present, codes, total):
    """Return the weighted sum in each group; NaN where nothing was there."""
    sums = _by_group(np.add, np.where(present, share * np.where(present, table, 0), 0), codes, len(total), 0.0)
    return np.where(total > 0, sums, np.nan)


def _in_form_of(values, pooled, names):
    """Return a DataFrame for a DataFrame; floats keep their precision."""
    if isinstance(values, pd.DataFrame):
        table = pd.DataFrame(pooled, index=names, columns=values.columns)
        return table.astype({name: kind for name, kind in values.dtypes.items() if kind.kind == "f"})
    dtype = getattr(values, "dtype", None)
    return pooled.astype(dtype) if dtype is not None and dtype.kind == "f" else pooled
