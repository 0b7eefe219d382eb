"""Forward pass of musicnn: equality with a NumPy implementation in the original order of operations."""

import numpy as np
import pytest
import torch
from numpy.lib.stride_tricks import sliding_window_view

from skvae.audio.pretrained.musicnn._checkpoint import read_checkpoint
from skvae.audio.pretrained.musicnn._network import MusicNN, tensor_names


def run_in_numpy(tensors, x):
    """Return (penultimate, mean_pool, max_pool, tags) of a spectrogram of shape (n_frames, 96), in float64.

    The order is that of the published network: convolution, ReLU, batch normalization, maximum over frequency.
    """
    tensors = {name: tensor.astype(float) for name, tensor in tensors.items()}

    def layer(kind, i):
        return f"{kind}_{i}" if i else kind

    def normalize(x, i):
        gamma, beta, mean, variance = (
            tensors[f"{layer('batch_normalization', i)}/{name}"]
            for name in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return (x - mean) / np.sqrt(variance + 0.001) * gamma + beta

    def convolve(image, i):
        kernel, bias = tensors[f"{layer('conv2d', i)}/kernel"][:, :, 0], tensors[f"{layer('conv2d', i)}/bias"]
        before = (len(kernel) - 1) // 2
        padded = np.pad(image, ((before, len(kernel) - 1 - before), (0, 0)))
        patches = sliding_window_view(padded, kernel.shape[:2])
        return normalize(np.maximum(np.tensordot(patches, kernel, axes=2) + bias, 0), i + 1)

    def dense(x, i):
        return x @ tensors[f"{layer('dense', i)}/kernel"] + tensors[f"{layer('dense', i)}/bias"]

    x = normalize(x, 0)
    front = np.concatenate([convolve(x, i).max(axis=1) for i in range(5)], axis=1)
    first = convolve(front, 5)[:, 0]
    second = convolve(first, 6)[:, 0] + first
    third = convolve(second, 7)[:, 0] + second
    channels = np.concatenate([front, first, second, third], axis=1)
    pooled = np.stack([channels.max(axis=0), channels.mean(axis=0)], axis=1).ravel()
    penultimate = normalize(np.maximum(dense(normalize(pooled, 9), 0), 0), 10)
    return penultimate, channels.mean(axis=0), channels.max(axis=0), 1 / (1 + np.exp(-dense(penultimate, 1)))


def assert_equals_numpy(tensors, n_frames):
    spectrograms = np.random.default_rng(1).uniform(0, 4, size=(2, n_frames, 96)).astype(np.float32)
    outputs = MusicNN(tensors, "cpu")(torch.from_numpy(spectrograms))
    for i, spectrogram in enumerate(spectrograms):
        for output, expected in zip(outputs, run_in_numpy(tensors, spectrogram.astype(float)), strict=True):
            np.testing.assert_allclose(output[i], expected, rtol=0, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("n_frames", [187, 30])
def test_random_network_equals_numpy(random_tensors, n_frames):
    assert_equals_numpy(random_tensors, n_frames)


@pytest.mark.parametrize("folder", ["MSD_musicnn", "MTT_musicnn"])
def test_trained_network_equals_numpy(musicnn_folder, folder):
    checkpoint = musicnn_folder / folder
    tensors = read_checkpoint(checkpoint / ".index", checkpoint / ".data-00000-of-00001", tensor_names())
    assert sum(tensor.size for tensor in tensors.values()) == pytest.approx(788_000, rel=0.01)
    assert_equals_numpy(tensors, 187)


def test_windows_do_not_affect_each_other(random_tensors):
    spectrograms = torch.from_numpy(np.random.default_rng(2).uniform(0, 4, size=(5, 40, 96)).astype(np.float32))
    network = MusicNN(random_tensors, "cpu")
    together = network(spectrograms)
    for i in range(5):
        for output, alone in zip(together, network(spectrograms[i : i + 1]), strict=True):
            np.testing.assert_allclose(output[i : i + 1], alone, rtol=0, atol=1e-5 * alone.abs().max())


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_gpu_equals_cpu(random_tensors):
    spectrograms = torch.from_numpy(np.random.default_rng(3).uniform(0, 4, size=(12, 187, 96)).astype(np.float32))
    expected = MusicNN(random_tensors, "cpu")(spectrograms)
    for output, other in zip(MusicNN(random_tensors, "cuda")(spectrograms.cuda()), expected, strict=True):
        np.testing.assert_allclose(output.cpu(), other, rtol=0, atol=1e-4 * other.abs().max())
