"""Feature table files."""

import json
from pathlib import Path

import pandas as pd

from ... import __version__
from ..._atomic_write import write_atomically
from ...datasets.tables._parts import METADATA
from ..output._relative_paths import relative_paths

ROW_GROUP_SIZE = 16_384
"""Number of rows per Parquet row group. A reader that reads in chunks keeps one row group in memory."""


def write_features(table, path):
    """Write a feature table to a Parquet file.

    The file can be the source of `predict_library`. `cluster_library` accepts it after `load_feature_table`.

    Parameters
    ----------
    table : FeatureTable
        Table from `describe_library`.
    path : path-like
        Path of the Parquet file. Its folder must exist. An existing file is replaced when the new one is complete.
        Audio paths in the file are relative to its folder.

    See Also
    --------
    skvae.datasets.load_feature_table : Read the file.

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


def write_table(table, path, base, types=None):
    """Write a feature table with audio paths relative to any folder.

    Parameters
    ----------
    table : FeatureTable
        Table from `describe_library`.
    path : path-like
        Path of the Parquet file.
    base : path-like
        Folder to which audio paths are relative.
    types : dict of str to pyarrow.DataType or None, default=None
        Column types, so that all parts of a table have the same types. None keeps the types of the table.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    tracks = table.tracks.assign(audio=relative_paths(table.tracks["audio"], base))
    written = pa.Table.from_pandas(pd.concat([tracks, table.features], axis=1), preserve_index=False)
    about = json.dumps({"skvae": __version__} | table.about).encode()
    metadata = (written.schema.metadata or {}) | {METADATA: about}
    if types is not None:
        written = written.cast(pa.schema(list(types.items())))
    with write_atomically(path) as file:
        pq.write_table(written.replace_schema_metadata(metadata), file, row_group_size=ROW_GROUP_SIZE)
