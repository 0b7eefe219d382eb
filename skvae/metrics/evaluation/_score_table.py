"""A table of scores that does not compare what cannot be compared."""

import joblib
import numpy as np
import pandas as pd


class SpaceError(ValueError):
    """Rows that were measured in different spaces were to be ranked."""


class ScoreTable(pd.DataFrame):
    """Scores of clusterings, a row for each label and metric; made by `evaluate_clusters`.

    It is a DataFrame, and `pandas.concat` joins several, except that it refuses to put rows in the order of their
    ``value`` where these were measured in different spaces, as silhouettes in the latents of two models are: each
    latent has units of its own, and one that holds less of the music easily has the better silhouette. Two spaces
    differ where their numbers do, whatever they are called.

    Parameters
    ----------
    data, index, columns, dtype, copy : object
        As of `pandas.DataFrame`.

    Attributes
    ----------
    method : str
        Name of the clustering.
    label : str
        What it is compared with; "" where it is measured within a space.
    metric : str
        Name of the metric, and ``direction`` : which values are better, "higher" or "lower".
    value : float
        The score.
    chance : float
        Mean score of the same clusters dealt out at random, and ``chance_95`` : what 95 % of these do not better.
    low, high : float
        Ends of the bootstrap interval.
    masked : float
        The score among rows that lack the same blocks; NaN where the blocks are not known. Chance takes it further than
        ``chance`` says, unless the metric is adjusted, as AMI and ARI are.
    space : str
        The table that it was measured in, and ``space_id`` : a digest of its numbers; "" where it needs none.
    n_rows, n_clusters, n_noise : int
        Rows that took part, their clusters without -1, and their rows in no cluster.
    leaked : bool
        Whether the model was given the label.

    See Also
    --------
    evaluate_clusters : Makes it.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.metrics import evaluate_clusters
    >>> latents = {"wide": [[0.0], [3.0], [10.0], [11.0]], "tight": [[0.0], [0.1], [9.0], [9.1]]}
    >>> table = pd.concat(
    ...     evaluate_clusters([0, 0, 1, 1], spaces={"latent": Z}, method=name, names=["silhouette"])
    ...     for name, Z in latents.items()
    ... )
    >>> table.ranking("silhouette")
    Traceback (most recent call last):
        ...
    skvae.metrics.evaluation._score_table.SpaceError: scores of 2 spaces ...
    """

    @property
    def _constructor(self):
        return ScoreTable

    def ranking(self, metric, *, label=None):
        """Rank methods by one metric.

        Parameters
        ----------
        metric : str
            Its name.
        label : str or None, default=None
            Name of the label; needed where there are several.

        Returns
        -------
        ScoreTable
            The rows of this metric, the best first, with a column ``rank``. Leaked scores are no results: they stand
            last, without a rank, as scores that are NaN do.

        Raises
        ------
        SpaceError
            If the rows were measured in different spaces.
        ValueError
            If there are no such rows, or those of several labels.
        """
        rows = self[self["metric"] == metric]
        if label is not None:
            rows = rows[rows["label"] == label]
        if rows.empty:
            raise ValueError(f"there is no row with metric {metric!r}" + f" and label {label!r}" * (label is not None))
        labels = rows["label"].unique()
        if len(labels) > 1:
            raise ValueError(f"metric {metric!r} is there for several labels; give label, one of {', '.join(labels)}")
        rows._check_space([])
        ascending = rows["direction"].iloc[0] == "lower"
        ranked = rows.assign(
            rank=rows["value"].mask(rows["leaked"].astype(bool)).rank(method="min", ascending=ascending)
        )
        return ranked.sort_values("rank", ignore_index=True)

    def sort_values(self, by, **settings):
        """Sort as a DataFrame does, but never by scores of different spaces.

        Parameters
        ----------
        by : str or list of str
            Columns. What stands before "value" must keep spaces apart, such as ["space_id", "value"].
        **settings
            As of `pandas.DataFrame.sort_values`.

        Returns
        -------
        ScoreTable or None
            Sorted; None with ``inplace=True``.

        Raises
        ------
        SpaceError
            If rows of different spaces would be put in the order of their scores.
        """
        names = [by] if isinstance(by, str) else list(by)
        if "value" in names:
            self._check_space(names[: names.index("value")])
        return super().sort_values(by, **settings)

    def nlargest(self, n, columns, keep="first"):
        """Take the largest as a DataFrame does, but never of scores of different spaces.

        Parameters
        ----------
        n : int
            How many rows.
        columns : str or list of str
            As of `pandas.DataFrame.nlargest`.
        keep : {"first", "last", "all"}, default="first"
            As of `pandas.DataFrame.nlargest`.

        Returns
        -------
        ScoreTable
            Largest first.
        """
        self._check_columns(columns)
        return super().nlargest(n, columns, keep)

    def nsmallest(self, n, columns, keep="first"):
        """Take the smallest as a DataFrame does, but never of scores of different spaces.

        Parameters
        ----------
        n : int
            How many rows.
        columns : str or list of str
            As of `pandas.DataFrame.nsmallest`.
        keep : {"first", "last", "all"}, default="first"
            As of `pandas.DataFrame.nsmallest`.

        Returns
        -------
        ScoreTable
            Smallest first.
        """
        self._check_columns(columns)
        return super().nsmallest(n, columns, keep)

    def _check_columns(self, columns):
        names = [columns] if isinstance(columns, str) else list(columns)
        if "value" in names:
            self._check_space(names[: names.index("value")])

    def _check_space(self, before):
        """Raise where rows that are alike in the columns `before` come from several spaces."""
        if "space_id" not in self:
            return
        spaces = pd.DataFrame(self[[*dict.fromkeys([*before, "space", "space_id"])]]).drop_duplicates()
        mixed = spaces[spaces.duplicated(before, keep=False)] if before else spaces
        if len(mixed) > 1:
            named = sorted(
                {
                    f"{name} #{key}" if key else "none"
                    for name, key in zip(mixed["space"], mixed["space_id"], strict=True)
                }
            )
            raise SpaceError(
                f"scores of {len(named)} spaces ({', '.join(named)}) do not compare; measure all clusterings in one, "
                "such as the scaled table that enters the models, or rank within each"
            )


def space_id(X):
    """Return a digest of the numbers of a table, alike in single and double precision."""
    return joblib.hash(np.ascontiguousarray(X, dtype=np.float32))[:8]
