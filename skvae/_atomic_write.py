"""Atomic file writing."""

import os
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def write_atomically(path, *, unique=False):
    """Write a file so that it is either complete or unchanged, even if the process is killed.

    The data is written to a temporary file in the same folder, flushed to disk, and renamed at the end.

    Parameters
    ----------
    path : path-like
        Path of the file. Its folder must exist. An existing file is replaced.
    unique : bool, default=False
        Whether the temporary file has a unique name, so that several processes can write the file at the same time. By
        default, the name is fixed, so that the next process replaces the temporary file of a killed one.

    Yields
    ------
    file-like
        Temporary file, opened in binary mode.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{uuid4().hex}.part" if unique else f".{path.name}.part")
    try:
        with part.open("xb" if unique else "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
