"""Running median over rows. Imported on first use, since importing numba is slow."""

from functools import lru_cache

import numba
import numpy as np

_EXCHANGE, _COMPARE, _CLAMP = range(3)
"""Kinds of steps. Sort two rows in place; sort two rows into two others; limit a row to the range of two others."""

_LANES = 256
"""Number of columns that are processed together. Their workspace of 330 kB fits into the L2 cache of the CPU."""


def running_median(values, size):
    """Compute the median of each value and its neighbors in the same column. The rows are mirrored at both ends.

    Neighboring windows share sorted values. The rows are grouped into tiles of ``n = (size + 1) / 2`` rows. All windows
    centered in a tile contain this tile, and their other rows are in the tiles before and after it. Each of the `n`
    rows of the tile is a candidate for the median. The first half of the windows shares a run of ``n / 2`` rows of the
    tile before, and the second half one of the tile after. These values exclude half of the candidates. Each quarter
    shares a further run of ``n / 4`` rows, and so on, until one candidate is left for each window. Each tile is sorted
    once, and its sorted runs of all lengths are kept for the neighboring tiles.

    Parameters
    ----------
    values : ndarray of shape (t, f), float32
        Values. Must not be negative.
    size : int
        Number of rows of a window. Must be a power of two minus 1.

    Returns
    -------
    medians : ndarray of shape (t, f), float32
        Medians, in the same memory layout as `values`.

    References
    ----------
    Batcher, "Sorting networks and their applications", AFIPS 1968. Adams, "Fast median filters using separable sorting
    networks", ACM Transactions on Graphics, 2021.
    """
    n = (size + 1) // 2
    n_rows = len(values)
    # One tile before the first row and one after the last row.
    rows = np.arange(-n, (-(-n_rows // n) + 1) * n) % (2 * n_rows)
    rows = np.minimum(rows, 2 * n_rows - 1 - rows).reshape(-1, n)
    medians = np.empty_like(values)
    # Integers have the same order as floats that are not negative, and LLVM compiles their minimum to one instruction.
    source, target = values.view(np.int32), medians.view(np.int32)
    steps = _steps(n)
    workspace = np.empty((steps.max() + 1, _LANES), np.int32)
    for start in range(0, values.shape[1], _LANES):
        columns = slice(start, start + _LANES)
        _run(source[:, columns], rows, steps, workspace, target[:, columns])
    return medians


@numba.njit("(int32[:, :], int64[:, ::1], int64[:, :, ::1], int32[:, ::1], int32[:, :])", cache=True, nogil=True)
def _run(values, rows, steps, work, medians):
    """Load the tiles one by one, and run the steps for each of them. Writes to `work` and `medians`."""
    n_tiles, n = rows.shape
    n_columns = values.shape[1]
    for tile in range(n_tiles):
        slot = tile % 3
        for i in range(n_columns):
            for k in range(n):
                work[slot * n + k, i] = values[rows[tile, k], i]
        for step in range(steps.shape[1]):
            kind, a, b = steps[slot, step, 0], steps[slot, step, 1], steps[slot, step, 2]
            c, d = steps[slot, step, 3], steps[slot, step, 4]
            if kind == _EXCHANGE:
                for i in range(n_columns):
                    x, y = work[a, i], work[b, i]
                    work[a, i], work[b, i] = min(x, y), max(x, y)
            elif kind == _COMPARE:
                for i in range(n_columns):
                    x, y = work[a, i], work[b, i]
                    work[c, i], work[d, i] = min(x, y), max(x, y)
            else:
                for i in range(n_columns):
                    work[d, i] = max(work[a, i], min(work[b, i], work[c, i]))
        first = (tile - 2) * n
        for i in range(n_columns if tile > 1 else 0):
            for k in range(min(n, len(medians) - first)):
                medians[first + k, i] = work[3 * n + k, i]


@lru_cache
def _steps(n):
    """Return the steps that follow the loading of a tile of `n` rows.

    The rows of the workspace are numbered by level, slot and position. Level `i` contains sorted runs of ``2**i`` rows.
    Slots 0 to 2 contain the last three tiles. Slot 3 contains the candidates. Those of level 0 are the medians.

    Parameters
    ----------
    n : int
        Number of rows of a tile.

    Returns
    -------
    steps : ndarray of shape (3, n_steps, 5), int
        Kind of each step and its rows in the workspace, if the newest tile is in slot 0, 1 or 2.
    """
    return np.array([list(_sort_tile(n, newest)) + list(_select_medians(n, newest)) for newest in range(3)])


def _sort_tile(n, slot):
    """Yield the steps that sort runs of 2, 4, 8, ... rows of a tile."""
    for level in range(n.bit_length() - 1):
        size = 2**level
        for k in _first_halves(n, size):
            # The reversed second run makes a bitonic sequence of the two runs.
            pair = _row(n, level, slot, k), _row(n, level, slot, k ^ (2 * size - 1))
            yield _COMPARE, *pair, _row(n, level + 1, slot, k), _row(n, level + 1, slot, k + size)
        yield from _sort_bitonic(n, level + 1, slot, size)


def _select_medians(n, newest):
    """Yield the steps that select the medians of the windows centered in the tile before the newest one."""
    oldest, middle, candidates = (newest + 1) % 3, (newest + 2) % 3, 3
    for level in reversed(range(n.bit_length() - 1)):
        size = 2**level
        parents = candidates if 2 * size < n else middle
        for k in _first_halves(n, size):
            # The smallest and the largest `size` values of the candidates and the new run cannot be medians. Of each
            # triple of two candidates and a value of the reversed run, they include the minimum and the maximum.
            pair = _row(n, level + 1, parents, k), _row(n, level + 1, parents, k + size)
            reverse = k ^ (2 * size - 1)
            yield _CLAMP, *pair, _row(n, level, oldest, reverse), _row(n, level, candidates, k)
            yield _CLAMP, *pair, _row(n, level, newest, reverse - size), _row(n, level, candidates, k + size)
        yield from _sort_bitonic(n, level, candidates, size)


def _sort_bitonic(n, level, slot, size):
    """Yield the steps that sort each run of `size` rows, which must be a bitonic sequence or a rotation of one."""
    while size > 1:
        size //= 2
        for k in _first_halves(n, size):
            yield _EXCHANGE, _row(n, level, slot, k), _row(n, level, slot, k + size), 0, 0


def _first_halves(n, size):
    """Return the positions in the first halves of runs of ``2 * size`` rows."""
    return [k for k in range(n) if not k & size]


def _row(n, level, slot, k):
    return (4 * level + slot) * n + k
