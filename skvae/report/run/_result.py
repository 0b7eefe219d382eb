"""The result of a study, and how it is written down."""

import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from ...model_selection import NClusters
from ...plots import HistoryDisplay, MapDisplay, NClustersDisplay
from .._environment import versions
from ..output._playlists import relative_paths
from ..output._tables import format_metrics

logger = logging.getLogger(__name__)


@dataclass
class ClusterRun:
    """What `cluster_library` found, and how to write it down.

    Parameters
    ----------
    tracks : DataFrame
        The track table as given.
    clusters : DataFrame
        A row a track: label (-1 where it could not be described), name of the cluster, membership, nearest tracks,
        seconds of sound described, and reason.
    latent : DataFrame
        A row a track, NaN where it could not be described; the index is ``track_id``.
    points : ndarray of shape (n_tracks, 2)
        Places on the map.
    placed_by : {"UMAP", "PCA"}
        How the points were placed.
    metrics : DataFrame
        By `metrics_table`.
    playlists : list of Playlist
        One for each cluster.
    modality : {"both", "audio", "lyrics"}
        What was used of the tracks.
    history : list of dict
        Training curves; empty for ``model="pca"``.
    selection : NClusters or None
        The curves behind ``n_clusters="auto"``.
    model : LibraryModel
        The fitted pipeline, from the track table to labels, and what is needed to label further songs.
    settings : dict
        What was asked for.
    notes : list of str
        What a reader should know: what was left out, where scores are measured, which steps took a sample.
    timings : dict of str to float
        Seconds of each stage.
    device : str
        Where the model was trained.

    See Also
    --------
    cluster_library : Makes it.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.report import cluster_library
    >>> texts = ["rain on the river", "rain in the street", "dance all night", "dance till the night ends"]
    >>> tracks = pd.DataFrame({"track_id": list("abcd"), "audio": None, "lyrics": texts})
    >>> run = cluster_library(tracks, model="pca", modality="lyrics", latent_dim=2)
    >>> len(run.clusters), len(run.playlists), len(run.failures)
    (4, 2, 0)
    """

    tracks: pd.DataFrame
    clusters: pd.DataFrame
    latent: pd.DataFrame
    points: np.ndarray
    placed_by: str
    metrics: pd.DataFrame
    playlists: list
    modality: str
    history: list
    selection: NClusters | None
    model: object
    settings: dict
    notes: list
    timings: dict
    device: str

    @property
    def failures(self):
        """Tracks that are in no cluster.

        Returns
        -------
        DataFrame
            Columns ``track_id`` and ``reason``.
        """
        return self.clusters.loc[self.clusters["label"] < 0, ["track_id", "reason"]].reset_index(drop=True)

    def plot_map(self):
        """Draw the latent on a plane, coloured by cluster, language and genre.

        Returns
        -------
        MapDisplay
            The drawn map.
        """
        shown = np.isfinite(self.points).all(axis=1)
        names = [playlist.name for playlist in self.playlists]
        groups = {"cluster": pd.Categorical(self.clusters["cluster"][shown], categories=names)}
        for column in ("language", "genre"):
            groups[column] = self.clusters[column][shown]
        return MapDisplay(self.points[shown], groups, self.placed_by).plot()

    def write(self, out):
        """Write everything into a folder, over what an earlier run left there.

        Parameters
        ----------
        out : path-like
            Folder, made where it does not exist: ``clusters.csv``, ``latent.npz``, ``metrics.csv``, ``map.png``,
            ``history.png``, ``playlists/*.m3u8``, ``model/``, ``run.json`` and, for an automatic number of clusters,
            ``n_clusters.csv`` and ``n_clusters.png``. Where a step is of another library and cannot be
            saved, there is no ``model/``, and a note that says so.

        Returns
        -------
        list of Path
            The files.
        """
        import matplotlib.pyplot as plt

        out = Path(out)
        start = time.perf_counter()
        _clear(out)
        (out / "playlists").mkdir(parents=True, exist_ok=True)
        files = [out / name for name in ("clusters.csv", "latent.npz", "metrics.csv", "map.png")]
        self.clusters.assign(audio=relative_paths(self.tracks["audio"], out)).to_csv(
            files[0], index=False, lineterminator="\n"
        )
        np.savez_compressed(
            files[1],
            track_id=self.clusters["track_id"].to_numpy(dtype=np.str_),
            latent=self.latent.to_numpy(),
            labels=self.clusters["label"].to_numpy(),
            columns=self.latent.columns.to_numpy(dtype=np.str_),
        )
        format_metrics(self.metrics).to_csv(files[2], index=False, lineterminator="\n")
        pictures = {"map.png": self.plot_map()}
        if self.history:
            pictures["history.png"] = HistoryDisplay.from_history(self.history)
        if self.selection is not None:
            files.append(out / "n_clusters.csv")
            self.selection.curve.to_csv(files[-1], index=False, float_format="%.4f", lineterminator="\n")
            pictures["n_clusters.png"] = NClustersDisplay.from_selection(self.selection)
        for name, display in pictures.items():
            display.figure_.savefig(out / name, dpi=150, bbox_inches="tight")
            plt.close(display.figure_)
        files += [out / name for name in pictures if name != "map.png"]
        files += [playlist.write(out / "playlists", self.tracks) for playlist in self.playlists if playlist.rows]
        files += self._write_model(out / "model")
        self.timings["writing"] = round(time.perf_counter() - start, 3)
        files.append(out / "run.json")
        files[-1].write_text(json.dumps(self._record(), indent=2, ensure_ascii=False, default=str) + "\n", "utf-8")
        return files

    def _write_model(self, folder):
        folder.mkdir(exist_ok=True)
        try:
            return self.model.write(folder)
        except TypeError as error:
            note = f"the model was not saved, so that `skvae predict` cannot use it: {error}"
            logger.warning(note)
            self.notes.append(note)
            folder.rmdir()
            return []

    def _record(self):
        """Collect what run.json says."""
        return {
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "settings": self.settings,
            "modality": self.modality,
            "seed": self.settings["random_state"],
            "device": self.device,
            "n_tracks": len(self.tracks),
            "n_clustered": int((self.clusters["label"] >= 0).sum()),
            "n_clusters": len(self.playlists),
            "seconds_described": round(float(np.nansum(self.clusters["seconds"])), 1),
            "failures": self.failures.to_dict("records"),
            "notes": self.notes,
            "timings": self.timings,
            "versions": versions(),
        }


def _clear(out):
    """Remove the files of an earlier run that this one need not overwrite; playlists change their names."""
    if (out / "run.json").is_file():
        # bic.* is what earlier versions wrote in place of n_clusters.*
        stale = [out / name for name in ("history.png", "n_clusters.csv", "n_clusters.png", "bic.csv", "bic.png")]
        stale += [out / "model" / name for name in ("pipeline.skvae", "reference.npz", "model.json")]
        for path in [*stale, *(out / "playlists").glob("[0-9][0-9]*.m3u8")]:
            path.unlink(missing_ok=True)
