"""Result of a comparison."""

from dataclasses import dataclass, field

import pandas as pd

from ..output._comparison_folder import read_comparison, write_comparison, write_runs
from ..summary._merge import merge_tables
from ..summary._summary import summarize
from ._store import Store


@dataclass
class Comparison:
    """Result of `compare`.

    Parameters
    ----------
    table_ : DataFrame
        Long table with one row per representation, clusterer, seed, label and metric. Its columns:

        - ``study``, ``representation``, ``clusterer``, ``seed``: the clusterer is "" for metrics of a latent
          representation.
        - ``label``: label with which the clusters are compared, "" for metrics without labels.
        - ``metric``.
        - ``space``: space of a metric without labels. "input" is shared by all representations, "latent" and "umap"
          differ between representations.
        - ``value``.
        - ``chance``: chance level of the metric for clusters of the same sizes.
        - ``leaked``: whether the representation was trained on the label.
        - ``n_clusters``, ``n_noise``, ``n_rows``: number of clusters, of rows without a cluster, and of all rows.
        - ``reconstruction_error``: mean squared error of the standardized columns.
        - ``fit_seconds``, ``cluster_seconds``.
        - ``version``: version of skvae.
    errors_ : DataFrame
        Failures with the columns ``study``, ``representation``, ``clusterer``, ``seed`` and ``reason``. Their values
        in `table_` are NaN.
    warnings_ : DataFrame
        Warnings, with the same columns.
    known_ : DataFrame
        Labels and condition columns of the rows in the comparison, indexed by ``track_id``.
    about_ : dict
        Settings, versions, and tracks without features.
    entries_ : dict
        Keys of the stored latent representations by (representation, seed), and of the clusterings by
        (representation, clusterer, seed).
    store_ : Store or None
        Store of these results. None if several comparisons were merged.

    See Also
    --------
    compare : Run a comparison.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skvae.experiments import compare
    >>> X, species = load_iris(return_X_y=True)
    >>> comparison = compare(X, ["raw", "pca"], labels={"species": species}, n_clusters=3, latent_dim=2, seeds=1)
    >>> print(comparison.describe())
    study: 150 rows, 2 representations, 2 latent representations and 2 clusterings; no failures; no warnings
    >>> comparison.latent("pca", 0).shape, comparison.labels("pca", "kmeans", 0).shape
    ((150, 2), (150,))
    """

    table_: pd.DataFrame
    errors_: pd.DataFrame
    warnings_: pd.DataFrame
    known_: pd.DataFrame
    about_: dict = field(default_factory=dict)
    entries_: dict = field(default_factory=dict, repr=False)
    store_: Store | None = field(default=None, repr=False)

    @property
    def baselines(self):
        """Baseline representations: the raw columns and their principal components.

        Returns
        -------
        list of str
            Names of the baselines.
        """
        names = self.table_["representation"].unique()
        return [name for name in names if name.partition("@")[0] in ("raw", "pca")]

    def summary(self, **options):
        """Summarize the long table over the seeds.

        Parameters
        ----------
        **options
            Parameters of `summarize`. The default of ``baselines`` is `Comparison.baselines`.

        Returns
        -------
        DataFrame
            One row per label, metric, space, representation and clusterer.
        """
        return summarize(self.table_, **{"baselines": self.baselines} | options)

    def describe(self):
        """Describe the size of the comparison, its failures and its warnings in one line.

        Returns
        -------
        str
            Description.
        """
        fits = self.table_[["study", "representation", "clusterer", "seed"]].drop_duplicates()
        n_latents = len(fits[["study", "representation", "seed"]].drop_duplicates())
        n_clusterings = int((fits["clusterer"] != "").sum())
        n_failed = int((self.errors_["clusterer"] == "").sum())
        failures = (
            f"{n_failed} latent representations and {len(self.errors_) - n_failed} clusterings failed (see errors)"
        )
        return "; ".join(
            [
                f"{', '.join(self.table_['study'].unique())}: {self.table_['n_rows'].max()} rows, "
                f"{self.table_['representation'].nunique()} representations, "
                f"{n_latents} latent representations and {n_clusterings} clusterings",
                failures if len(self.errors_) else "no failures",
                f"{len(self.warnings_)} warnings (see warnings)" if len(self.warnings_) else "no warnings",
            ]
        )

    def latent(self, representation, seed):
        """Return the latent representation of all rows.

        Parameters
        ----------
        representation : str
            Name in `table_`.
        seed : int
            Seed.

        Returns
        -------
        ndarray of shape (n_rows, latent_dim)
            Latent representation in the order of `known_`. NaN for rows without values in the blocks of the
            representation.

        Raises
        ------
        KeyError
            If there is no such result.
        """
        return self._read(representation, seed)[1]["latent"]

    def history(self, representation, seed):
        """Return the training history of a representation.

        Parameters
        ----------
        representation : str
            Name in `table_`.
        seed : int
            Seed.

        Returns
        -------
        DataFrame
            One row per epoch. Empty for representations without epochs.

        Raises
        ------
        KeyError
            If there is no such result.
        """
        return pd.DataFrame(self._read(representation, seed)[0]["history"])

    def labels(self, representation, clusterer, seed):
        """Return the cluster labels of all rows.

        Parameters
        ----------
        representation, clusterer : str
            Names in `table_`.
        seed : int
            Seed.

        Returns
        -------
        ndarray of int of shape (n_rows,)
            Labels in the order of `known_`. -1 marks rows without a cluster.

        Raises
        ------
        KeyError
            If there is no such result.
        """
        return self._read(representation, clusterer, seed)[1]["labels"]

    def save(self, folder):
        """Write the tables, the findings and the settings.

        Parameters
        ----------
        folder : path-like
            Folder for the files. It is created if it does not exist.

        Returns
        -------
        list of Path
            Written files: those of `write_tables`, ``findings.md``, ``errors.csv``, ``warnings.csv``, ``rows.csv``
            (the labels of each row) and ``comparison.json``.
        """
        return write_comparison(self, folder)

    @classmethod
    def load(cls, folder):
        """Read a comparison written by `save`.

        Parameters
        ----------
        folder : path-like
            Folder of the comparison.

        Returns
        -------
        Comparison
            The comparison. Latent representations and labels are available if `compare` wrote to this folder.

        Raises
        ------
        FileNotFoundError
            If the folder contains no comparison.
        """
        *content, entries = read_comparison(folder)
        return cls(*content, entries, Store.in_results(folder) if entries else None)

    @classmethod
    def merge(cls, parts):
        """Merge comparisons with different seeds, methods or studies.

        Parameters
        ----------
        parts : sequence of Comparison
            The comparisons. Scores that occur in several of them must be equal.

        Returns
        -------
        Comparison
            Comparison with the joined tables, but without latent representations and labels.

        Raises
        ------
        ValueError
            If two comparisons contain different values of the same score, or `parts` is empty.
        """
        parts = list(parts)
        if not parts:
            raise ValueError("parts is empty. Pass at least one comparison.")
        table = merge_tables([part.table_ for part in parts])
        events = [
            pd.concat([getattr(part, name) for part in parts], ignore_index=True).drop_duplicates(ignore_index=True)
            for name in ("errors_", "warnings_")
        ]
        about = {"merged": [part.about_ for part in parts]}
        known = pd.DataFrame(index=pd.Index([], name="track_id"))
        return cls(table, *events, known, about)

    def write_runs(self, folder):
        """Write the latent representations, labels, histories and models.

        Parameters
        ----------
        folder : path-like
            Folder in which ``runs/REPRESENTATION/SEED/`` is created. It contains ``latent.npz`` (arrays ``track_id``
            and ``latent``), ``labels.csv`` (one column per clusterer), ``history.csv`` if there are epochs, and
            ``model.skvae`` if the model was kept.

        Returns
        -------
        list of Path
            Created folders.
        """
        return write_runs(self, folder)

    def _read(self, *key):
        result = self.store_.get(self.entries_[key]) if self.store_ and key in self.entries_ else None
        if result is None:
            raise KeyError(
                f"no result for {key}. It failed, is not part of the comparison, or was deleted. See errors_."
            )
        return result
