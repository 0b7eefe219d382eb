"""Reading of CSV, TSV and Parquet tables, as a whole or in chunks."""

import codecs

import pandas as pd

from ._parts import list_table_files
from ._roles import exclusion_reason

_MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "-nan", "-NaN", "NULL", "null", "None", "<NA>"]


def read_frames(source, size=None):
    """Read a table as a whole or in chunks.

    Identifiers and labels are read as text.

    Parameters
    ----------
    source : Path
        CSV, TSV or Parquet file, or folder of parts.
    size : int, default=None
        Maximum number of rows per chunk. If None, the whole table is one chunk.

    Yields
    ------
    DataFrame
        Next rows. The index continues from chunk to chunk.

    Raises
    ------
    ValueError
        If the table cannot be read.
    """
    paths = list_table_files(source)
    try:
        if paths[0].suffix.lower() == ".parquet":
            yield from _read_parquet(paths, size)
        else:
            yield from _read_text(source, size)
    except (ValueError, pd.errors.ParserError) as error:
        raise unreadable_table_error(source, error) from error


def unreadable_table_error(source, error):
    """Create the error for a table that cannot be parsed."""
    return ValueError(f"source={str(source)!r} is not a readable table: {error}")


def _read_parquet(paths, size):
    """Read Parquet files as one table or in chunks."""
    import pyarrow.parquet as pq

    if size is None:
        yield pq.read_table(paths, partitioning=None).to_pandas().reset_index(drop=True)
        return
    first = 0
    for path in paths:
        # Without these options, Arrow reads whole row groups ahead. A row group can contain the whole file.
        with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as file:
            for batch in file.iter_batches(size):
                frame = batch.to_pandas()
                frame.index = pd.RangeIndex(first, first + len(frame))
                first += len(frame)
                yield frame


def _read_text(source, size):
    """Read a CSV or TSV file as one table or in chunks."""
    options = {"sep": "\t" if source.suffix.lower() == ".tsv" else ",", "index_col": False}
    options["encoding"] = _detect_encoding(source)
    names = pd.read_csv(source, nrows=0, **options).columns
    # A track named "007" and an artist named "NA" must keep their names.
    text = {name for name in names if exclusion_reason(name)}
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


def _detect_encoding(source):
    """Detect the encoding of a text file without loading the file. Latin-1 is used if the file is not valid UTF-8."""
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
