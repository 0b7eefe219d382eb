"""What was computed, on disk: arrays and a record under a name, there as a whole or not at all."""

import hashlib
import io
import json
import logging
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from uuid import uuid4
from zipfile import BadZipFile

import joblib
import numpy as np
from sklearn.base import BaseEstimator

logger = logging.getLogger(__name__)

RECORD = "record"  # name of the member that holds the record, as JSON


class Store:
    """A folder of entries, each one file of arrays and a record, without pickle.

    An entry is renamed into place when it is complete, so that whoever is killed leaves all that he finished, and any
    number of processes may share the folder.

    Parameters
    ----------
    folder : path-like
        Where; made on first use.
    """

    def __init__(self, folder):
        self.folder = Path(folder)

    @classmethod
    def below(cls, out_dir):
        """Store of the studies in a folder of results."""
        return cls(Path(out_dir, "cache", "units"))

    @classmethod
    def temporary(cls):
        """Store that is removed with the object."""
        store = cls(tempfile.mkdtemp(prefix="skvae-"))
        weakref.finalize(store, shutil.rmtree, store.folder, ignore_errors=True)
        return store

    def path(self, name, suffix=".npz"):
        """Path of an entry, or of a file beside it."""
        return self.folder / name[:2] / f"{name[2:]}{suffix}"

    def get(self, name):
        """Read an entry.

        Parameters
        ----------
        name : str
            By `digest`.

        Returns
        -------
        tuple of (dict, dict of str to ndarray) or None
            Record and arrays; None where there is no entry, or a damaged one, which is then computed anew.
        """
        path = self.path(name)
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                arrays = dict(file)
            return json.loads(str(arrays.pop(RECORD))), arrays
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            logger.warning("%s is damaged (%s) and is made anew", path, error)
            return None

    def put(self, name, record, arrays):
        """Write an entry.

        Parameters
        ----------
        name : str
            By `digest`.
        record : dict
            What JSON can hold, and numbers of NumPy.
        arrays : dict of str to ndarray
            Arrays of numbers or text.
        """
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer, allow_pickle=False, **{RECORD: np.array(json.dumps(record, default=np.generic.item))}, **arrays
        )
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{uuid4().hex}.part")
        try:
            part.write_bytes(buffer.getvalue())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


def digest(*parts):
    """Name of what depends on some settings and data.

    Parameters
    ----------
    *parts : object
        What JSON can hold.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    return hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()


def digest_of_table(values, names=()):
    """Digest of an array of numbers or objects and the names of its columns."""
    values = np.ascontiguousarray(values)
    content = hashlib.blake2b(f"{values.shape} {values.dtype} {list(names)}".encode(), digest_size=16)
    content.update(repr(values.tolist()).encode() if values.dtype.kind in "OU" else values.data)
    return content.hexdigest()


def plain(value):
    """Make of a parameter what JSON can hold, equal for equal parameters: an estimator is its class and parameters."""
    if isinstance(value, type(None) | bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, BaseEstimator):
        return [_full_name(type(value)), plain(value.get_params(deep=False))]
    if isinstance(value, np.ndarray):
        return digest_of_table(value)
    # a function by its name; another object by its content
    return _full_name(value) if hasattr(value, "__qualname__") else [_full_name(type(value)), joblib.hash(value)]


def _full_name(value):
    if "<" in value.__qualname__:  # a lambda, or what was defined within a function: the name does not tell which
        raise ValueError(f"{value!r} has no name to find its results by again: define it at the top of a module")
    return f"{value.__module__}.{value.__qualname__}"
