"""Table of scores that does not compare scores of different spaces."""

import joblib
import numpy as np
import pandas as pd


class SpaceError(ValueError):
    """Error raised when scores of different spaces are sorted or ranked.

    Examples
    --------
    >>> from skvae.metrics import SpaceError, evaluate_clusters
    >>> table = evaluate_clusters([0, 0, 1], spaces={"a": [[0], [1], [5]], "b": [[0], [3], [5]]}, names=["silhouette"])
    >>> try:
    ...     table.sort_values("value")
    ... except SpaceError as error:
    ...     print(error)
    Scores of 2 different spaces (a #..., b #...) are not comparable. ...
    """


class ScoreTable(pd.DataFrame):
    """Scores of clusterings: one row for each metric and label or space. Returned by `evaluate_clusters`.

    A ScoreTable is a DataFrame, and `pandas.concat` joins several tables. It raises `SpaceError` if rows that were
    measured in different spaces are sorted by ``value``.

    Scores of different spaces, such as the silhouettes in the latent spaces of two models, are not comparable. Each
    latent space has a different scale, and a latent space that contains less information about the music often has the
    better silhouette. Spaces are compared by their values, not by their names.

    Parameters
    ----------
    data, index, columns, dtype, copy : object
        As in `pandas.DataFrame`.

    Attributes
    ----------
    method : str
        Name of the clustering.
    label : str
        Name of the true label. Empty for internal metrics.
    metric : str
        Name of the metric.
    direction : {"higher", "lower"}
        Whether higher or lower values are better.
    value : float
        The score.
    chance : float
        Chance level: mean score of random permutations of the clusters.
    chance_95 : float
        Score that is at least as good as the scores of 95 % of the random permutations.
    low, high : float
        Ends of the bootstrap interval.
    masked : float
        Mean score among rows that have the same blocks. NaN if the blocks are unknown. Its chance level is higher than
        ``chance``, except for metrics that are adjusted for chance, such as AMI and ARI.
    space : str
        Name of the table in which the score was measured. Empty for metrics that need true labels.
    space_id : str
        Hash of the values of this table. Empty for metrics that need true labels.
    n_rows : int
        Number of rows that were scored.
    n_clusters : int
        Number of clusters, without the label -1.
    n_noise : int
        Number of rows with the label -1.
    leaked : bool
        Whether the model received the label as input.

    See Also
    --------
    evaluate_clusters : Computes the scores.

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
    skvae.metrics.evaluation._score_table.SpaceError: Scores of 2 different spaces (latent #..., latent #...) ...
    """

    @property
    def _constructor(self):
        return ScoreTable

    def ranking(self, metric, *, label=None):
        """Rank methods by one metric.

        Parameters
        ----------
        metric : str
            Name of the metric.
        label : str or None, default=None
            Name of the label. Required if the table has several labels.

        Returns
        -------
        ranking : ScoreTable
            Rows of this metric with an additional column ``rank``, sorted from best to worst. Leaked scores and NaN
            have no rank and are last.

        Raises
        ------
        SpaceError
            If the rows were measured in different spaces.
        ValueError
            If there are no matching rows, or if `label` is None and there are several labels.
        """
        rows = self[self["metric"] == metric]
        if label is not None:
            rows = rows[rows["label"] == label]
        if rows.empty:
            condition = f"metric {metric!r}" + f" and label {label!r}" * (label is not None)
            raise ValueError(f"The table has no row with {condition}.")
        labels = rows["label"].unique()
        if len(labels) > 1:
            raise ValueError(f"Metric {metric!r} has several labels. Pass label as one of {', '.join(labels)}.")
        check_comparable(rows, [])
        ascending = rows["direction"].iloc[0] == "lower"
        fair = rows["value"].mask(rows["leaked"].astype(bool))
        ranked = rows.assign(rank=fair.rank(method="min", ascending=ascending))
        return ranked.sort_values("rank", ignore_index=True)

    def sort_values(self, by, **settings):
        """Sort the table, like `pandas.DataFrame.sort_values`. Raise an error for scores of different spaces.

        Parameters
        ----------
        by : str or list of str
            Columns to sort by. Columns before "value" must separate the spaces, as in ["space_id", "value"].
        **settings
            Other parameters of `pandas.DataFrame.sort_values`.

        Returns
        -------
        table : ScoreTable or None
            Sorted table, or None with ``inplace=True``.

        Raises
        ------
        SpaceError
            If scores of different spaces would be sorted.
        """
        _check_sort_columns(self, by)
        return super().sort_values(by, **settings)

    def nlargest(self, n, columns, keep="first"):
        """Return the rows with the largest values. Raise an error for scores of different spaces.

        Parameters
        ----------
        n : int
            Number of rows.
        columns : str or list of str
            Columns to sort by, as in `pandas.DataFrame.nlargest`.
        keep : {"first", "last", "all"}, default="first"
            Rows to keep if values are equal, as in `pandas.DataFrame.nlargest`.

        Returns
        -------
        table : ScoreTable
            Rows sorted from largest to smallest.

        Raises
        ------
        SpaceError
            If scores of different spaces would be sorted.
        """
        _check_sort_columns(self, columns)
        return super().nlargest(n, columns, keep)

    def nsmallest(self, n, columns, keep="first"):
        """Return the rows with the smallest values. Raise an error for scores of different spaces.

        Parameters
        ----------
        n : int
            Number of rows.
        columns : str or list of str
            Columns to sort by, as in `pandas.DataFrame.nsmallest`.
        keep : {"first", "last", "all"}, default="first"
            Rows to keep if values are equal, as in `pandas.DataFrame.nsmallest`.

        Returns
        -------
        table : ScoreTable
            Rows sorted from smallest to largest.

        Raises
        ------
        SpaceError
            If scores of different spaces would be sorted.
        """
        _check_sort_columns(self, columns)
        return super().nsmallest(n, columns, keep)


def _check_sort_columns(table, columns):
    """Raise `SpaceError` if sorting a table by columns would compare scores of different spaces."""
    names = [columns] if isinstance(columns, str) else list(columns)
    if "value" in names:
        check_comparable(table, names[: names.index("value")])


def check_comparable(table, columns):
    """Raise `SpaceError` if rows with equal values in `columns` were measured in different spaces."""
    if "space_id" not in table:
        return
    spaces = pd.DataFrame(table[[*dict.fromkeys([*columns, "space", "space_id"])]]).drop_duplicates()
    mixed = spaces[spaces.duplicated(columns, keep=False)] if columns else spaces
    if len(mixed) > 1:
        pairs = zip(mixed["space"], mixed["space_id"], strict=True)
        names = sorted({f"{space} #{key}" if key else "none" for space, key in pairs})
        raise SpaceError(
            f"Scores of {len(names)} different spaces ({', '.join(names)}) are not comparable. Measure all clusterings "
            "in one space, such as the scaled input of the models, or rank within each space."
        )


def hash_space(X):
    """Return a hash of the values of a table, equal in single and double precision."""
    return joblib.hash(np.ascontiguousarray(X, dtype=np.float32))[:8]
