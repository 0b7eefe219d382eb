"""Rows that were computed before, on disk: found by the content of a recording and the settings."""

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
from ..decoding._files import AudioError, Stamp, content_digest, stamp
from ..decoding._segment import AudioSegment

_DAY = 24 * 3600.0

_log = logging.getLogger(__name__)


class Found(NamedTuple):
    """What the cache says of a recording: the name of its entry, the stamp of its file, (values, seconds) or None."""

    entry: str
    stamp: Stamp | None
    row: tuple | None


@dataclass(frozen=True)
class AudioCache:
    """A folder in which rows are kept, for `memory` of :class:`AudioFeatureExtractor` and :class:`AudioEmbedder`.

    A row is found again by the content of the recording, the settings and the version of skvae, wherever the file lies
    now. A file whose path, size and time are those of an earlier run is not read again for that.

    Any number of processes, on any number of machines that share the folder, may use it at once; one that is killed
    leaves all rows that it had finished. Entries are plain NumPy arrays with a checksum: no code is loaded from them,
    and damaged ones are computed anew. When the folder cannot be written, as on a full disk, a run goes on without it,
    and one warning says so. Delete the folder to empty it.

    Parameters
    ----------
    folder : str or path-like
        Where; made on first use.
    verify : bool, default=False
        Whether to read every file for what it holds, though neither its size nor its time has changed: where files
        are edited by programs that set back the time.

    See Also
    --------
    skvae.AudioFeatureExtractor : Takes the folder alone, too, as ``memory="cache"``.

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

    def find(self, source, *settings):
        """Look a recording up.

        Parameters
        ----------
        source : str, FileObject, tuple or AudioSegment
            The recording.
        *settings : object
            All that its row depends on beside it; their `repr` tells them apart.

        Returns
        -------
        found : Found
            With what `keep` needs.

        Raises
        ------
        AudioError
            If the file cannot be read.
        """
        digest, mark = self._digest(source)
        entry = hashlib.sha256(f"{digest} {settings!r}".encode()).hexdigest()
        return Found(entry, mark, self._row(entry))

    def keep(self, found, source, values, seconds):
        """Store a row.

        Parameters
        ----------
        found : Found
            What `find` gave before the recording was decoded.
        source : str, FileObject, tuple or AudioSegment
            The recording. A file that has changed since then is not stored: which content was heard, nobody knows.
        values : ndarray of shape (n_features,), float32
            The row.
        seconds : float
            The seconds described.

        Returns
        -------
        fault : str or None
            Why it could not be stored.
        """
        if not _unchanged(source, found.stamp):
            return None
        entry = np.zeros((), _entry_type(len(values)))
        entry["seconds"], entry["values"] = seconds, values
        entry["checksum"] = _checksum(entry)
        return self._write("rows", found.entry, lambda file: np.save(file, entry, allow_pickle=False))

    def tidy(self):
        """Remove what processes that were killed in the middle of writing have left, a day after."""
        with contextlib.suppress(OSError):  # another process tidies too, or there is nothing yet
            for path in self._path("partial").iterdir():
                if time.time() - path.stat().st_mtime > _DAY:
                    path.unlink()

    def _digest(self, source):
        """Return the digest of what a source holds, and the stamp of its file."""
        if isinstance(source, AudioSegment):
            digest, mark = self._digest(source.audio)
            part = (digest, source.offset, source.duration, source.effects, source.seed)
            return hashlib.sha256(repr(part).encode()).hexdigest(), mark
        mark = stamp(source)
        if mark is None:
            return content_digest(source), mark
        place = source if is_url(source) else os.path.abspath(source)
        name = hashlib.sha256(os.fsencode(place)).hexdigest()
        if not self.verify:
            with contextlib.suppress(OSError, ValueError):  # not there yet, or damaged
                digest, known = self._path("files", name).read_text("utf-8").split(" ", 1)
                if known == mark.text and len(digest) == len(name):
                    return digest, mark
        digest = content_digest(source)
        if mark.settled and _unchanged(source, mark):
            # A fault in writing shows when the row is stored.
            self._write("files", name, lambda file: file.write(f"{digest} {mark.text}".encode()))
        return digest, mark

    def _row(self, name):
        """Return the values and seconds of an entry, or None where there is none that can be used."""
        path = self._path("rows", name)
        try:
            entry = np.load(path, allow_pickle=False)
            if entry.dtype == _entry_type(*entry.dtype["values"].shape) and entry["checksum"] == _checksum(entry):
                return entry["values"].copy(), float(entry["seconds"])
            fault = "checksum"
        except FileNotFoundError:
            return None
        except Exception as error:  # whatever NumPy says to bytes that are no array
            fault = error
        _log.info("entry %s is damaged and made anew: %s", path, fault)
        return None

    def _write(self, kind, name, write):
        """Write a file as a whole or not at all, and return why not."""
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
        """Path of a file of the cache: a folder that LyricsEmbedder may keep its own in, 256 folders a kind."""
        folder = Path(self.folder, "audio", kind)
        return folder if name is None else folder / name if kind == "partial" else folder / name[:2] / name[2:]


def as_cache(memory):
    """Return what `memory` means: an AudioCache, tidied, or None."""
    if isinstance(memory, joblib.Memory):
        memory = memory.location
    if memory is None:
        return None
    cache = memory if isinstance(memory, AudioCache) else AudioCache(memory)
    cache.tidy()
    return cache


def _unchanged(source, mark):
    """Whether the file of a source, if it is one, is still as it was."""
    try:
        now = stamp(getattr(source, "audio", source))
    except AudioError:  # gone by now
        return False
    return now is mark or (now is not None and mark is not None and now.text == mark.text)


def _entry_type(n_values):
    return np.dtype([("seconds", "<f8"), ("checksum", "<u4"), ("values", "<f4", (n_values,))])


def _checksum(entry):
    return zlib.crc32(entry["seconds"].tobytes() + entry["values"].tobytes())
