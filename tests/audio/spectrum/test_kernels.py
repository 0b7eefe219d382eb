"""Compiled loops over a spectrum."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from skvae.audio.spectrum._kernels import median_network, running_median


@settings(deadline=None, max_examples=15, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    half=st.integers(3, 15),
    rows=st.integers(1, 40),
    columns=st.sampled_from([1, 5, 64, 65, 130]),
)
@example(seed=0, half=15, rows=1, columns=1)
def test_running_median_equals_numpy(seed, half, rows, columns):
    """The medians are exactly equal for any odd width, also with ties."""
    x = np.random.default_rng(seed).integers(0, 9, size=(rows + 2 * half, columns)).astype(np.float32)
    median = running_median(x, median_network(2 * half - 2), np.empty((rows, columns), np.float32))
    windows = np.lib.stride_tricks.sliding_window_view(x, 2 * half + 1, axis=0)
    np.testing.assert_array_equal(median, np.median(windows, axis=2))
