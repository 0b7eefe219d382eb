"""Reader of TensorFlow checkpoints without TensorFlow.

A checkpoint consists of an index and a data file. The index is a table in the format of LevelDB. Its values are
protocol buffers of the type BundleEntryProto. The data file contains the tensors as raw little-endian numbers.
"""

import math
import struct

import numpy as np

_MAGIC = 0xDB4775248B80FB57  # last eight bytes of a LevelDB table
_FOOTER = 48  # bytes: the positions of two blocks, padding, and the magic number
_FLOAT32 = 1  # number of the type in TensorFlow's types.proto
_BLOCK_END = b"\x00"  # compression type "none", which TensorFlow always writes


def read_checkpoint(index_path, data_path, names):
    """Read tensors of a checkpoint that has a single data file.

    Parameters
    ----------
    index_path, data_path : path-like
        Files that end with ``.index`` and ``.data-00000-of-00001``.
    names : iterable of str
        Names of the tensors. Other tensors are not read.

    Returns
    -------
    dict of str to ndarray
        Tensors as float32 arrays.

    Raises
    ------
    ValueError
        If a file is damaged, or if a tensor is missing, is not float32 or contains NaN or infinite values.

    References
    ----------
    TensorFlow, ``core/protobuf/tensor_bundle.proto``. LevelDB, ``doc/table_format.md``.
    """
    try:
        with open(index_path, "rb") as file:
            entries = dict(_read_table(file.read()))
        with open(data_path, "rb") as file:
            data = file.read()
        return {name: _read_tensor(_find_entry(entries, name), data, name) for name in names}
    except (IndexError, struct.error, TypeError) as error:  # a position outside the file, or a field of another type
        raise ValueError(f"{str(index_path)!r} is damaged: an entry cannot be read.") from error
    except _DamagedError as error:
        raise ValueError(f"{str(index_path)!r} or its data file is damaged: {error}.") from error


class _DamagedError(Exception):
    """Content that a checkpoint must not have."""


def _read_table(table):
    """Yield the keys and values of a LevelDB table."""
    if len(table) < _FOOTER or struct.unpack("<Q", table[-8:])[0] != _MAGIC:
        raise _DamagedError("the index is not a LevelDB table")
    footer = table[-_FOOTER:]
    _, i = _read_varint(footer, 0)  # position and size of the block of metadata, which is not needed
    _, i = _read_varint(footer, i)
    for _, position in _read_block(table, *_read_varints(footer, i)):
        yield from _read_block(table, *_read_varints(position, 0))


def _read_block(table, start, size):
    """Yield the keys and values of a block. Keys omit the prefix that they share with the previous key."""
    end = start + size
    if table[end : end + 1] != _BLOCK_END:
        raise _DamagedError("a block of the index is compressed or incomplete")
    (n_restarts,) = struct.unpack("<I", table[end - 4 : end])
    end -= 4 + 4 * n_restarts  # the positions of keys without an omitted prefix are not needed
    key, i = b"", start
    while i < end:
        n_shared, i = _read_varint(table, i)
        n_other, i = _read_varint(table, i)
        n_value, i = _read_varint(table, i)
        key = key[:n_shared] + table[i : i + n_other]
        i += n_other + n_value
        yield key, table[i - n_value : i]


def _find_entry(entries, name):
    if name.encode() not in entries:
        raise _DamagedError(f"the tensor {name!r} is missing")
    return dict(_read_fields(entries[name.encode()]))


def _read_tensor(entry, data, name):
    """Return the tensor of a BundleEntryProto: fields 1 type, 2 shape, 4 offset, 5 size in bytes."""
    if entry.get(1) != _FLOAT32:
        raise _DamagedError(f"the tensor {name!r} is not float32")
    shape = [dict(_read_fields(dimension)).get(1, 0) for _, dimension in _read_fields(entry.get(2, b""))]
    offset, size = entry.get(4, 0), entry.get(5, 0)
    if size != 4 * math.prod(shape) or offset + size > len(data):
        raise _DamagedError(f"the tensor {name!r} of shape {tuple(shape)} has the wrong number of bytes")
    tensor = np.frombuffer(data, "<f4", size // 4, offset).reshape(shape).astype(np.float32)
    if not np.isfinite(tensor).all():
        raise _DamagedError(f"the tensor {name!r} contains NaN or infinite values")
    return tensor


def _read_fields(message):
    """Yield (number, value) of the fields of a protocol buffer."""
    i = 0
    while i < len(message):
        tag, i = _read_varint(message, i)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == 0:
            value, i = _read_varint(message, i)
        elif wire_type in (1, 2, 5):
            size, i = _read_varint(message, i) if wire_type == 2 else ({1: 8, 5: 4}[wire_type], i)
            value, i = message[i : i + size], i + size
        else:
            raise _DamagedError("an entry is not a protocol buffer")
        yield number, value


def _read_varints(data, i):
    """Return two consecutive integers."""
    first, i = _read_varint(data, i)
    return first, _read_varint(data, i)[0]


def _read_varint(data, i):
    """Return the integer of variable length that starts at byte i, and the position after it."""
    value = shift = 0
    while True:
        byte = data[i]
        value |= (byte & 127) << shift
        i, shift = i + 1, shift + 7
        if byte < 128:
            return value, i
