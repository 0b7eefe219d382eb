"""Store of results on disk: one file per result, with arrays and a JSON record."""

import io
import json
import logging
import shutil
import tempfile
import weakref
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ..._atomic_write import write_atomically

logger = logging.getLogger(__name__)

RECORD = "record"  # name of the array that contains the JSON record


class Store:
    """Folder of results, one ``.npz`` file each, without pickle.

    A result is written to a temporary file that is then renamed. Interrupted processes therefore leave only complete
    results, and several processes can share the folder.

    Parameters
    ----------
    folder : path-like
        Folder of the store. It is created when the first result is written.
    """

    def __init__(self, folder):
        self.folder = Path(folder)

    @classmethod
    def in_results(cls, out_dir):
        """Return the store inside a folder of results."""
        return cls(Path(out_dir, "cache", "units"))

    @classmethod
    def temporary(cls):
        """Return a store that is deleted together with the object."""
        store = cls(tempfile.mkdtemp(prefix="skvae-"))
        weakref.finalize(store, shutil.rmtree, store.folder, ignore_errors=True)
        return store

    def path(self, key, suffix=".npz"):
        """Return the path of a result, or of a file next to it."""
        return self.folder / key[:2] / f"{key[2:]}{suffix}"

    def get(self, key):
        """Read a result.

        Parameters
        ----------
        key : str
            Key computed by `digest`.

        Returns
        -------
        tuple of (dict, dict of str to ndarray) or None
            Record and arrays. None if the result does not exist or its file is damaged. It is then computed again.
        """
        path = self.path(key)
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                arrays = dict(file)
            return json.loads(str(arrays.pop(RECORD))), arrays
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            logger.warning("%s is damaged (%s) and will be computed again", path, error)
            return None

    def put(self, key, record, arrays):
        """Write a result.

        Parameters
        ----------
        key : str
            Key computed by `digest`.
        record : dict
            Values that JSON can represent, and NumPy numbers.
        arrays : dict of str to ndarray
            Arrays of numbers or text.
        """
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer, allow_pickle=False, **{RECORD: np.array(json.dumps(record, default=np.generic.item))}, **arrays
        )
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with write_atomically(path, unique=True) as file:
            file.write(buffer.getvalue())
