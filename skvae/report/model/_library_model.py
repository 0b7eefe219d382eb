"""Model of a run on disk: pipeline, cluster names, and reference tracks."""

import hashlib
import io
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import Pipeline

from ...cluster._subsample import sample_rows
from ...features._blocks import get_feature_blocks
from ...features.computation._new_tracks import transform_new_tracks
from ...persistence import ModelFileError, load, save
from ...persistence._archive import pack, unpack
from .._environment import versions
from ..output.names._file_names import is_safe_name
from ._neighbors import N_NEAREST, SAMPLE_NEIGHBORS
from ._pipeline import assign_clusters, compute_latent
from ._spherical_clusters import SphericalClusters

FORMAT = 1
FILES = ("pipeline.skvae", "reference.npz", "model.json")


@dataclass
class LibraryModel:
    """Model of a run of `cluster_library`, which assigns new tracks to the clusters.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted pipeline from a track table, or from a feature table, to labels. The first step is a
        ``ColumnTransformer``, and the last step is the clusterer. A clusterer without ``predict`` is replaced by a
        classifier that returns the label of the nearest clustered track. With k-means, feature tables must be float32.
    names : dict of int to str
        Cluster names by label.
    clusters : SphericalClusters
        Centers, variance and weights of the clusters in the latent space.
    track_id : ndarray of str of shape (n_reference,)
        Identifiers of at most 20,000 reference tracks. The nearest tracks of a new track are reference tracks.
    latent : ndarray of shape (n_reference, latent_dim)
        Latent representation of the reference tracks.
    about : dict
        Settings with which each block of features was computed. Blocks with unknown settings are missing.
    key : str, default=""
        SHA-256 digest of the pipeline file. Empty if the model was not read from a file.

    See Also
    --------
    cluster_library : Create the model of a library.
    predict_library : Assign the tracks of another library to the clusters.

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
    clusters: SphericalClusters
    track_id: np.ndarray
    latent: np.ndarray
    about: dict
    key: str = ""

    @classmethod
    def make(cls, pipeline, playlists, ids, Z, labels, about, random_state):
        """Create the model from the results of a run.

        Parameters
        ----------
        pipeline : Pipeline
            Fitted pipeline.
        playlists : list of Playlist
            Playlists, which contain the cluster names.
        ids : ndarray of str of shape (n_samples,)
            Track identifiers.
        Z : ndarray of shape (n_samples, latent_dim)
            Latent representation.
        labels : ndarray of int of shape (n_samples,)
            Cluster labels.
        about : dict
            Settings of the feature blocks.
        random_state : int
            Seed for the choice of the reference tracks.

        Returns
        -------
        LibraryModel
            Model of the run.
        """
        names = {playlist.label: playlist.name for playlist in playlists}
        rows = sample_rows(len(Z), SAMPLE_NEIGHBORS, random_state)
        return cls(pipeline, names, SphericalClusters.fit(Z, labels), ids[rows].astype(np.str_), Z[rows], about)

    @property
    def blocks(self):
        """Columns that a feature table must contain.

        Returns
        -------
        dict of str to list of str
            Column names by block.
        """
        return get_feature_blocks(self.pipeline[0])

    @property
    def takes_tracks(self):
        """Whether the model extracts features from a track table.

        Returns
        -------
        bool
            False if the model was fitted on a feature table.
        """
        return any(
            column in ("audio", "lyrics") for _, _, column in self.pipeline[0].transformers if isinstance(column, str)
        )

    def describe(self, chunk):
        """Compute the features of new tracks.

        Parameters
        ----------
        chunk : DataFrame or FeatureTable
            Track table, or feature table.

        Returns
        -------
        ComputedFeatures
            Features, and the tracks that can be used.
        """
        return transform_new_tracks(self.pipeline[0], chunk)

    def label(self, table):
        """Assign tracks with computed features to the clusters.

        Parameters
        ----------
        table : DataFrame of shape (n_samples, n_features)
            Attribute `table` of a `ComputedFeatures`.

        Returns
        -------
        labels : ndarray of int of shape (n_samples,)
            Cluster labels.
        membership : ndarray of shape (n_samples,)
            Probability of the assigned cluster.
        nearest : ndarray of str of shape (n_samples, 3)
            Identifiers of the nearest reference tracks, nearest first.
        Z : ndarray of shape (n_samples, latent_dim)
            Latent representation.
        """
        Z = compute_latent(self.pipeline, table)
        labels, membership = assign_clusters(self.pipeline, table, Z, self.clusters)
        return labels, membership, self.track_id[self._neighbors.kneighbors(Z, return_distance=False)], Z

    @cached_property
    def _neighbors(self):
        return NearestNeighbors(n_neighbors=min(N_NEAREST, len(self.latent))).fit(self.latent)

    def write(self, folder):
        """Write the model to a folder.

        Parameters
        ----------
        folder : path-like
            Existing folder for ``pipeline.skvae``, ``reference.npz`` and ``model.json``.

        Returns
        -------
        list of Path
            Paths of the written files.

        Raises
        ------
        TypeError
            If a step of the pipeline is not a class of skvae or scikit-learn and cannot be saved.
        """
        files = [Path(folder) / name for name in FILES]
        save(self.pipeline, files[0])
        # The names of the arrays belong to the file format.
        arrays = {
            "labels": self.clusters.labels,
            "centres": self.clusters.centers,
            "variance": self.clusters.variance,
            "shares": self.clusters.weights,
            "track_id": self.track_id,
            "latent": self.latent,
        }
        files[1].write_bytes(pack({f"{name}.npy": _npy_bytes(array) for name, array in arrays.items()}))
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
        """Read a model. No code of the files is executed.

        Parameters
        ----------
        folder : path-like
            Folder of the model, or folder of the run that contains it as ``model``.

        Returns
        -------
        LibraryModel
            Model of the run.

        Raises
        ------
        FileNotFoundError
            If the folder contains no model.
        ValueError
            If the model is damaged, or contains classes that are not trusted.
        """
        folder = Path(folder)
        folder = folder / "model" if (folder / "model").is_dir() else folder
        if not (folder / "model.json").is_file():
            raise FileNotFoundError(
                f"{folder} contains no model. Pass a folder written by `skvae cluster`, or its subfolder model/."
            )
        pipeline = load(folder / "pipeline.skvae")
        try:
            record = json.loads((folder / "model.json").read_text("utf-8"))
            if record["format"] != FORMAT:
                raise ModelFileError(f"its format is {record['format']!r}, but only format {FORMAT} is supported")
            members = unpack((folder / "reference.npz").read_bytes())  # rejects pickled objects and damaged members
            arrays = {Path(name).stem: np.load(io.BytesIO(member)) for name, member in members.items()}
            clusters = SphericalClusters(
                arrays["labels"], arrays["centres"], float(arrays["variance"]), arrays["shares"]
            )
            names = {int(label): str(name) for label, name in record["clusters"].items()}
            for name in names.values():
                if not is_safe_name(name):
                    raise ModelFileError(f"the cluster name {name!r} is not a valid file name")
            about = dict(record["about"])
            return cls(pipeline, names, clusters, arrays["track_id"], arrays["latent"], about, pipeline_digest(folder))
        except (ValueError, KeyError, TypeError, AttributeError, BadZipFile, OSError) as error:
            raise ModelFileError(f"The model in {folder} cannot be read: {error}.") from error


def pipeline_digest(folder):
    """Return the SHA-256 digest of the pipeline file in a model folder. Empty if the file does not exist."""
    path = Path(folder) / "pipeline.skvae"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _npy_bytes(array):
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(array), allow_pickle=False)
    return buffer.getvalue()
