"""Atomic file writing."""

import os
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def write_atomically(path):
    """Write a file so that it is either complete or unchanged, even if the process is killed.

    The data is written to a temporary file in the same folder, flushed to disk, and renamed at the end.

    Parameters
    ----------
    path : path-like
        Path of the file. Its folder must exist. An existing file is replaced.

    Yields
    ------
    file-like
        Temporary file, opened in binary mode.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
