"""Access to recordings in local files, URLs and file objects."""

import contextlib
import io
import os
import stat
import threading

from ..._paths import is_url
from ._errors import AudioError, as_audio_error

_LOCK = threading.RLock()


class FileObject:
    """Binary file object that contains a recording.

    The file is read from its beginning, regardless of its current position. It is pickled as its content.

    Parameters
    ----------
    file : file-like
        Binary file with the methods `read`, `seek` and `tell`.
    """

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        with self.open() as file:
            return _from_content, (file.read(),)

    @contextlib.contextmanager
    def open(self):
        """Yield the file at its beginning. Only one thread of a process reads at a time, since threads may share it."""
        with _LOCK:
            try:
                self.file.seek(0)
            except (OSError, ValueError) as error:  # a closed file or a pipe
                raise AudioError(f"the file object cannot be read from its beginning: {error}") from error
            yield self.file


def _from_content(content):
    return FileObject(io.BytesIO(content))


@contextlib.contextmanager
def open_source(source):
    """Open a recording for a decoder.

    Parameters
    ----------
    source : str or FileObject
        Path, URL or file object.

    Yields
    ------
    file : str or SafeReader
        Path of a local file, which decoders open themselves. A binary file object for all other sources.

    Raises
    ------
    AudioError
        If the file does not exist or cannot be read, also while it is being read.
    """
    if isinstance(source, FileObject):
        with source.open() as file, SafeReader(file).reporting() as reader:
            yield reader
    elif is_url(source):
        _, file_system, path = resolve_url(source)
        with contextlib.ExitStack() as stack:
            with as_audio_error():
                file = stack.enter_context(file_system.open(path, "rb"))
            yield stack.enter_context(SafeReader(file).reporting())
    else:
        check_file(source)
        yield source


def check_file(path):
    """Return the status of a local file. Raise an `AudioError` if the file cannot be read."""
    with as_audio_error():
        try:
            status = os.stat(path)
        except FileNotFoundError:
            raise AudioError("broken symbolic link" if os.path.islink(path) else "file not found") from None
        except ValueError:  # the path is not a valid file name
            raise AudioError("file not found") from None
        if not stat.S_ISREG(status.st_mode):
            raise AudioError("a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or device, not a regular file")
        if status.st_size == 0:
            raise AudioError("empty file")
        if not os.access(path, os.R_OK):
            raise AudioError("no permission to read the file")
    return status


def resolve_url(url):
    """Return the details (dict) of the file behind a URL, its fsspec file system, and its path there."""
    import fsspec

    with as_audio_error():
        file_system, path = fsspec.core.url_to_fs(url)
        details = file_system.info(path)
    if details.get("type") == "directory":
        raise AudioError("a folder")
    if details.get("size") == 0:
        raise AudioError("empty file")
    return {"size": None} | details, file_system, path


class SafeReader:
    """Binary file for decoders written in C, which cannot pass Python exceptions on.

    The first exception is stored, and the file appears to end there. `reporting` raises the exception afterwards.

    Parameters
    ----------
    file : file-like
        Binary file.
    """

    def __init__(self, file):
        self._file = file
        self._error = None

    @contextlib.contextmanager
    def reporting(self):
        """Yield this file, and raise a stored exception at the end, before any error of the decoder."""
        try:
            yield self
        finally:
            if self._error is not None:
                with as_audio_error():
                    raise self._error

    def read(self, size=-1):
        """Read up to `size` bytes. Return no bytes after an error."""
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
        """Set the position and return it. Ignore invalid positions, which damaged headers may contain."""
        with contextlib.suppress(OSError, ValueError):
            self._file.seek(offset, whence)
        return self._file.tell()

    def tell(self):
        """Return the position."""
        return self._file.tell()

    def readable(self):
        """Return True."""
        return True
