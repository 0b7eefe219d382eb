"""The blocks of features of a library, as a table to keep."""

import json
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer

from ... import __version__
from ...audio import AudioFeatureExtractor
from ...datasets import FeatureTable
from ...datasets.tables._parts import METADATA
from ...features._blocks import get_feature_blocks, get_feature_names
from ...features.computation._new_tracks import transform_new_tracks
from ...features.computation._tracks import compute_features
from ...persistence import load, save
from ..model._library_model import LibraryModel
from ..output._atomic_write import whole
from ..output._playlists import relative_paths
from ._part_folder import TRANSFORMER

GROUP_ROWS = 16_384
"""Rows of a row group, which a reader of chunks holds at once."""


def describe_library(
    tracks,
    *,
    modality="both",
    lyrics="tfidf",
    duration=30.0,
    excerpts=5,
    like=None,
    n_jobs=None,
    memory=None,
    verbose=0,
):
    """Describe a music library, for clustering it now or later.

    Parameters
    ----------
    tracks : DataFrame
        The track table, as `load_tracks` makes it.
    modality : {"both", "audio", "lyrics"}, default="both"
        What to describe the tracks by.
    lyrics : "tfidf", str or transformer, default="tfidf"
        As for `cluster_library`.
    duration : float, default=30.0
        Seconds of each track that are described.
    excerpts : int or None, default=5
        Number of excerpts, spread over the track, that make up `duration`; None takes the track's beginning.
    like : ColumnTransformer or None, default=None
        What described other songs, in place of all of the above: rows compare only if they were described alike.
    n_jobs : int or None, default=None
        Processes that decode and describe audio; -1 is all processors.
    memory : str or None, default=None
        Folder that keeps descriptions between runs.
    verbose : int, default=0
        Above 0, progress bars on a terminal.

    Returns
    -------
    table : FeatureTable
        A row a track, NaN where it could not be described; its tracks have the columns ``seconds`` (of sound described)
        and ``reason`` (what is wrong).
    transformer : ColumnTransformer
        What described them.

    Raises
    ------
    NothingUsableError
        If no track can be described.

    See Also
    --------
    write_features : Writes the table.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae.report import describe_library
    >>> tracks = pd.DataFrame({"track_id": list("abc"), "audio": None, "lyrics": ["rain", None, "sun"]})
    >>> table, _ = describe_library(tracks, modality="lyrics")
    >>> table.features.shape, table.tracks["reason"].tolist()
    ((3, 2), ['', 'no lyrics', ''])
    """
    if like is None:
        extractor = AudioFeatureExtractor(
            duration=duration, excerpts=excerpts, memory=memory, n_jobs=n_jobs, on_error="ignore", verbose=verbose
        )
        found = compute_features(
            tracks,
            modality=modality,
            condition=None,
            lyrics=lyrics,
            extractor=extractor,
            clock=lambda stage: nullcontext(),
            verbose=verbose,
            min_tracks=1,
        )
    else:
        set_work(like, n_jobs=n_jobs, memory=memory, verbose=verbose, on_error="ignore")
        found = transform_new_tracks(like, tracks)
    blocks = get_feature_blocks(found.transformer)
    features = np.full((len(tracks), len(get_feature_names(found.transformer))), np.nan, dtype=np.float32)
    if found.usable.any():
        features[found.usable] = found.features
    features = pd.DataFrame(features, tracks.index, get_feature_names(found.transformer))
    known = tracks.drop(columns="lyrics").assign(seconds=np.round(found.seconds, 2), reason=found.reasons)
    return FeatureTable(known, features, blocks, {}, found.about), found.transformer


def write_features(table, path):
    """Write a table of features that `cluster_library` and `predict_library` take as a source.

    Parameters
    ----------
    table : FeatureTable
        By `describe_library`.
    path : path-like
        The Parquet file, in an existing folder; replaced as a whole where there is one. Paths of audio in it are
        relative to its folder.

    See Also
    --------
    skvae.datasets.load_feature_table : Reads it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from skvae.datasets import load_feature_table
    >>> from skvae.report import describe_library, write_features
    >>> tracks = pd.DataFrame({"track_id": list("abc"), "audio": None, "lyrics": ["rain", None, "sun"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_features(describe_library(tracks, modality="lyrics")[0], Path(folder, "features.parquet"))
    ...     load_feature_table(Path(folder, "features.parquet")).blocks
    {'lyrics': ['lyrics__svd00', 'lyrics__svd01']}
    """
    write_table(table, path, Path(path).parent)


def write_table(table, path, home, types=None):
    """Write a table of features as `write_features` does, the paths of audio as seen from any folder.

    Parameters
    ----------
    table : FeatureTable
        By `describe_library`.
    path : path-like
        The file.
    home : path-like
        The folder that paths of audio start from.
    types : dict of str to pyarrow.DataType or None, default=None
        Types of the columns, so that parts of one table agree; None takes them as they are.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    tracks = table.tracks.assign(audio=relative_paths(table.tracks["audio"], home))
    written = pa.Table.from_pandas(pd.concat([tracks, table.features], axis=1), preserve_index=False)
    about = json.dumps({"skvae": __version__} | table.about).encode()
    metadata = (written.schema.metadata or {}) | {METADATA: about}
    if types is not None:
        written = written.cast(pa.schema(list(types.items())))
    with whole(path) as file:
        pq.write_table(written.replace_schema_metadata(metadata), file, row_group_size=GROUP_ROWS)


def save_transformer(transformer, path):
    """Save what described songs beside their table, so that other songs can be described alike.

    Parameters
    ----------
    transformer : ColumnTransformer
        By `describe_library`.
    path : path-like
        The table.

    Returns
    -------
    Path
        The file: the table's name, ending in ``.skvae``.
    """
    path = Path(path).with_suffix(".skvae")
    save(transformer, path)
    return path


def load_transformer(path):
    """Load what described songs, for `describe_library` to describe others alike.

    Parameters
    ----------
    path : path-like
        A table that `save_transformer` saved a file beside, or that file; or the folder of a table in parts, of a model
        or of a run.

    Returns
    -------
    ColumnTransformer
        What described the songs.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If the model was made from a table of features, or the file is damaged.
    """
    path = Path(path)
    if (path / TRANSFORMER).is_file():
        path /= TRANSFORMER
    elif path.is_dir():
        model = LibraryModel.read(path)
        if not model.takes_tracks:
            raise ValueError(f"{path} is the model of a table of features: it describes no songs")
        return model.pipeline[0]
    path = path.with_suffix(".skvae")
    if not path.is_file():
        raise FileNotFoundError(f"there is no {path}, which `skvae features` writes beside its table")
    transformer = load(path)
    if not isinstance(transformer, ColumnTransformer):
        raise ValueError(f"{path} holds a {type(transformer).__name__}, and describes no songs")
    return transformer


def set_work(transformer, **settings):
    """Set how a transformer works, such as `n_jobs`, in those of its steps that have the setting."""
    for step in transformer.named_transformers_.values():
        if hasattr(step, "get_params"):
            step.set_params(**{name: value for name, value in settings.items() if name in step.get_params(deep=False)})
