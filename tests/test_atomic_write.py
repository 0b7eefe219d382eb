"""Atomic file writing."""

import pytest

from skvae._atomic_write import write_atomically


@pytest.mark.parametrize("unique", [True, False])
def test_a_file_is_replaced_when_it_is_complete(unique, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")
    with write_atomically(path, unique=unique) as file:
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


def test_two_writers_do_not_share_the_temporary_file(tmp_path):
    path = tmp_path / "table.csv"
    with write_atomically(path, unique=True) as first, write_atomically(path, unique=True) as second:
        first.write(b"first")
        second.write(b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
