"""Batches of recordings in the main process."""

from hypothesis import given
from hypothesis import strategies as st

from skvae.audio.execution._runner import _batches

LENGTHS = st.lists(st.none() | st.integers(1, 12), max_size=30)


@given(LENGTHS, st.integers(1, 20))
def test_batches_contain_all_recordings_in_order_and_have_a_maximum_length(lengths, size):
    items = [(i, (None, None if n is None else "x" * n, None)) for i, n in enumerate(lengths)]
    batches = list(_batches(items, size))
    assert [item for batch in batches for item in batch] == items
    for batch in batches:
        described = [len(description) for _, (_, description, _) in batch if description is not None]
        assert sum(described) <= size or len(described) == 1


def test_short_recordings_share_a_batch():
    items = [(i, (None, "xxx", None)) for i in range(5)]
    assert [len(batch) for batch in _batches(items, 6)] == [2, 2, 1]


def test_rows_without_a_description_are_not_delayed():
    """Rows of the cache have no description. Each of them is returned at once."""
    items = [(i, (None, None, None)) for i in range(3)]
    batches = _batches(iter(items), 6)
    assert [next(batches) for _ in range(3)] == [[item] for item in items]
