"""Folders of Parquet parts, as `skvae features` writes them for large libraries."""

import json
from pathlib import Path

METADATA = b"skvae"  # key of the Parquet metadata that describes how the features were computed
MANIFEST = "_manifest.json"  # readers of Parquet folders skip names that start with an underscore


def is_parts_folder(source):
    """Whether a path is a folder of parts. The folder can be unfinished."""
    return (Path(source) / MANIFEST).is_file()


def read_manifest(folder):
    """Read the manifest of a folder of parts.

    Parameters
    ----------
    folder : path-like
        Folder of parts.

    Returns
    -------
    dict
        Content of the manifest.

    Raises
    ------
    ValueError
        If the manifest is damaged.
    """
    path = Path(folder) / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
        if isinstance(manifest, dict) and "finished" in manifest:
            return manifest
    except ValueError:
        pass
    raise ValueError(f"{path} is damaged. Delete the folder and run `skvae features` again.")


def list_table_files(source):
    """List the files of a table.

    Parameters
    ----------
    source : Path
        Table, or folder of parts.

    Returns
    -------
    list of Path
        Parts in order, or a list that contains only the table.

    Raises
    ------
    ValueError
        If the folder of parts is damaged or unfinished.
    """
    if not is_parts_folder(source):
        return [source]
    manifest = read_manifest(source)
    parts = sorted(source.glob("part-*.parquet"))
    if not manifest["finished"]:
        raise ValueError(f"{source} is not finished. Run the same `skvae features` command again to complete it.")
    if len(parts) != manifest["n_parts"]:
        raise ValueError(
            f"{source} contains {len(parts)} of {manifest['n_parts']} parts. Delete the folder and run "
            "`skvae features` again."
        )
    return parts


def read_metadata(source):
    """Read how the features of a Parquet file or folder of parts were computed.

    Parameters
    ----------
    source : path-like
        Table, or folder of parts.

    Returns
    -------
    dict
        Metadata written by `skvae features`. Empty for other files.
    """
    path = list_table_files(Path(source))[0]
    if path.suffix.lower() != ".parquet":
        return {}
    import pyarrow.parquet as pq

    return json.loads((pq.read_schema(path).metadata or {}).get(METADATA, b"{}"))
