"""Loops over a spectrum, compiled by numba. Imported on first use, since importing numba is slow."""

import numba
import numpy as np


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
            f = 0
            while running[f] < threshold:
                f += 1
            shapes[2, t] = frequencies[f]
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


@numba.njit(cache=True, nogil=True, error_model="numpy")
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
            # The ratio and its square can be infinite. The fraction is 0 then.
            ratio = other[t, f] / wanted[t, f]
            fraction = np.float32(1) / (np.float32(1) + ratio * ratio)
            mask[t, f] = fraction if wanted[t, f] + other[t, f] > 0 else np.float32(0.5)
    return mask


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
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
    n_samples = 2 * (n_bins - 1)
    levels = np.empty((2, n_frames))
    for t in range(n_frames):
        first = second = 0.0
        for f in range(n_bins):
            # Each bin also represents its negative frequency, except for the first and the last bin.
            energy = power[t, f] * (2.0 if 0 < f < n_bins - 1 else 1.0)
            part = mask[t, f]
            first += energy * part * part
            second += energy * (1 - part) * (1 - part)
        levels[0, t], levels[1, t] = np.sqrt(first) / n_samples, np.sqrt(second) / n_samples
    return levels


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def filter_magnitudes(spectra, starts, weights, magnitude):
    """Compute the magnitude of the outputs of filters in the frequency domain. Writes to `magnitude`.

    Parameters
    ----------
    spectra : ndarray of shape (t, 2 * f), float32
        Spectrum. Each row contains the real and the imaginary part of each bin of a frame in turn.
    starts : ndarray of shape (n,), int
        First bin of each filter.
    weights : ndarray of shape (2, n, 2 * width), float32
        Weights of the parts of the bins, from the first bin on, in the real and in the imaginary part of the output.
    magnitude : ndarray of shape (n, t), float32
        Output array.
    """
    for t in range(spectra.shape[0]):
        for k in range(len(starts)):
            bins = spectra[t, 2 * starts[k] : 2 * starts[k] + weights.shape[2]]
            real = imaginary = np.float32(0)
            for i in range(weights.shape[2]):
                real += weights[0, k, i] * bins[i]
                imaginary += weights[1, k, i] * bins[i]
            magnitude[k, t] = np.sqrt(real * real + imaginary * imaginary)
