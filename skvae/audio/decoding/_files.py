"""Files by path, by URL and as objects: whether they can be read, opening them, and what they hold."""

import contextlib
import hashlib
import io
import os
import stat
import threading
import time
from typing import NamedTuple

import numpy as np

from ..._paths import is_url

_SETTLED = 2.0
"""Seconds after which a file that changes again has another time: file systems round it to up to two seconds."""

_STAMPS = ("ETag", "etag", "Last-Modified", "LastModified", "last_modified", "updated", "mtime", "modified", "created")
"""Under which names fsspec's file systems tell one content of a file from the next."""

_ONE_AT_A_TIME = threading.RLock()


class AudioError(ValueError):
    """A recording that cannot be described; the message is the reason."""


class FileObject:
    """A binary file object as a recording: read from its beginning, wherever it stands, and pickled as its content.

    Parameters
    ----------
    file : file-like
        With `read`, `seek` and `tell`, opened for bytes.
    """

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        with self.opened() as file:
            return _of_content, (file.read(),)

    @contextlib.contextmanager
    def opened(self):
        """Yield the file at its beginning; the threads of a process take turns, since they may share it."""
        with _ONE_AT_A_TIME:
            try:
                self.file.seek(0)
            except (OSError, ValueError) as error:  # closed, or a pipe
                raise AudioError(f"the file object cannot be read from its beginning: {error}") from error
            yield self.file


def _of_content(content):
    return FileObject(io.BytesIO(content))


@contextlib.contextmanager
def opened(source):
    """Yield the path of a local file, which decoders open themselves, or a binary file object for all other files.

    Parameters
    ----------
    source : str or FileObject
        A path, a URL or a file object.

    Raises
    ------
    AudioError
        If there is no such file, or it cannot be read, now or while it is.
    """
    if isinstance(source, FileObject):
        with source.opened() as file, Careful(file).reporting() as careful:
            yield careful
    elif is_url(source):
        _, file_system, path = _remote(source)
        with contextlib.ExitStack() as stack:
            with reasons():
                file = stack.enter_context(file_system.open(path, "rb"))
            yield stack.enter_context(Careful(file).reporting())
    else:
        check_file(source)
        yield source


class Stamp(NamedTuple):
    """What changes when the content of a file does.

    Attributes
    ----------
    text : str
        Of a local file its size and its time in nanoseconds; of a URL what its file system says.
    settled : bool
        Whether a change from now on will show: not while the time is that of now, or later by a clock set wrong.
    """

    text: str
    settled: bool


def stamp(source):
    """Return the `Stamp` of a file without reading it; None where there is nothing to go by."""
    if not isinstance(source, str):
        return None
    if is_url(source):
        details, _, _ = _remote(source)
        told = [(name, details[name]) for name in _STAMPS if details.get(name)]
        return Stamp(f"{details['size']} {told!r}", True) if told else None
    status = check_file(source)
    return Stamp(f"{status.st_size} {status.st_mtime_ns}", time.time() - status.st_mtime > _SETTLED)


def content_digest(source):
    """Hash what a source holds, so that a changed file is a new one and a moved file an old one."""
    if isinstance(source, tuple):
        samples, rate = source
        digest = hashlib.sha256(f"{samples.dtype} {samples.shape} {rate!r}".encode())
        digest.update(np.ascontiguousarray(samples).data)
        return digest.hexdigest()
    with opened(source) as file:
        if not isinstance(file, str):
            return hashlib.file_digest(file, "sha256").hexdigest()
        with reasons(), open(file, "rb") as local:
            return hashlib.file_digest(local, "sha256").hexdigest()


def check_file(path):
    """Return the status of a local file; an AudioError says why it cannot be read."""
    with reasons():
        try:
            status = os.stat(path)
        except FileNotFoundError:
            raise AudioError("a link to what is not there" if os.path.islink(path) else "file not found") from None
        except ValueError:  # no file can have such a name
            raise AudioError("file not found") from None
        if not stat.S_ISREG(status.st_mode):
            raise AudioError("a folder" if stat.S_ISDIR(status.st_mode) else "not a file, but a pipe or a device")
        if status.st_size == 0:
            raise AudioError("empty file")
        if not os.access(path, os.R_OK):
            raise AudioError("no permission to read the file")
    return status


def _remote(url):
    """Return what is known of a file behind a URL, its file system, and its path there."""
    import fsspec

    with reasons():
        file_system, path = fsspec.core.url_to_fs(url)
        details = file_system.info(path)
    if details.get("type") == "directory":
        raise AudioError("a folder")
    if details.get("size") == 0:
        raise AudioError("empty file")
    return {"size": None} | details, file_system, path


@contextlib.contextmanager
def reasons():
    """Turn what goes wrong in reaching a file into the reason for it."""
    try:
        yield
    except AudioError:
        raise
    except FileNotFoundError as error:
        raise AudioError("file not found") from error
    except ImportError as error:  # fsspec names the package: "Install s3fs to access S3"
        raise AudioError(f"cannot be reached: {error}") from error
    except Exception as error:  # a file system raises what its service does
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise AudioError(f"cannot be read: {reason}") from error


class Careful:
    """A file for a decoder in C, through which no exception can pass: the first one is kept, and ends the file."""

    def __init__(self, file):
        self._file = file
        self._error = None

    @contextlib.contextmanager
    def reporting(self):
        """Yield this file; what went wrong in reading it comes out at the end, before any fault of the decoder."""
        try:
            yield self
        finally:
            if self._error is not None:
                with reasons():
                    raise self._error

    def read(self, size=-1):
        """Read up to `size` bytes; none after an error."""
        if self._error is None:
            try:
                return self._file.read(size)
            except Exception as error:
                self._error = error
        return b""

    def readinto(self, buffer):
        """Read into `buffer`, and return the number of bytes."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset, whence=os.SEEK_SET):
        """Move, unless there is no such place: a damaged header may well lead there."""
        with contextlib.suppress(OSError, ValueError):
            self._file.seek(offset, whence)
        return self._file.tell()

    def tell(self):
        """Return the position."""
        return self._file.tell()

    def readable(self):
        """Say that this can be read."""
        return True
