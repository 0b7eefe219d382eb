"""CONTRIBUTING.md promises that a descriptor, a metric, a network and a display are one file plus one line each.

The test adds one of each to a copy of the package and uses them.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import skvae

DESCRIPTOR = '''
"""Crest factor."""

import numpy as np

from ._registry import descriptor


@descriptor("1")
def crest(spectrum):
    """Crest factor: largest magnitude divided by the mean magnitude [shape=(1, t)]."""
    magnitude = spectrum.magnitude
    return (magnitude.max(axis=0) / np.maximum(magnitude.mean(axis=0), 1e-12))[None]
'''

METRIC = '''
"""Share of rows in the largest cluster."""

import numpy as np

from .._metric import Metric
from ._labels import check_labels


def dominance_score(labels_true, labels_pred):
    """Compute the share of rows in the largest cluster."""
    labels_true, labels_pred = check_labels(labels_true, labels_pred)
    return float(np.unique(labels_pred, return_counts=True)[1].max() / len(labels_pred))


METRIC = Metric(dominance_score, "lower", needs_labels=True)
'''

NETWORK = '''
"""Linear encoder and decoder."""

from torch import nn

from ._base import Network


class Linear(Network):
    """Linear encoder and decoder."""

    def build(self, n_in, n_latent, n_condition):
        """Build the PyTorch modules; see `Network.build`."""
        return nn.Linear(n_in + n_condition, 2 * n_latent), nn.Linear(n_latent + n_condition, n_in)
'''

DISPLAY = '''
"""Sizes of clusters."""

import numpy as np


class ClusterSizesDisplay:
    """Bar chart of cluster sizes."""

    def __init__(self, sizes):
        self.sizes = sizes

    @classmethod
    def from_predictions(cls, labels, *, ax=None):
        """Plot the sizes of clusters."""
        return cls(np.bincount(labels)).plot(ax=ax)

    def plot(self, *, ax=None):
        """Plot the sizes."""
        import matplotlib.pyplot as plt

        self.ax_ = plt.subplots()[1] if ax is None else ax
        self.figure_ = self.ax_.figure
        self.ax_.bar(np.arange(len(self.sizes)), self.sizes)
        return self
'''

# New file, its content, the file with the registry, the text before which the new line is inserted, and the line.
PARTS = {
    "descriptor": (
        "audio/descriptors/_crest.py",
        DESCRIPTOR,
        "audio/descriptors/__init__.py",
        "from ._registry import",
        "from . import _crest",
    ),
    "metric": (
        "metrics/agreement/_dominance.py",
        METRIC,
        "metrics/evaluation/_registry.py",
        '    "purity":',
        '    "dominance": "agreement._dominance:METRIC",',
    ),
    "network": (
        "networks/_linear.py",
        NETWORK,
        "networks/_registry.py",
        '    "mlp":',
        '    "linear": "_linear:Linear",',
    ),
    "display": (
        "plots/_cluster_sizes.py",
        DISPLAY,
        "plots/__init__.pyi",
        "from ._history import",
        "from ._cluster_sizes import ClusterSizesDisplay as ClusterSizesDisplay",
    ),
}

CODE = '''
import sys

import matplotlib
import numpy as np

import skvae
from skvae.audio import AudioFeatureExtractor
from skvae.metrics import cluster_metrics, get_scorer
from skvae.plots import ClusterSizesDisplay

assert skvae.__file__.startswith(sys.argv[1])
matplotlib.use("Agg")
rng = np.random.default_rng(0)

extractor = AudioFeatureExtractor(["crest"], sample_rate=22050)
row = np.asarray(extractor.fit_transform([rng.normal(size=44100).astype(np.float32)]))
assert extractor.get_feature_names_out().tolist() == ["crest_mean", "crest_std"]
assert 1 < row[0, 0] < 20

X, genres = rng.normal(size=(40, 6)), np.repeat(["rock", "jazz"], 20)
vae = skvae.VAETransformer(2, network="linear", max_epochs=2, random_state=0).fit(X)
assert vae.transform(X).shape == (40, 2)
skvae.save(vae, f"{sys.argv[1]}/vae.skvae")
assert np.array_equal(skvae.load(f"{sys.argv[1]}/vae.skvae").transform(X), vae.transform(X))

assert cluster_metrics(X, [0] * 30 + [1] * 10, genres)["dominance"] == 0.75
assert callable(get_scorer("dominance"))

display = ClusterSizesDisplay.from_predictions([0, 0, 1])
assert [bar.get_height() for bar in display.ax_.patches] == [2, 1]
'''


@pytest.fixture(scope="module")
def extended_package(tmp_path_factory):
    """Copy the package and add one file and one line for each part."""
    folder = tmp_path_factory.mktemp("extended")
    source = Path(skvae.__file__).parent
    shutil.copytree(source, folder / "skvae", ignore=shutil.ignore_patterns("__pycache__"))
    for path, content, registry, before, line in PARTS.values():
        (folder / "skvae" / path).write_text(content.lstrip())
        text = (folder / "skvae" / registry).read_text()
        assert text.count(before) == 1
        (folder / "skvae" / registry).write_text(text.replace(before, f"{line}\n{before}"))
    return folder


def test_each_part_is_one_file_and_one_line(extended_package):
    environ = os.environ | {"PYTHONPATH": str(extended_package)}
    command = [sys.executable, "-W", "ignore", "-c", CODE, str(extended_package)]
    done = subprocess.run(command, cwd=extended_package, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("part", PARTS)
def test_contributing_names_the_registry(part):
    """The guide for contributors names the folder of the new file and the file of the registry line."""
    guide = Path(__file__).parents[1].joinpath("CONTRIBUTING.md").read_text()
    path, _, registry, _, _ = PARTS[part]
    assert str(Path("skvae", path).parent) in guide
    assert Path(registry).name in guide
