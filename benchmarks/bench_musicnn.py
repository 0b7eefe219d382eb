"""musicnn: seconds per 30 s clip of `AudioEmbedder("musicnn")` beside a direct port of the network.

Three measurements on one thread, in CPU seconds, in turn within each round. The smallest of all rounds is reported:

- *direct port*: the layers in the published order, with `torch.nn.functional`.
- *network*: the implementation of skvae, on the same spectrograms.
- *waveform*: mel spectrogram and network, as `AudioEmbedder` calls them.

The limit is the time in which this core multiplies float32 matrices with as many operations as the convolutions of the
network. The difference is the largest one between the vectors of both implementations, divided by the largest value.

``python benchmarks/bench_musicnn.py [--quick]``. Requires ``pip install --no-deps musicnn==0.1.0``.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from skvae.audio.pretrained._packages import find_package
from skvae.audio.pretrained.musicnn._checkpoint import read_checkpoint
from skvae.audio.pretrained.musicnn._network import MusicNN, tensor_names
from skvae.audio.pretrained.musicnn._spectrogram import N_FRAMES, SAMPLE_RATE, WINDOW_SECONDS, log_mel_spectrogram
from skvae.audio.pretrained.musicnn._tags import MSD_TAGS

RESULTS = Path(__file__).with_name("results")
N_WINDOWS = 10  # windows of a clip of 30 s
N_BANDS = 96
# (frames, bands, filters) of the eight convolutions
CONVOLUTIONS = [(7, 38, 204), (7, 67, 204), (128, 1, 51), (64, 1, 51), (32, 1, 51)]
CONVOLUTIONS += [(7, 561, 64), (7, 64, 64), (7, 64, 64)]


def gigaflop():
    """Return the number of operations of the convolutions for a clip, in billions."""
    positions = [N_BANDS - bands + 1 for _, bands, _ in CONVOLUTIONS[:5]] + [1, 1, 1]
    products = sum(p * n * b * f for p, (n, b, f) in zip(positions, CONVOLUTIONS, strict=True))
    return 2 * N_WINDOWS * N_FRAMES * products / 1e9


class DirectPort:
    """The published order: convolution, ReLU, batch normalization, maximum over frequency."""

    def __init__(self, tensors):
        self.tensors = {name: torch.from_numpy(tensor) for name, tensor in tensors.items()}

    def _layer(self, kind, i):
        name = f"{kind}_{i}" if i else kind
        return self.tensors[f"{name}/kernel"], self.tensors[f"{name}/bias"]

    def _normalize(self, x, i, axis):
        name = f"batch_normalization_{i}" if i else "batch_normalization"
        parts = [self.tensors[f"{name}/{part}"] for part in ("moving_mean", "moving_variance", "gamma", "beta")]
        return functional.batch_norm(x.movedim(axis, 1), *parts, eps=1e-3).movedim(1, axis)

    def _convolve(self, x, i):
        kernel, bias = self._layer("conv2d", i)
        n = len(kernel)
        x = functional.pad(x[:, None], (0, 0, (n - 1) // 2, n // 2))
        y = functional.conv2d(x, kernel.permute(3, 2, 0, 1).contiguous(), bias).relu()
        return self._normalize(y, i + 1, 1).amax(dim=3).transpose(1, 2)

    def __call__(self, x):
        """Return the penultimate units."""
        with torch.inference_mode():
            x = self._normalize(x[..., None], 0, 3)[..., 0]
            features = [torch.cat([self._convolve(x, i) for i in range(5)], dim=2)]
            for i in (5, 6, 7):
                y = self._convolve(features[-1], i)
                features.append(y if i == 5 else y + features[-1])
            channels = torch.cat(features, dim=2)
            pooled = torch.stack([channels.amax(dim=1), channels.mean(dim=1)], dim=2).flatten(1)
            kernel, bias = self._layer("dense", 0)
            return self._normalize((self._normalize(pooled, 9, 1) @ kernel + bias).relu(), 10, 1)


def cpu_seconds(function):
    start = time.process_time()
    function()
    return time.process_time() - start


def main():
    """Measure, print and write results/musicnn.txt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three rounds instead of 15, without writing the result")
    args = parser.parse_args()
    torch.set_num_threads(1)
    folder = find_package("musicnn")
    if folder is None:
        raise SystemExit("musicnn is not installed. Install it with: pip install --no-deps musicnn==0.1.0")
    folder /= "MSD_musicnn"
    tensors = read_checkpoint(folder / ".index", folder / ".data-00000-of-00001", tensor_names())
    network, direct = MusicNN(tensors, "cpu"), DirectPort(tensors)
    # Noise with beats: the time does not depend on the content.
    rng = np.random.default_rng(0)
    samples = rng.normal(scale=0.1, size=(N_WINDOWS, round(WINDOW_SECONDS * SAMPLE_RATE)))
    samples *= np.exp(-4 * (np.arange(samples.shape[1]) / SAMPLE_RATE % 0.5))
    windows = torch.from_numpy(samples.astype(np.float32))
    spectrograms = log_mel_spectrogram(windows)
    matrix = torch.from_numpy(rng.normal(size=(1000, 1000)).astype(np.float32))
    work = {
        "direct port": lambda: direct(spectrograms),
        "network": lambda: network(spectrograms),
        "waveform": lambda: network(log_mel_spectrogram(windows)),
        "matrix products of 1 GFLOP": lambda: matrix[:500] @ matrix,
    }
    seconds = {name: [] for name in work}
    for _ in range(3 if args.quick else 15):
        for name, function in work.items():
            seconds[name].append(cpu_seconds(function))
    best = {name: min(values) for name, values in seconds.items()}
    speed = 1 / best["matrix products of 1 GFLOP"]
    limit = gigaflop() / speed
    expected = direct(spectrograms)
    difference = (network(spectrograms).penultimate - expected).abs().max() / expected.abs().max()
    lines = [
        f"one thread, clip of 30 s ({N_WINDOWS} windows), {len(MSD_TAGS)} tags, smallest of "
        f"{len(seconds['network'])} rounds, CPU seconds",
        "",
        f"{'':12}{'seconds':>8}{'/ limit':>9}",
        f"{'limit':12}{limit:8.2f}{1:9.2f}   ({gigaflop():.1f} GFLOP at {speed:.0f} GFLOP/s)",
        *(f"{name:12}{best[name]:8.2f}{best[name] / limit:9.2f}" for name in ("direct port", "network", "waveform")),
        "",
        f"largest difference of the vectors {difference:.0e}",
        f"waveform within 1.5 times the limit {best['waveform'] <= 1.5 * limit}",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if not args.quick:
        (RESULTS / "musicnn.txt").write_text(text)


if __name__ == "__main__":
    main()
