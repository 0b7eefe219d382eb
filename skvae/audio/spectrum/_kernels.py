"""Passes over a whole spectrum in compiled loops. Imported where first used: numba takes a while to load."""

import numba
import numpy as np

_LANES = 128


@numba.njit(cache=True, nogil=True)
def frame_shapes(magnitude, power, frequencies, rolled, floor):
    """Read every frame once.

    Parameters
    ----------
    magnitude, power : ndarray of shape (t, f), float32
        One frame a row.
    frequencies : ndarray of shape (f,), float64
        Of the bins, in hertz.
    rolled : float
        Part of the magnitude that lies below the rolloff.
    floor : float
        Least power that counts for the flatness.

    Returns
    -------
    shapes : ndarray of shape (4, t), float64
        Centroid, bandwidth and rolloff in hertz, flatness. A frame without energy has centroid, bandwidth and
        rolloff 0.
    """
    n_frames, n_bins = magnitude.shape
    shapes = np.zeros((4, n_frames))
    running = np.empty(n_bins, np.float32)
    for t in range(n_frames):
        total, product, logarithm, mean = np.float32(0), 1.0, 0.0, 0.0
        mass = first = second = 0.0
        for f in range(n_bins):
            # In single precision and in this order, as NumPy adds up: at a tie the rolloff is the same bin.
            total += magnitude[t, f]
            running[f] = total
            mass += magnitude[t, f]
            first += frequencies[f] * magnitude[t, f]
            second += frequencies[f] * frequencies[f] * magnitude[t, f]
            floored = max(float(power[t, f]), floor)
            mean += floored
            # One logarithm for sixteen bins: their product cannot overflow, each being within 1e-10 and 1e12.
            product *= floored
            if f % 16 == 15:
                logarithm += np.log(product)
                product = 1.0
        logarithm += np.log(product)
        shapes[3, t] = np.exp(logarithm / n_bins) / (mean / n_bins)
        if mass > 0:
            centroid = first / mass
            shapes[0, t] = centroid
            shapes[1, t] = np.sqrt(max(second / mass - centroid * centroid, 0.0))
            threshold = np.float32(rolled) * total
            shapes[2, t] = frequencies[np.searchsorted(running, threshold)]
    return shapes


@numba.njit(cache=True, nogil=True)
def frame_changes(magnitude):
    """Distance of each frame from the one before, both scaled to length 1.

    Parameters
    ----------
    magnitude : ndarray of shape (t, f), float32
        One frame a row.

    Returns
    -------
    changes : ndarray of shape (t,), float64
        The first is 0; a frame without energy is the origin.
    """
    n_frames, n_bins = magnitude.shape
    changes = np.zeros(n_frames)
    before = 0.0
    for t in range(n_frames):
        square = 0.0
        for f in range(n_bins):
            square += float(magnitude[t, f]) * magnitude[t, f]
        scale = 1 / np.sqrt(square) if square > 0 else 0.0
        if t:
            distance = 0.0
            for f in range(n_bins):
                difference = scale * magnitude[t, f] - before * magnitude[t - 1, f]
                distance += difference * difference
            changes[t] = np.sqrt(distance)
        before = scale
    return changes


@numba.njit(cache=True, nogil=True)
def soft_mask(wanted, other):
    """Part of the squares that is `wanted`; a half where there is neither.

    Parameters
    ----------
    wanted, other : ndarray of shape (t, f), float32
        Magnitudes.

    Returns
    -------
    mask : ndarray of shape (t, f), float32
        Between 0 and 1.
    """
    mask = np.empty(wanted.shape, np.float32)
    for t in range(wanted.shape[0]):
        for f in range(wanted.shape[1]):
            largest = max(wanted[t, f], other[t, f])
            if largest < np.finfo(np.float32).tiny:
                mask[t, f] = 0.5
            else:
                # Relative to the larger one, whose square neither overflows nor vanishes.
                a, b = wanted[t, f] / largest, other[t, f] / largest
                mask[t, f] = a * a / (a * a + b * b)
    return mask


@numba.njit(cache=True, nogil=True)
def part_levels(power, mask):
    """Root mean square of what a mask lets through, and of what it holds back.

    Parameters
    ----------
    power : ndarray of shape (t, f), float32
        Squared magnitude of the spectra of ``2 * (f - 1)`` samples.
    mask : ndarray of shape (t, f), float32
        Between 0 and 1.

    Returns
    -------
    levels : ndarray of shape (2, t), float64
        Of each frame.
    """
    n_frames, n_bins = power.shape
    levels = np.empty((2, n_frames))
    for t in range(n_frames):
        let_through = held_back = 0.0
        for f in range(n_bins):
            # Every bin stands for two, its own and that of the negative frequency, but for the first and the last.
            twice = 1.0 if f in (0, n_bins - 1) else 2.0
            let_through += twice * power[t, f] * mask[t, f] ** 2
            held_back += twice * power[t, f] * (1 - mask[t, f]) ** 2
        levels[0, t], levels[1, t] = np.sqrt(let_through), np.sqrt(held_back)
    return levels / (2 * (n_bins - 1))


@numba.njit(cache=True, nogil=True)
def running_median(padded, network, out):
    """Median of each value and its neighbours above and below, in windows of an odd number of rows.

    Four windows that follow each other share all but three values each. The four middle ones of what they share are
    found by a sorting network, in many columns at once; a window's median is the fourth of those and its own three.

    Parameters
    ----------
    padded : ndarray of shape (t + 2 * half, f), float32
        The values, continued by `half` (at least 3) at both ends.
    network : ndarray of shape (n, 2), int
        `median_network` of ``2 * half - 2`` values.
    out : ndarray of shape (t, f), float32
        Is filled.

    Returns
    -------
    out : ndarray of shape (t, f), float32
        The same.
    """
    n_rows, n_columns = out.shape
    shared = padded.shape[0] - n_rows - 2
    middle = shared // 2 - 2
    block = np.empty((shared, _LANES), np.float32)
    for row in range(0, n_rows, 4):
        for column in range(0, n_columns, _LANES):
            width = min(_LANES, n_columns - column)
            for k in range(shared):
                # The last rows have no fourth window.
                source = min(row + 3 + k, padded.shape[0] - 1)
                for i in range(width):
                    block[k, i] = padded[source, column + i]
            for step in range(network.shape[0]):
                a, b = block[network[step, 0]], block[network[step, 1]]
                for i in range(_LANES):
                    x, y = a[i], b[i]
                    a[i] = x if x < y else y
                    b[i] = y if x < y else x
            first, second, third, fourth = block[middle], block[middle + 1], block[middle + 2], block[middle + 3]
            for j in range(min(4, n_rows - row)):
                # What the window has beside the shared rows: those before them from its first on, then those behind.
                one, two, three = [row + k if k < 3 else row + k + shared for k in range(j, j + 3)]
                for i in range(width):
                    x, y, z = padded[one, column + i], padded[two, column + i], padded[three, column + i]
                    x, y = min(x, y), max(x, y)
                    y, z = min(y, z), max(y, z)
                    x, y = min(x, y), max(x, y)
                    # The fourth smallest of two sorted lists is in the tightest of the ways to take four of them.
                    out[row + j, column + i] = min(
                        min(fourth[i], max(third[i], x)), min(max(second[i], y), max(first[i], z))
                    )
    return out


def median_network(n):
    """Give the comparators that bring the four middle ones of `n` values to their places [shape=(m, 2)].

    `n` is even. Batcher's merge exchange, less the comparators on which the middle places do not depend.

    References
    ----------
    Knuth, "The art of computer programming", volume 3, algorithm 5.2.2M.
    """
    comparators = []
    top = 1 << (n - 1).bit_length() - 1
    p = top
    while p:
        q, r, distance = top, 0, p
        while True:
            comparators += [(i, i + distance) for i in range(n - distance) if i & p == r]
            if q == p:
                break
            q, r, distance = q // 2, p, q - p
        p //= 2
    needed, kept = set(range(n // 2 - 2, n // 2 + 2)), []
    for pair in reversed(comparators):
        if needed.intersection(pair):
            needed.update(pair)
            kept.append(pair)
    return np.array(kept[::-1])
