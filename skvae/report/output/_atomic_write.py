"""Files that are there as a whole or not at all, whatever ends the process that writes them."""

import os
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path):
    """Open a file that takes its place, and that of the one that is there, when all is written and on the disk.

    Parameters
    ----------
    path : path-like
        The file, in an existing folder.

    Yields
    ------
    file-like
        Opened for bytes.
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
