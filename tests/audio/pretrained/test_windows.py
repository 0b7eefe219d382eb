"""Division of excerpts into windows."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.audio.pretrained._windows import split_signal


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 5000), st.integers(10, 900))
def test_windows_cover_the_signal(n_samples, length):
    windows = split_signal(np.arange(n_samples), length)
    if n_samples < length:
        assert [len(window) for window in windows] == [n_samples]
        return
    assert {len(window) for window in windows} == {length}
    assert windows[0][0] == 0
    assert n_samples - 1 - windows[-1][-1] <= 0.01 * length
    gaps = [later[0] - earlier[-1] - 1 for earlier, later in itertools.pairwise(windows)]
    assert all(gap <= 0.01 * length for gap in gaps)
    assert (len(windows) - 1) * length < n_samples
