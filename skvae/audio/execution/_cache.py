"""AudioCache: rows of earlier extractions on disk, identified by the content of the recording and the settings."""

import contextlib
import hashlib
import logging
import os
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import joblib
import numpy as np

from ..._paths import is_url
from ..decoding._errors import AudioError
from ..decoding._segment import AudioSegment
from ._fingerprint import Stamp, content_digest, file_stamp

_DAY = 24 * 3600.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AudioCache:
    """Cache folder for the parameter `memory` of :class:`AudioFeatureExtractor` and :class:`AudioEmbedder`.

    A row is identified by the content of the recording, the settings and the version of skvae. Moved files are
    therefore found again. Files with the same path, size and modification time as in an earlier extraction are not
    read.

    Several processes can use a cache at the same time, also on several machines that share the folder. A process that
    is killed leaves all its finished rows in the cache. Entries are plain NumPy arrays with a checksum. Reading them
    executes no code, and damaged entries are computed again. If the folder cannot be written, for example on a full
    disk, the extraction continues without the cache and warns once. Delete the folder to empty the cache.

    Parameters
    ----------
    folder : str or path-like
        Folder of the cache. It is created on first use.
    verify : bool, default=False
        Whether to read every file, even if its size and modification time have not changed. Set it to True if programs
        edit files and reset their modification time.

    See Also
    --------
    skvae.AudioFeatureExtractor : Accepts the folder also as a path, ``memory="cache"``.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from skvae.audio import AudioCache, AudioFeatureExtractor
    >>> noise = np.random.default_rng(0).normal(scale=0.1, size=44100)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     extractor = AudioFeatureExtractor(["rms"], memory=AudioCache(folder, verify=True))
    ...     first, again = extractor.transform([noise]), extractor.transform([noise])
    >>> (first == again).all()
    np.True_
    """

    folder: str | os.PathLike
    verify: bool = False


class CacheEntry(NamedTuple):
    """Entry of one recording: its name, the stamp of the file, and (values, seconds) or None."""

    name: str
    stamp: Stamp | None
    row: tuple | None


@dataclass(frozen=True)
class RowStore:
    """Rows on disk.

    Parameters
    ----------
    folder : Path
        Folder with the subfolders ``rows``, ``files`` and ``partial``.
    verify : bool
        Whether to read every file, even if its size and modification time have not changed.
    """

    folder: Path
    verify: bool

    def find(self, source, *settings, read=True):
        """Find the entry of a recording.

        Parameters
        ----------
        source : str, FileObject, tuple or AudioSegment
            Recording.
        *settings : object
            Settings on which the row depends. Different settings must have a different `repr`.
        read : bool, default=True
            Whether to read the recording if its path, size and modification time are not known from an earlier call.

        Returns
        -------
        entry : CacheEntry or None
            Entry, which `store` requires. None if the recording would have to be read, and `read` is False.

        Raises
        ------
        AudioError
            If the file cannot be read.
        """
        digest, stamp = self._digest(source, read)
        if digest is None:
            return None
        name = hashlib.sha256(f"{digest} {settings!r}".encode()).hexdigest()
        return CacheEntry(name, stamp, self._read(name))

    def store(self, entry, source, values, seconds):
        """Store a row.

        Parameters
        ----------
        entry : CacheEntry
            Result of `find` before the recording was decoded.
        source : str, FileObject, tuple or AudioSegment
            Recording. If its file has changed since then, nothing is stored, since the decoded content is unknown.
        values : ndarray of shape (n_features,), float32
            Values of the row.
        seconds : float
            Seconds of sound that the row describes.

        Returns
        -------
        error : str or None
            Reason why the row could not be stored.
        """
        if not _is_unchanged(source, entry.stamp):
            return None
        record = np.zeros((), _record_type(len(values)))
        record["seconds"], record["values"] = seconds, values
        record["checksum"] = _checksum(record)
        return self._write("rows", entry.name, lambda file: np.save(file, record, allow_pickle=False))

    def remove_partial_files(self):
        """Remove files that killed processes left more than a day ago."""
        with contextlib.suppress(OSError):  # another process removes files too, or the folder does not exist yet
            for path in self._path("partial").iterdir():
                if time.time() - path.stat().st_mtime > _DAY:
                    path.unlink()

    def _digest(self, source, read):
        """Return the digest of the content of a source, or None if it is unknown, and the stamp of its file."""
        if isinstance(source, AudioSegment):
            digest, stamp = self._digest(source.audio, read)
            segment = (digest, source.offset, source.duration, source.effects, source.seed)
            return digest and hashlib.sha256(repr(segment).encode()).hexdigest(), stamp
        stamp = file_stamp(source)
        if stamp is None:
            return content_digest(source) if read else None, stamp
        path = source if is_url(source) else os.path.abspath(source)
        name = hashlib.sha256(os.fsencode(path)).hexdigest()
        if not self.verify:
            with contextlib.suppress(OSError, ValueError):  # the index entry does not exist yet, or is damaged
                digest, stored = self._path("files", name).read_text("utf-8").split(" ", 1)
                if stored == stamp.text and len(digest) == len(name):
                    return digest, stamp
        if not read:
            return None, stamp
        digest = content_digest(source)
        if stamp.settled and _is_unchanged(source, stamp):
            # Errors of writing are reported when the row is stored.
            self._write("files", name, lambda file: file.write(f"{digest} {stamp.text}".encode()))
        return digest, stamp

    def _read(self, name):
        """Return the values and seconds of an entry, or None if the entry is missing or damaged."""
        path = self._path("rows", name)
        try:
            record = np.load(path, allow_pickle=False)
            if record.dtype == _record_type(*record.dtype["values"].shape) and record["checksum"] == _checksum(record):
                return record["values"].copy(), float(record["seconds"])
            reason = "wrong checksum"
        except FileNotFoundError:
            return None
        except Exception as error:  # NumPy raises many types of errors for invalid files
            reason = error
        _log.info("The cache entry %s is damaged (%s). It is computed again.", path, reason)
        return None

    def _write(self, kind, name, write):
        """Write a file atomically. Return the reason if it cannot be written."""
        path, partial = self._path(kind, name), self._path("partial", f"{name[:16]}-{uuid4().hex}")
        try:
            for folder in (path.parent, partial.parent):
                folder.mkdir(parents=True, exist_ok=True)
            try:
                with open(partial, "xb") as file:
                    write(file)
                os.replace(partial, path)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
        except OSError as error:
            return error.strerror or str(error)
        return None

    def _path(self, kind, name=None):
        """Return the path of a file. Rows and files are distributed over 256 folders each."""
        folder = self.folder / kind
        return folder if name is None else folder / name if kind == "partial" else folder / name[:2] / name[2:]


def open_store(memory):
    """Return the `RowStore` of the parameter `memory`, or None if there is no cache."""
    if isinstance(memory, joblib.Memory):
        memory = memory.location
    if memory is None:
        return None
    cache = memory if isinstance(memory, AudioCache) else AudioCache(memory)
    # A subfolder, since LyricsEmbedder can use the same folder.
    store = RowStore(Path(cache.folder, "audio"), cache.verify)
    store.remove_partial_files()
    return store


def _is_unchanged(source, stamp):
    """Return whether the file of a source still has the given stamp."""
    try:
        now = file_stamp(getattr(source, "audio", source))
    except AudioError:  # the file has been removed
        return False
    return now is stamp or (now is not None and stamp is not None and now.text == stamp.text)


def _record_type(n_values):
    return np.dtype([("seconds", "<f8"), ("checksum", "<u4"), ("values", "<f4", (n_values,))])


def _checksum(record):
    return zlib.crc32(record["seconds"].tobytes() + record["values"].tobytes())
