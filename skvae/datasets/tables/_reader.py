"""Tables on a disk -> frames, whole or in chunks."""

import codecs
import json
from pathlib import Path

import pandas as pd

from ..feature_tables._columns import give_away

METADATA = b"skvae"  # key of a Parquet file's own notes: how its features were made
MANIFEST = "_manifest.json"  # readers of Parquet folders pass over what begins with an underscore
_MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "-nan", "-NaN", "NULL", "null", "None", "<NA>"]


def is_parts(source):
    """Whether a path is a folder of parts, as `skvae features` writes it, finished or not."""
    return (Path(source) / MANIFEST).is_file()


def read_manifest(folder):
    """Read what a folder of parts says of itself."""
    path = Path(folder) / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
        if isinstance(manifest, dict) and "finished" in manifest:
            return manifest
    except ValueError:
        pass
    raise ValueError(f"{path} is damaged: delete the folder, and describe the songs again")


def list_parts(source):
    """List the files of a finished folder of parts, in order; of any other table the table itself."""
    if not is_parts(source):
        return [source]
    manifest = read_manifest(source)
    parts = sorted(source.glob("part-*.parquet"))
    if not manifest["finished"]:
        raise ValueError(f"{source} is not finished: run the same `skvae features` again, which goes on with it")
    if len(parts) != manifest["n_parts"]:
        raise ValueError(f"{source} has {len(parts)} of its {manifest['n_parts']} parts: describe the songs again")
    return parts


def read_about(source):
    """Read how the features of a Parquet file, or of parts, were made; an empty dict where it does not say."""
    path = list_parts(Path(source))[0]
    if path.suffix.lower() != ".parquet":
        return {}
    import pyarrow.parquet as pq

    return json.loads((pq.read_schema(path).metadata or {}).get(METADATA, b"{}"))


def read_frames(source, size=None):
    """Read a table, its names and labels as text, in chunks of at most `size` rows or whole; the index counts on."""
    paths = list_parts(source)
    try:
        if paths[0].suffix.lower() == ".parquet":
            yield from _parquet(paths, size)
        else:
            yield from _text(source, size)
    except (ValueError, pd.errors.ParserError) as error:
        raise ValueError(f"source={str(source)!r} is not a readable table: {error}") from error


def _parquet(paths, size):
    import pyarrow.parquet as pq

    if size is None:
        yield pq.read_table(paths, partitioning=None).to_pandas().reset_index(drop=True)
        return
    first = 0
    for path in paths:
        # Else Arrow reads whole row groups ahead, which may be the whole file.
        with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as file:
            for batch in file.iter_batches(size):
                frame = batch.to_pandas()
                frame.index = pd.RangeIndex(first, first + len(frame))
                first += len(frame)
                yield frame


def _text(source, size):
    options = {"sep": "\t" if source.suffix.lower() == ".tsv" else ",", "index_col": False}
    options["encoding"] = _encoding(source)
    names = pd.read_csv(source, nrows=0, **options).columns
    # A track "007" and an artist "NA" keep their names.
    text = {name for name in names if give_away(name)}
    options |= {
        "dtype": dict.fromkeys(text, "str"),
        "keep_default_na": False,
        "na_values": {name: _MISSING for name in names if name not in text},
        "low_memory": False,
    }
    if size is None:
        yield pd.read_csv(source, **options)
        return
    with pd.read_csv(source, chunksize=size, **options) as chunks:
        yield from chunks


def _encoding(source):
    """Find the encoding that `decode` would, without holding the file: a guess of Latin-1 where it is not UTF-8."""
    with source.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
    try:
        with source.open(encoding="utf-8-sig") as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"
