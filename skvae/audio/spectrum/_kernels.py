"""Loops over a spectrum, compiled by numba. Imported on first use, since importing numba is slow."""

import numba
import numpy as np

_LANES = 128
"""Number of columns that `running_median` processes together."""


@numba.njit(cache=True, nogil=True)
def frame_shapes(magnitude, power, frequencies, rolled, floor):
    """Compute centroid, bandwidth, rolloff and flatness of each frame in one pass.

    Parameters
    ----------
    magnitude, power : ndarray of shape (t, f), float32
        Spectrum. Each row is a frame.
    frequencies : ndarray of shape (f,), float64
        Center frequencies of the bins, in hertz.
    rolled : float
        Fraction of the magnitude below the rolloff frequency.
    floor : float
        Minimum power in the flatness.

    Returns
    -------
    shapes : ndarray of shape (4, t), float64
        Centroid, bandwidth and rolloff in hertz, and flatness. Centroid, bandwidth and rolloff of a frame without
        energy are 0.
    """
    n_frames, n_bins = magnitude.shape
    shapes = np.zeros((4, n_frames))
    running = np.empty(n_bins, np.float32)
    for t in range(n_frames):
        total, product, logarithm, mean = np.float32(0), 1.0, 0.0, 0.0
        mass = first = second = 0.0
        for f in range(n_bins):
            # Single precision in the order of np.cumsum, so that ties give the same rolloff bin as NumPy.
            total += magnitude[t, f]
            running[f] = total
            mass += magnitude[t, f]
            first += frequencies[f] * magnitude[t, f]
            second += frequencies[f] * frequencies[f] * magnitude[t, f]
            floored = max(float(power[t, f]), floor)
            mean += floored
            # One logarithm per 16 bins. Their product cannot overflow, since each power is between 1e-10 and 1e12.
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
    """Compute the distance of each frame from the previous frame, both scaled to length 1.

    Parameters
    ----------
    magnitude : ndarray of shape (t, f), float32
        Spectrum. Each row is a frame.

    Returns
    -------
    changes : ndarray of shape (t,), float64
        Distances. The first is 0. A frame without energy is treated as the origin.
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
    """Compute the fraction of the squared magnitude that belongs to `wanted`. It is 0.5 if both are 0.

    Parameters
    ----------
    wanted, other : ndarray of shape (t, f), float32
        Magnitudes of the two parts.

    Returns
    -------
    mask : ndarray of shape (t, f), float32
        Fractions between 0 and 1.
    """
    mask = np.empty(wanted.shape, np.float32)
    for t in range(wanted.shape[0]):
        for f in range(wanted.shape[1]):
            largest = max(wanted[t, f], other[t, f])
            if largest < np.finfo(np.float32).tiny:
                mask[t, f] = 0.5
            else:
                # Divided by the larger magnitude, so that the squares neither overflow nor underflow.
                a, b = wanted[t, f] / largest, other[t, f] / largest
                mask[t, f] = a * a / (a * a + b * b)
    return mask


@numba.njit(cache=True, nogil=True)
def part_levels(power, mask):
    """Compute the root mean square of the masked part of each frame and of the rest.

    Parameters
    ----------
    power : ndarray of shape (t, f), float32
        Squared magnitude of the spectra of frames of ``2 * (f - 1)`` samples.
    mask : ndarray of shape (t, f), float32
        Fraction of each magnitude that belongs to the first part.

    Returns
    -------
    levels : ndarray of shape (2, t), float64
        Levels of the two parts.
    """
    n_frames, n_bins = power.shape
    levels = np.empty((2, n_frames))
    for t in range(n_frames):
        first = second = 0.0
        for f in range(n_bins):
            # Each bin also represents its negative frequency, except for the first and the last bin.
            twice = 1.0 if f in (0, n_bins - 1) else 2.0
            first += twice * power[t, f] * mask[t, f] ** 2
            second += twice * power[t, f] * (1 - mask[t, f]) ** 2
        levels[0, t], levels[1, t] = np.sqrt(first), np.sqrt(second)
    return levels / (2 * (n_bins - 1))


@numba.njit(cache=True, nogil=True)
def running_median(padded, network, out):
    """Compute the median of each value and its neighbors in the same column, in windows of an odd number of rows.

    Four successive windows share all but three values each. A sorting network finds the four middle values of the
    shared ones, in many columns at once. The median of a window follows from these four and its own three values.

    Parameters
    ----------
    padded : ndarray of shape (t + 2 * half, f), float32
        Values, padded by `half` rows (at least 3) at both ends.
    network : ndarray of shape (n, 2), int
        Result of `median_network` for ``2 * half - 2`` values.
    out : ndarray of shape (t, f), float32
        Output array.

    Returns
    -------
    out : ndarray of shape (t, f), float32
        Output array, filled with the medians.
    """
    n_rows, n_columns = out.shape
    shared = padded.shape[0] - n_rows - 2
    middle = shared // 2 - 2
    block = np.empty((shared, _LANES), np.float32)
    for row in range(0, n_rows, 4):
        for column in range(0, n_columns, _LANES):
            width = min(_LANES, n_columns - column)
            for k in range(shared):
                # The last block of rows can have fewer than four windows.
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
                # Rows of this window that are not shared: first those before the shared rows, then those after them.
                one, two, three = [row + k if k < 3 else row + k + shared for k in range(j, j + 3)]
                for i in range(width):
                    x, y, z = padded[one, column + i], padded[two, column + i], padded[three, column + i]
                    x, y = min(x, y), max(x, y)
                    y, z = min(y, z), max(y, z)
                    x, y = min(x, y), max(x, y)
                    # Fourth smallest value of two sorted lists: the smallest maximum over all ways to take four.
                    out[row + j, column + i] = min(
                        min(fourth[i], max(third[i], x)), min(max(second[i], y), max(first[i], z))
                    )
    return out


def median_network(n):
    """Return the comparators that sort the four middle values of `n` values into their positions.

    The network is Batcher's merge exchange without the comparators that do not affect the middle positions.

    Parameters
    ----------
    n : int
        Number of values. Must be even.

    Returns
    -------
    network : ndarray of shape (m, 2), int
        Pairs of positions that are compared and exchanged.

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
