"""Running median over rows."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from skvae.audio.spectrum._median import running_median


@settings(deadline=None, max_examples=25, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    size=st.sampled_from([3, 7, 15, 31, 63]),
    rows=st.integers(1, 80),
    columns=st.sampled_from([1, 5, 255, 257, 600]),
    transposed=st.booleans(),
)
@example(seed=0, size=31, rows=1, columns=1, transposed=False)
def test_running_median_equals_numpy(seed, size, rows, columns, transposed):
    """The medians are exactly equal for any number of rows, also with ties, and for both memory layouts."""
    x = np.random.default_rng(seed).integers(0, 9, size=(rows, columns)).astype(np.float32) / 7
    x = np.asfortranarray(x) if transposed else x
    padded = np.pad(x, ((size // 2, size // 2), (0, 0)), mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=0)
    np.testing.assert_array_equal(running_median(x, size), np.median(windows, axis=2))
