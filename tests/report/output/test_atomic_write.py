"""Atomic file writing."""

import pytest

from skvae.report.output._atomic_write import write_atomically


def test_a_file_is_replaced_when_it_is_complete(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")
    with write_atomically(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_unchanged_after_an_error(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), write_atomically(path) as file:
        file.write(None)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
