"""Zip archive with a checksum, read with size limits."""

import hashlib
import io
import math
import re
import zlib
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from numpy.lib import format as npy
from scipy.sparse import load_npz

MAX_BYTES = 2**31
MAX_RATIO = 100

# The checksum is in the comment of the archive, which is at its end. The file is therefore a valid zip archive.
_SEAL = b"skvae sha256 "
_MEMBER = re.compile(r"\w+\.(json|npy|npz)", re.ASCII)
_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class ModelFileError(ValueError):
    """Error raised if a file cannot be loaded as a model.

    The file is damaged or malicious, or it was written by a newer version of skvae or by another program.

    See Also
    --------
    skvae.load : Load a model.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import skvae
    >>> from skvae.persistence import ModelFileError
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "model.skvae")
    ...     path.write_text("not a model")
    ...     try:
    ...         skvae.load(path)
    ...     except ModelFileError:
    ...         print("cannot be loaded")
    11
    cannot be loaded
    """


def pack(members):
    """Create a model file. Equal members result in equal bytes.

    Parameters
    ----------
    members : dict of str to bytes
        Content by name.

    Returns
    -------
    data : bytes
        Archive. JSON is compressed if the compression ratio is at most `MAX_RATIO`. Arrays are not compressed, because
        weights are hardly compressible.
    """
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            deflate = name.endswith(".json") and len(content) <= MAX_RATIO * len(zlib.compress(content))
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED if deflate else ZIP_STORED)
        archive.comment = _SEAL + bytes(64)
    data = buffer.getbuffer()
    data[-64:] = hashlib.sha256(data[:-64]).hexdigest().encode()
    return buffer.getvalue()


def unpack(data, *, max_bytes=MAX_BYTES, max_ratio=MAX_RATIO):
    """Read and check all members of a model file.

    Parameters
    ----------
    data : bytes
        Archive.
    max_bytes : int, default=2147483648
        Maximum total size of the members in bytes.
    max_ratio : float, default=100
        Maximum ratio of this size to the size of the archive.

    Returns
    -------
    members : dict of str to bytes
        Content by name.

    Raises
    ------
    ModelFileError
        If the checksum is wrong, a limit is exceeded, or the content of a member does not match its name.
    """
    seal = data[-64 - len(_SEAL) : -64]
    if seal != _SEAL:
        raise ModelFileError("it was not written by skvae.save, or it is truncated")
    if hashlib.sha256(memoryview(data)[:-64]).hexdigest().encode() != data[-64:]:
        raise ModelFileError("it is damaged: the checksum does not match the content")
    members = _read_members(data, max_bytes, max_ratio)
    for name, content in members.items():
        if name.endswith(".npy"):
            _check_array(name, content)
        elif name.endswith(".npz"):
            _check_sparse(name, content, max_bytes, max_ratio)
    return members


def _read_members(data, max_bytes, max_ratio):
    with ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        for entry in entries:
            if not _MEMBER.fullmatch(entry.filename):
                raise ModelFileError(f"it has a member {entry.filename!r}, a name that skvae.save does not use")
            # zipfile decompresses these two methods in chunks. Other methods decompress the whole content at once, even
            # if it exceeds the declared size.
            if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                raise ModelFileError(
                    f"its member {entry.filename!r} has a compression method that skvae.save does not use"
                )
        if len({entry.filename for entry in entries}) < len(entries):
            raise ModelFileError("two of its members have the same name")
        size = sum(entry.file_size for entry in entries)
        if size > max_bytes:
            raise ModelFileError(
                f"its decompressed size is {size} bytes, more than max_bytes={max_bytes}. Increase max_bytes if you "
                "trust the file"
            )
        if size > max_ratio * len(data):
            raise ModelFileError(
                f"its decompressed size is {size} bytes for {len(data)} bytes, more than max_ratio={max_ratio}. "
                "Increase max_ratio if you trust the file"
            )
        return {entry.filename: _read_content(archive, entry) for entry in entries}


def _read_content(archive, entry):
    with archive.open(entry) as stream:
        # zipfile decompresses at most the requested number of bytes, even if the declared size is wrong.
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise ModelFileError(f"the size of its member {entry.filename!r} differs from the declared size")
    return content


def _check_array(name, content):
    """Reject arrays of Python objects. Reject wrong shapes, because NumPy allocates memory for the declared shape."""
    stream = io.BytesIO(content)
    shape, _, dtype = _READERS[npy.read_magic(stream)](stream)
    if dtype.hasobject or dtype.itemsize == 0:
        raise ModelFileError(f"its array {name!r} has dtype {dtype}, but only numbers and strings are supported")
    if math.prod(shape) * dtype.itemsize != len(content) - stream.tell():
        raise ModelFileError(f"the size of its array {name!r} differs from the declared shape {shape}")


def _check_sparse(name, content, max_bytes, max_ratio):
    """Reject sparse matrices with indices out of range, for which SciPy would access other memory."""
    arrays = _read_members(content, max_bytes, max_ratio)
    for member, array in arrays.items():
        _check_array(f"{name}/{member}", array)
    matrix = load_npz(io.BytesIO(content))
    if matrix.format != "csr":
        raise ModelFileError(f"its sparse matrix {name!r} has format {matrix.format!r}, but only 'csr' is supported")
    matrix.check_format(full_check=True)
