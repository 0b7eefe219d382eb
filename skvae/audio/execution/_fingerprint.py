"""Identification of recordings by their content."""

import hashlib
import time
from typing import NamedTuple

import numpy as np

from ..._paths import is_url
from ..decoding._errors import as_audio_error
from ..decoding._files import check_file, open_source, resolve_url

_SETTLED = 2.0
"""Age in seconds after which every later change gets a new time. File systems round times to up to two seconds."""

_URL_STAMPS = (
    "ETag",
    "etag",
    "Last-Modified",
    "LastModified",
    "last_modified",
    "updated",
    "mtime",
    "modified",
    "created",
)
"""Keys under which the file systems of fsspec store the version or the time of a file."""


class Stamp(NamedTuple):
    """Properties of a file that change with its content.

    Attributes
    ----------
    text : str
        Size and time in nanoseconds of a local file. Version or time of a URL.
    settled : bool
        Whether later changes of the file will change `text`. False for files that were modified within the last two
        seconds, or in the future according to a wrong clock.
    """

    text: str
    settled: bool


def file_stamp(source):
    """Return the `Stamp` of a file without reading it, or None if the source has no usable size or time."""
    if not isinstance(source, str):
        return None
    if is_url(source):
        details, _, _ = resolve_url(source)
        stamps = [(name, details[name]) for name in _URL_STAMPS if details.get(name)]
        return Stamp(f"{details['size']} {stamps!r}", True) if stamps else None
    status = check_file(source)
    return Stamp(f"{status.st_size} {status.st_mtime_ns}", time.time() - status.st_mtime > _SETTLED)


def content_digest(source):
    """Return the SHA-256 digest of the content of a source, so that moved files are recognized."""
    if isinstance(source, tuple):
        samples, rate = source
        digest = hashlib.sha256(f"{samples.dtype} {samples.shape} {rate!r}".encode())
        digest.update(np.ascontiguousarray(samples).data)
        return digest.hexdigest()
    with open_source(source) as file:
        if not isinstance(file, str):
            return hashlib.file_digest(file, "sha256").hexdigest()
        with as_audio_error(), open(file, "rb") as local:
            return hashlib.file_digest(local, "sha256").hexdigest()
