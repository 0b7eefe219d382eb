"""The result of a comparison: the long table, what failed, and the latents and labels behind it."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ..output._export import write_tables
from ..summary._findings import write_findings
from ..summary._summary import summarize
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
ABOUT, ERRORS, WARNINGS, ROWS = "comparison.json", "errors.csv", "warnings.csv", "rows.csv"
FINDINGS = "findings.md"


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
        What failed: ``study``, ``representation``, ``clusterer``, ``seed`` and ``reason``; it is NaN in the table.
    warnings_ : DataFrame
        What was warned of, in the same columns.
    known_ : DataFrame
        The rows that took part, by ``track_id``, and their labels.
    about_ : dict
        Settings, versions, and what was set aside.
    entries_ : dict
        Names of the stored latents by (representation, seed), and of clusterings by (representation, clusterer, seed).
    store_ : Store or None
        Where they are; None for several studies together.

    See Also
    --------
    compare : Makes it.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skvae.experiments import compare
    >>> X, species = load_iris(return_X_y=True)
    >>> found = compare(X, ["raw", "pca"], labels={"species": species}, n_clusters=3, latent_dim=2, seeds=1)
    >>> print(found.describe())
    study: 150 rows, 2 representations, 2 latents and 2 clusterings; nothing failed; no warnings
    >>> found.latent("pca", 0).shape, found.labels("pca", "kmeans", 0).shape
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
        """Representations that the others have to beat.

        Returns
        -------
        list of str
            Those of the raw columns and of their principal components.
        """
        names = self.table_["representation"].unique()
        return [name for name in names if name.partition("@")[0] in ("raw", "pca")]

    def summary(self, **options):
        """Summarise the table over the seeds.

        Parameters
        ----------
        **options
            As for `summarize`; the baselines are the raw columns and their principal components.

        Returns
        -------
        DataFrame
            A row per label, metric, space, representation and clusterer.
        """
        return summarize(self.table_, **{"baselines": self.baselines} | options)

    def describe(self):
        """Say in a line what was done, and what failed.

        Returns
        -------
        str
            The line.
        """
        units = self.table_[["study", "representation", "clusterer", "seed"]].drop_duplicates()
        n_latents = len(units[["study", "representation", "seed"]].drop_duplicates())
        n_clusterings = int((units["clusterer"] != "").sum())
        of_latents = int((self.errors_["clusterer"] == "").sum())
        failed = f"{of_latents} latents and {len(self.errors_) - of_latents} clusterings failed, see errors"
        return "; ".join(
            [
                f"{', '.join(self.table_['study'].unique())}: {self.table_['n_rows'].max()} rows, "
                f"{self.table_['representation'].nunique()} representations, "
                f"{n_latents} latents and {n_clusterings} clusterings",
                failed if len(self.errors_) else "nothing failed",
                f"{len(self.warnings_)} warnings, see warnings" if len(self.warnings_) else "no warnings",
            ]
        )

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

    def save(self, folder):
        """Write the results.

        Parameters
        ----------
        folder : path-like
            Where; made if it is not there.

        Returns
        -------
        list of Path
            What `write_tables` and `write_findings` write (``findings.md``), ``errors.csv``, ``warnings.csv``,
            ``rows.csv`` (the labels of each row), and ``comparison.json``.
        """
        folder = Path(folder)
        files = write_tables(self.table_, folder, summary=self.summary())
        for name, frame in ((ERRORS, self.errors_), (WARNINGS, self.warnings_), (ROWS, self.known_.reset_index())):
            frame.to_csv(folder / name, index=False)
        entries = [[list(key), name] for key, name in self.entries_.items()]
        (folder / FINDINGS).write_text(write_findings(self.table_), "utf-8")
        text = json.dumps(self.about_ | {"entries": entries}, indent=1, ensure_ascii=False, default=str)
        (folder / ABOUT).write_text(text + "\n", "utf-8")
        return [*files, *(folder / name for name in (FINDINGS, ERRORS, WARNINGS, ROWS, ABOUT))]

    @classmethod
    def load(cls, folder):
        """Read what `save` wrote.

        Parameters
        ----------
        folder : path-like
            The folder.

        Returns
        -------
        Comparison
            The result; latents and labels come from the folder that `compare` kept them in.

        Raises
        ------
        FileNotFoundError
            If it holds no comparison.
        """
        folder = Path(folder)
        if not (folder / ABOUT).is_file():
            raise FileNotFoundError(f"{folder} holds no comparison: there is no {ABOUT}, which `skvae compare` writes")
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        entries = {tuple(key): name for key, name in about.pop("entries")}
        text = {"keep_default_na": False, "dtype": {name: str for name in EVENT_COLUMNS if name != "seed"}}
        events = [pd.read_csv(folder / name, **text) for name in (ERRORS, WARNINGS)]
        rows = pd.read_csv(folder / ROWS, dtype=object).set_index("track_id")
        table = pd.read_parquet(folder / "results.parquet")
        return cls(table, *events, rows, about, entries, Store.below(folder) if entries else None)

    @classmethod
    def merge(cls, parts):
        """Join several comparisons: other seeds or methods of one study, or other studies.

        Parameters
        ----------
        parts : sequence of Comparison
            The results. What is in two of them must be equal.

        Returns
        -------
        Comparison
            Their tables; latents and labels stay with the parts.

        Raises
        ------
        ValueError
            If two disagree on a score, or there is none.
        """
        parts = list(parts)
        if not parts:
            raise ValueError("there is nothing to merge: give one comparison or more")
        table = pd.concat([part.table_ for part in parts], ignore_index=True)
        key = ["study", "representation", "clusterer", "seed", "label", "metric", "space"]
        scores = table.drop_duplicates([*key, "value"])
        twice = scores[scores.duplicated(key)]
        if len(twice):
            first = ", ".join(f"{name}={value!r}" for name, value in twice[key].iloc[0].items() if value != "")
            raise ValueError(f"{len(twice)} scores differ between the parts, the first {first}: name the studies apart")
        events = [
            pd.concat([getattr(part, name) for part in parts], ignore_index=True).drop_duplicates(ignore_index=True)
            for name in ("errors_", "warnings_")
        ]
        about = {"merged": [part.about_ for part in parts]}
        known = pd.DataFrame(index=pd.Index([], name="track_id"))
        return cls(table.drop_duplicates(key, ignore_index=True), *events, known, about)

    def write_runs(self, folder):
        """Write what lies behind the table where people look for it.

        Parameters
        ----------
        folder : path-like
            For ``runs/REPRESENTATION/SEED/`` with ``latent.npz`` (`track_id`, `latent`), ``labels.csv`` (a column a
            clusterer), ``history.csv`` where something was trained, and ``model.skvae`` where it was kept.

        Returns
        -------
        list of Path
            The folders.
        """
        folders = []
        for representation, seed in (key for key in self.entries_ if len(key) == 2):
            target = Path(folder, "runs", representation, str(seed))
            target.mkdir(parents=True, exist_ok=True)
            folders.append(target)
            ids = self.known_.index.to_numpy(dtype=str)
            np.savez_compressed(target / "latent.npz", track_id=ids, latent=self.latent(representation, seed))
            history = self.history(representation, seed)
            if len(history):
                history.to_csv(target / "history.csv", index=False)
            model = self.store_.path(self.entries_[representation, seed], ".skvae")
            if model.is_file():
                shutil.copyfile(model, target / "model.skvae")
            found = {key[1]: self.labels(*key) for key in self.entries_ if (key[0], *key[2:]) == (representation, seed)}
            pd.DataFrame(found, index=self.known_.index).to_csv(target / "labels.csv")
        return folders

    def _entry(self, *key):
        found = self.store_.get(self.entries_[key]) if self.store_ and key in self.entries_ else None
        if found is None:
            raise KeyError(f"there is no result of {key}: it failed, or was not part of the study")
        return found
