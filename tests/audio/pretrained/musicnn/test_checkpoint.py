"""Reader of TensorFlow checkpoints, on small checkpoints that the tests write, and on damaged files."""

import struct

import numpy as np
import pytest

from skvae.audio.pretrained.musicnn._checkpoint import read_checkpoint


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def block(entries):
    """Return a block of a LevelDB table in which keys omit the prefix that they share with the previous key."""
    out, previous = b"", b""
    for key, value in entries:
        n = 0
        while n < min(len(key), len(previous)) and key[n] == previous[n]:
            n += 1
        out += varint(n) + varint(len(key) - n) + varint(len(value)) + key[n:] + value
        previous = key
    return out + struct.pack("<II", 0, 1)


def write_table(path, blocks):
    """Write a LevelDB table. The checksums are zeros, which the reader ignores."""
    table, positions = b"", []
    for content in [*map(block, blocks), block([])]:
        positions.append(varint(len(table)) + varint(len(content)))
        table += content + b"\x00" + bytes(4)
    index = block([(entries[-1][0], position) for entries, position in zip(blocks, positions, strict=False)])
    footer = positions[-1] + varint(len(table)) + varint(len(index))
    table += index + b"\x00" + bytes(4) + footer.ljust(40, b"\x00") + struct.pack("<Q", 0xDB4775248B80FB57)
    path.write_bytes(table)


def entry(tensor, offset, dtype=1):
    """Return a BundleEntryProto."""
    sizes = [b"\x08" + varint(n) for n in tensor.shape]
    shape = b"".join(b"\x12" + varint(len(size)) + size for size in sizes)
    position = b"\x20" + varint(offset) if offset else b""  # protocol buffers omit zeros
    return (
        b"\x08" + varint(dtype) + b"\x12" + varint(len(shape)) + shape + position + b"\x28" + varint(tensor.nbytes)
    ) + b"\x35abcd"


@pytest.fixture
def tensors():
    rng = np.random.default_rng(0)
    shapes = {"dense/bias": (3,), "dense/kernel": (2, 3), "dense_1/kernel": (300, 2, 1), "step": ()}
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture
def checkpoint(tensors, tmp_path):
    """Paths of the index and of the data of a checkpoint with two blocks."""
    index, data = tmp_path / "model.index", tmp_path / "model.data-00000-of-00001"
    entries, content = [(b"", b"\x08\x01")], b""
    for name, tensor in tensors.items():
        entries.append((name.encode(), entry(tensor, len(content))))
        content += tensor.tobytes()
    write_table(index, [entries[:3], entries[3:]])
    data.write_bytes(content)
    return index, data


def test_tensors_are_read(checkpoint, tensors):
    read = read_checkpoint(*checkpoint, tensors)
    assert list(read) == list(tensors)
    for name, tensor in tensors.items():
        assert read[name].dtype == np.float32
        np.testing.assert_array_equal(read[name], tensor)
    assert list(read_checkpoint(*checkpoint, ["step"])) == ["step"]


def test_missing_tensor_raises_an_error(checkpoint):
    with pytest.raises(ValueError, match=r"model.index' or its data file is damaged: the tensor 'x' is missing"):
        read_checkpoint(*checkpoint, ["x"])


def test_damaged_files_raise_errors(checkpoint, tensors):
    index, data = checkpoint
    table, content = index.read_bytes(), data.read_bytes()
    data.write_bytes(content[:-1])
    with pytest.raises(ValueError, match=r"the tensor 'step' of shape \(\) has the wrong number of bytes"):
        read_checkpoint(index, data, tensors)
    data.write_bytes(np.full(3, np.nan, np.float32).tobytes() + content[12:])
    with pytest.raises(ValueError, match="the tensor 'dense/bias' contains NaN or infinite values"):
        read_checkpoint(index, data, tensors)
    data.write_bytes(content)
    for damaged in (b"", b"text\n" * 100, table[:-1], table[:100]):
        index.write_bytes(damaged)
        with pytest.raises(ValueError, match="damaged: the index is not a LevelDB table"):
            read_checkpoint(index, data, tensors)
    index.write_bytes(table[100:])
    with pytest.raises(ValueError, match="damaged"):
        read_checkpoint(index, data, tensors)


def test_other_types_and_compressed_blocks_raise_errors(checkpoint, tensors):
    index, data = checkpoint
    half = np.zeros(3, np.float16)
    write_table(index, [[(b"half", entry(half, 0, dtype=19))]])
    with pytest.raises(ValueError, match="the tensor 'half' is not float32"):
        read_checkpoint(index, data, ["half"])
    content = block([(b"half", entry(half, 0))])
    write_table(index, [[(b"half", entry(half, 0))]])
    table = bytearray(index.read_bytes())
    table[len(content)] = 1
    index.write_bytes(table)
    with pytest.raises(ValueError, match="a block of the index is compressed or incomplete"):
        read_checkpoint(index, data, ["half"])


def test_changed_bytes_of_the_index_raise_no_other_errors(checkpoint, tensors):
    """A change can lead to a valid index of other tensors, because the reader does not verify checksums."""
    index, data = checkpoint
    table = index.read_bytes()
    n_errors = 0
    for i in range(len(table)):
        for value in (0, 0xFF, table[i] ^ 1):
            index.write_bytes(table[:i] + bytes([value]) + table[i + 1 :])
            try:
                read_checkpoint(index, data, tensors)
            except ValueError:
                n_errors += 1
    assert n_errors > len(table)
