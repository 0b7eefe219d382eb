"""A library's model on disk: the pipeline from songs to labels, and what names and places what it labels."""

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import Pipeline

from ...cluster import VaDEClusterer
from ...cluster._subsample import sample_rows
from ...features._blocks import get_feature_blocks
from ...features.computation._new_tracks import transform_new_tracks
from ...persistence import ModelFileError, load, save
from ...persistence._archive import pack, unpack
from .._environment import versions
from ..output._playlists import is_safe
from ._clusterers import SAMPLE_NEIGHBOURS, RoundClusters

FORMAT = 1
N_NEAREST = 3


@dataclass
class LibraryModel:
    """What `skvae cluster` leaves behind, to label further songs with.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, from the track table, or a table of ready features, to labels: first a ``ColumnTransformer``, then what
        makes the latent, last what labels it. A clusterer that cannot predict is there as the nearest of its rows.
        Features of a table go in as float32, which k-means does not mix with float64.
    names : dict of int to str
        Name of each cluster.
    clusters : RoundClusters
        Centres of the clusters in the latent.
    track_id : ndarray of str of shape (n_reference,)
        Songs of the library, at most 20,000.
    latent : ndarray of shape (n_reference, latent_dim)
        Where they are: what is nearest to a further song is looked for among them.
    about : dict
        How the blocks of features were made, as far as it is known.
    key : str, default=""
        Digest of the file that the pipeline was read from.

    See Also
    --------
    cluster_library : Makes one.
    predict_library : Uses one.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from skvae.report import LibraryModel, cluster_library
    >>> texts = ["rain on the river", "rain in the street", "dance all night", "dance till the night ends"]
    >>> tracks = pd.DataFrame({"track_id": list("abcd"), "audio": None, "lyrics": texts})
    >>> run = cluster_library(tracks, model="pca", modality="lyrics", latent_dim=2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = run.model.write(folder)
    ...     model = LibraryModel.read(folder)
    >>> bool((model.pipeline.predict(tracks) == run.clusters["label"]).all())
    True
    """

    pipeline: Pipeline
    names: dict
    clusters: RoundClusters
    track_id: np.ndarray
    latent: np.ndarray
    about: dict
    key: str = ""

    @classmethod
    def make(cls, pipeline, playlists, ids, Z, labels, about, random_state):
        """Take what a run found.

        Parameters
        ----------
        pipeline : Pipeline
            Fitted.
        playlists : list of Playlist
            The clusters' names.
        ids : ndarray of str of shape (n_samples,)
            Songs.
        Z : ndarray of shape (n_samples, latent_dim)
            Their latent.
        labels : ndarray of int of shape (n_samples,)
            Their clusters.
        about : dict
            How the features were made.
        random_state : int
            Governs which songs are kept.

        Returns
        -------
        LibraryModel
            The model.
        """
        names = {playlist.label: playlist.name for playlist in playlists}
        rows = sample_rows(len(Z), SAMPLE_NEIGHBOURS, random_state)
        return cls(pipeline, names, RoundClusters.fit(Z, labels), ids[rows].astype(np.str_), Z[rows], about)

    @property
    def blocks(self):
        """Columns that a table of ready features needs.

        Returns
        -------
        dict of str to list of str
            By block.
        """
        return get_feature_blocks(self.pipeline[0])

    @property
    def takes_tracks(self):
        """Whether the model describes songs itself.

        Returns
        -------
        bool
            False for a model of a table of ready features.
        """
        return any(
            column in ("audio", "lyrics") for _, _, column in self.pipeline[0].transformers if isinstance(column, str)
        )

    def describe(self, chunk):
        """Describe further songs.

        Parameters
        ----------
        chunk : DataFrame or FeatureTable
            The songs.

        Returns
        -------
        ComputedFeatures
            The numbers, and which songs can be used.
        """
        return transform_new_tracks(self.pipeline[0], chunk)

    def label(self, table):
        """Label described songs.

        Parameters
        ----------
        table : DataFrame of shape (n_samples, n_features)
            Of a `ComputedFeatures`.

        Returns
        -------
        labels : ndarray of int of shape (n_samples,)
            Their clusters.
        membership : ndarray of shape (n_samples,)
            How surely they belong.
        nearest : ndarray of str of shape (n_samples, 3)
            The songs of the library that are nearest.
        Z : ndarray of shape (n_samples, latent_dim)
            Where they are.
        """
        Z = embed(self.pipeline, table)
        labels, membership = assign(self.pipeline, table, Z, self.clusters)
        return labels, membership, self.track_id[self._neighbours().kneighbors(Z, return_distance=False)], Z

    def _neighbours(self):
        # Kept apart from the fields: it is made of them.
        if not hasattr(self, "_found"):
            self._found = NearestNeighbors(n_neighbors=min(N_NEAREST, len(self.latent))).fit(self.latent)
        return self._found

    def write(self, folder):
        """Write the model.

        Parameters
        ----------
        folder : path-like
            Existing folder, for ``pipeline.skvae``, ``reference.npz`` and ``model.json``.

        Returns
        -------
        list of Path
            The files.

        Raises
        ------
        TypeError
            If a step of the pipeline is of another library and cannot be saved.
        """
        folder = Path(folder)
        files = [folder / name for name in ("pipeline.skvae", "reference.npz", "model.json")]
        save(self.pipeline, files[0])
        files[1].write_bytes(pack({f"{name}.npy": _npy(array) for name, array in self._arrays().items()}))
        record = {
            "format": FORMAT,
            "takes": "tracks" if self.takes_tracks else "features",
            "clusters": {str(label): name for label, name in self.names.items()},
            "about": self.about,
            "versions": versions(),
        }
        files[2].write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
        return files

    @classmethod
    def read(cls, folder):
        """Read what `write` wrote. Nothing in the files is run.

        Parameters
        ----------
        folder : path-like
            The folder, or that of the run which has it as ``model``.

        Returns
        -------
        LibraryModel
            The model.

        Raises
        ------
        FileNotFoundError
            If there is no model.
        ValueError
            If it is damaged, or not to be trusted.
        """
        folder = Path(folder)
        folder = folder / "model" if (folder / "model").is_dir() else folder
        if not (folder / "model.json").is_file():
            raise FileNotFoundError(f"{folder} holds no model: name the folder model/ that `skvae cluster` wrote")
        pipeline = load(folder / "pipeline.skvae")
        try:
            record = json.loads((folder / "model.json").read_text("utf-8"))
            if record["format"] != FORMAT:
                raise ModelFileError(f"format {record['format']!r} is not {FORMAT}, which this version reads")
            members = unpack((folder / "reference.npz").read_bytes())  # checked, and without objects
            arrays = {Path(name).stem: np.load(io.BytesIO(member)) for name, member in members.items()}
            clusters = RoundClusters(arrays["labels"], arrays["centres"], float(arrays["variance"]), arrays["shares"])
            names = {int(label): str(name) for label, name in record["clusters"].items()}
            if not all(map(is_safe, names.values())):
                raise ModelFileError("a cluster has a name that is no name of a file")
            about = dict(record["about"])
            return cls(pipeline, names, clusters, arrays["track_id"], arrays["latent"], about, digest(folder))
        except (ValueError, KeyError, TypeError, AttributeError, BadZipFile, OSError) as error:
            raise ModelFileError(f"the model in {folder} cannot be read: {error}") from error

    def _arrays(self):
        found = {name: np.asarray(value) for name, value in vars(self.clusters).items()}
        return found | {"track_id": self.track_id, "latent": self.latent}


def _npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def digest(folder):
    """Digest of the pipeline in a folder of a model; empty where there is none."""
    path = Path(folder) / "pipeline.skvae"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def embed(pipeline, table):
    """Place described songs in the latent of a pipeline."""
    last = pipeline[-1]
    return last.transform(table) if isinstance(last, VaDEClusterer) else pipeline[1:-1].transform(table)


def assign(pipeline, table, Z, clusters):
    """Labels and memberships of described songs, by the last step of a pipeline."""
    last = pipeline[-1]
    X = table if isinstance(last, VaDEClusterer) else Z
    labels = np.asarray(last.predict(X))
    if hasattr(last, "predict_proba") and not isinstance(last, KNeighborsClassifier):
        return labels, last.predict_proba(X).max(axis=1)
    return labels, clusters.membership(Z, labels)
