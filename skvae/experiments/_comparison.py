"""The result of a comparison: the long table, what failed, and the latents and labels behind it."""

from dataclasses import dataclass, field

import pandas as pd

from ._store import Store

TABLE_COLUMNS = [
    "study",
    "representation",
    "clusterer",
    "seed",
    "label",
    "metric",
    "space",
    "value",
    "chance",
    "leaked",
    "n_clusters",
    "n_noise",
    "n_rows",
    "reconstruction_error",
    "fit_seconds",
    "cluster_seconds",
    "version",
]
EVENT_COLUMNS = ["study", "representation", "clusterer", "seed", "reason"]


@dataclass
class Comparison:
    """What `compare` found.

    Parameters
    ----------
    table_ : DataFrame
        A row per representation, clusterer, seed, label and metric: ``study``, ``representation``, ``clusterer`` (""
        for what is measured of a latent alone), ``seed``, ``label`` (the column compared with; "" for a metric without
        one), ``metric``, ``space`` (where a metric without labels was measured: "input", one and the same for all;
        "latent" or "umap", another one for each representation; else ""), ``value``, ``chance`` (what the same clusters
        reach when dealt out at random), ``leaked`` (whether the representation was given the label), ``n_clusters``,
        ``n_noise`` (rows in no cluster), ``n_rows``, ``reconstruction_error`` (mean square, of standardised columns),
        ``fit_seconds``, ``cluster_seconds``, ``version`` (of skvae).
    errors_ : DataFrame
        What failed: ``study``, ``representation``, ``clusterer``, ``seed``, ``reason``; its values in the table are NaN.
    warnings_ : DataFrame
        What was warned of, in the same columns.
    known_ : DataFrame
        The rows that took part, by ``track_id``, and their labels.
    about_ : dict
        Settings, versions, and what was set aside.
    entries_ : dict
        Names of the stored latents by (representation, seed), and of clusterings by (representation, clusterer, seed).
    store_ : Store
        Where they are.

    See Also
    --------
    compare : Makes it.
    """

    table_: pd.DataFrame
    errors_: pd.DataFrame
    warnings_: pd.DataFrame
    known_: pd.DataFrame
    about_: dict = field(default_factory=dict)
    entries_: dict = field(default_factory=dict, repr=False)
    store_: Store | None = field(default=None, repr=False)

    def latent(self, representation, seed):
        """Latent of a representation.

        Parameters
        ----------
        representation : str
            Its name in the table.
        seed : int
            The seed.

        Returns
        -------
        ndarray of shape (n_rows, latent_dim)
            The rows of `known_`; NaN where the representation cannot see the row.
        """
        return self._entry(representation, seed)[1]["latent"]

    def history(self, representation, seed):
        """Training of a representation.

        Parameters
        ----------
        representation : str
            Its name in the table.
        seed : int
            The seed.

        Returns
        -------
        DataFrame
            A row an epoch; empty where nothing was trained.
        """
        return pd.DataFrame(self._entry(representation, seed)[0]["history"])

    def labels(self, representation, clusterer, seed):
        """Clusters that a clusterer found.

        Parameters
        ----------
        representation, clusterer : str
            Their names in the table.
        seed : int
            The seed.

        Returns
        -------
        ndarray of int of shape (n_rows,)
            The rows of `known_`; -1 is in no cluster.
        """
        return self._entry(representation, clusterer, seed)[1]["labels"]

    def _entry(self, *key):
        found = self.store_.get(self.entries_[key]) if key in self.entries_ else None
        if found is None:
            raise KeyError(f"there is no result of {key}: it failed, or was not part of the study")
        return found
