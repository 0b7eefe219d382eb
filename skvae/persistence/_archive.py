"""The file around a model: a zip archive with a checksum over all of it, read within limits."""

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

# The checksum is the archive's comment, which stands at its very end: the file is a zip archive like any other.
_SEAL = b"skvae sha256 "
_MEMBER = re.compile(r"\w+\.(json|npy|npz)", re.ASCII)
_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class ModelFileError(ValueError):
    """A file is no model that `load` reads: damaged, hostile, of a newer skvae, or of another origin."""


def pack(members):
    """Write the members of a model file, equal members as equal bytes.

    Parameters
    ----------
    members : dict of str to bytes
        Content by name.

    Returns
    -------
    bytes
        The archive. JSON is deflated unless that would pass `MAX_RATIO`; weights, which hardly shrink, are stored.
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
    """Read the members of a model file, all of them checked.

    Parameters
    ----------
    data : bytes
        The archive.
    max_bytes : int, default=2147483648
        Bytes that the members may have together.
    max_ratio : float, default=100
        How many times the size of the archive that may be.

    Returns
    -------
    dict of str to bytes
        Content by name.

    Raises
    ------
    ModelFileError
        If the checksum is wrong, a limit is passed, or a member is not what its name says.
    """
    seal = data[-64 - len(_SEAL) : -64]
    if seal != _SEAL:
        raise ModelFileError("skvae.save did not write it, or it is cut off")
    if hashlib.sha256(memoryview(data)[:-64]).hexdigest().encode() != data[-64:]:
        raise ModelFileError("it is damaged: its checksum is not that of its content")
    members = _read(data, max_bytes, max_ratio)
    for name, content in members.items():
        if name.endswith(".npy"):
            _check_array(name, content)
        elif name.endswith(".npz"):
            _check_sparse(name, content, max_bytes, max_ratio)
    return members


def _read(data, max_bytes, max_ratio):
    with ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        for entry in entries:
            if not _MEMBER.fullmatch(entry.filename):
                raise ModelFileError(f"it has a member {entry.filename!r}, which is no name that skvae.save gives")
            # zipfile unpacks these two piece by piece, and other methods all at once, whatever size they declare
            if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                raise ModelFileError(f"its member {entry.filename!r} is packed by a method that skvae.save never uses")
        if len({entry.filename for entry in entries}) < len(entries):
            raise ModelFileError("two of its members have one name")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > max_bytes:
            raise ModelFileError(f"it unpacks to {unpacked} bytes, more than max_bytes={max_bytes}")
        if unpacked > max_ratio * len(data):
            raise ModelFileError(f"it unpacks to {unpacked} bytes from {len(data)}: more than max_ratio={max_ratio}")
        return {entry.filename: _content(archive, entry) for entry in entries}


def _content(archive, entry):
    with archive.open(entry) as stream:
        # Asked for a number of bytes, zipfile unpacks no more, also where the declared size is a lie.
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise ModelFileError(f"its member {entry.filename!r} has not the size that it declares")
    return content


def _check_array(name, content):
    """Refuse an array of Python objects, and one that is not as long as its header says: NumPy would allocate that."""
    stream = io.BytesIO(content)
    shape, _, dtype = _READERS[npy.read_magic(stream)](stream)
    if dtype.hasobject or dtype.itemsize == 0:
        raise ModelFileError(f"its array {name!r} has dtype {dtype}, and only numbers and texts are read")
    if math.prod(shape) * dtype.itemsize != len(content) - stream.tell():
        raise ModelFileError(f"its array {name!r} has not the shape {shape} that it declares")


def _check_sparse(name, content, max_bytes, max_ratio):
    """Refuse a sparse matrix with indices outside of it, which SciPy would follow into foreign memory."""
    parts = _read(content, max_bytes, max_ratio)
    for part, array in parts.items():
        _check_array(f"{name}/{part}", array)
    matrix = load_npz(io.BytesIO(content))
    if matrix.format != "csr":
        raise ModelFileError(f"its sparse matrix {name!r} has format {matrix.format!r}, and only 'csr' is read")
    matrix.check_format(full_check=True)
