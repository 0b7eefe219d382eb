"""Result of a run, and the files of its folder."""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from ..._stage_timer import StageTimer
from ...model_selection import NClusters
from ...plots import HistoryDisplay, MapDisplay, NClustersDisplay
from .._environment import versions
from ..model._library_model import FILES as MODEL_FILES
from ..model._library_model import LibraryModel
from ..output._metrics_table import format_metrics
from ..output._relative_paths import relative_paths

logger = logging.getLogger(__name__)


@dataclass
class ClusterRun:
    """Result of `cluster_library`.

    Parameters
    ----------
    tracks : DataFrame
        Track table of the library.
    clusters : DataFrame
        One row per track: cluster label (-1 if the track could not be used), cluster name, membership, nearest tracks,
        seconds of analyzed audio, and the reason for missing features.
    latent : DataFrame
        Latent representation, one row per track, indexed by ``track_id``. Rows of tracks that could not be used are
        NaN.
    points : ndarray of shape (n_tracks, 2)
        Coordinates on the map. NaN for tracks that are not on the map.
    placed_by : {"t-SNE", "UMAP", "PCA"}
        Method that computed the coordinates.
    metrics : DataFrame
        Scores from `metrics_table`.
    playlists : list of Playlist
        One playlist per cluster.
    modality : {"both", "audio", "lyrics"}
        Features that were used.
    history : list of dict
        Training history. Empty for ``model="pca"``.
    selection : NClusters or None
        Result of ``n_clusters="auto"``. None for a given number of clusters.
    model : LibraryModel
        Fitted pipeline from tracks to labels, and the data to label new tracks.
    settings : dict
        Parameters of `cluster_library`.
    notes : list of str
        Notes for the reader: columns that were left out, the space of the scores, steps that used a sample.
    timings : dict of str to float
        Duration of each stage in seconds.
    device : str
        Device that trained the model.

    See Also
    --------
    cluster_library : Create this result.

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
    model: LibraryModel
    settings: dict
    notes: list
    timings: dict
    device: str

    @property
    def failures(self):
        """Tracks that could not be used.

        Returns
        -------
        DataFrame
            Table with the columns ``track_id`` and ``reason``.
        """
        return self.clusters.loc[self.clusters["label"] < 0, ["track_id", "reason"]].reset_index(drop=True)

    def plot_map(self):
        """Plot the tracks on a map, colored by cluster, language and genre.

        Returns
        -------
        MapDisplay
            Display with the figure.
        """
        shown = np.isfinite(self.points).all(axis=1)
        names = [playlist.name for playlist in self.playlists]
        groups = {"cluster": pd.Categorical(self.clusters["cluster"][shown], categories=names)}
        for column in ("language", "genre"):
            groups[column] = self.clusters[column][shown]
        return MapDisplay(self.points[shown], groups, self.placed_by).plot()

    def write(self, out):
        """Write tables, figures, playlists and the model to a folder.

        Files of an earlier run in the folder are replaced.

        Parameters
        ----------
        out : path-like
            Folder for ``clusters.csv``, ``latent.npz``, ``metrics.csv``, ``map.png``, ``history.png``,
            ``playlists/*.m3u8``, ``model/`` and ``run.json``. If `n_clusters` was "auto", ``n_clusters.csv`` and
            ``n_clusters.png`` are also written. The folder is created if it does not exist. If a step of the pipeline
            cannot be saved, because it is a class of another library, ``model/`` is not written and a note is added.

        Returns
        -------
        list of Path
            Paths of the written files.
        """
        out = Path(out)
        timer = StageTimer()
        with timer("writing") as details:
            _remove_old_files(out)
            (out / "playlists").mkdir(parents=True, exist_ok=True)
            files = [*self._write_tables(out), *self._write_figures(out)]
            files += [playlist.write(out / "playlists", self.tracks) for playlist in self.playlists if playlist.rows]
            files += self._write_model(out / "model")
            details.append(f"{len(files) + 1} files")
        self.timings |= timer.seconds
        record = out / "run.json"
        record.write_text(json.dumps(self._record(), indent=2, ensure_ascii=False, default=str) + "\n", "utf-8")
        return [*files, record]

    def _write_tables(self, out):
        files = [out / name for name in ("clusters.csv", "latent.npz", "metrics.csv")]
        clusters = self.clusters.assign(audio=relative_paths(self.tracks["audio"], out))
        clusters.to_csv(files[0], index=False, lineterminator="\n")
        np.savez_compressed(
            files[1],
            track_id=self.clusters["track_id"].to_numpy(dtype=np.str_),
            latent=self.latent.to_numpy(),
            labels=self.clusters["label"].to_numpy(),
            columns=self.latent.columns.to_numpy(dtype=np.str_),
        )
        format_metrics(self.metrics).to_csv(files[2], index=False, lineterminator="\n")
        if self.selection is not None:
            files.append(out / "n_clusters.csv")
            self.selection.curve.to_csv(files[-1], index=False, float_format="%.4f", lineterminator="\n")
        return files

    def _write_figures(self, out):
        import matplotlib.pyplot as plt

        displays = {"map.png": self.plot_map()}
        if self.history:
            displays["history.png"] = HistoryDisplay.from_history(self.history)
        if self.selection is not None:
            displays["n_clusters.png"] = NClustersDisplay.from_selection(self.selection)
        for name, display in displays.items():
            display.figure_.savefig(out / name, dpi=150, bbox_inches="tight")
            plt.close(display.figure_)
        return [out / name for name in displays]

    def _write_model(self, folder):
        folder.mkdir(exist_ok=True)
        try:
            return self.model.write(folder)
        except TypeError as error:
            note = f"the model was not saved, and `skvae predict` cannot be used with this run: {error}"
            logger.warning(note)
            self.notes.append(note)
            folder.rmdir()
            return []

    def _record(self):
        """Return the content of ``run.json``."""
        return {
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "settings": self.settings,
            "modality": self.modality,
            "seed": self.settings["random_state"],
            "device": self.device,
            "placed_by": self.placed_by,
            "n_tracks": len(self.tracks),
            "n_clustered": int((self.clusters["label"] >= 0).sum()),
            "n_clusters": len(self.playlists),
            "seconds_described": round(float(np.nansum(self.clusters["seconds"])), 1),
            "failures": self.failures.to_dict("records"),
            "notes": self.notes,
            "timings": self.timings,
            "versions": versions(),
        }


def _remove_old_files(out):
    """Remove files of an earlier run that this run may not overwrite."""
    if (out / "run.json").is_file():
        # Earlier versions wrote bic.* instead of n_clusters.*
        old = [out / name for name in ("history.png", "n_clusters.csv", "n_clusters.png", "bic.csv", "bic.png")]
        old += [out / "model" / name for name in MODEL_FILES]
        for path in [*old, *(out / "playlists").glob("[0-9][0-9]*.m3u8")]:
            path.unlink(missing_ok=True)
