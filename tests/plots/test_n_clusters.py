"""Criteria for the number of clusters."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from skvae.model_selection import select_n_clusters
from skvae.plots import NClustersDisplay


@pytest.fixture
def blobs():
    return make_blobs(100, n_features=3, cluster_std=0.5, random_state=1)[0]


def test_each_panel_marks_the_chosen_number(blobs, tmp_path):
    found = select_n_clusters(KMeans(n_init=2), blobs, range(1, 6), n_resamples=3, random_state=0)
    display = NClustersDisplay.from_selection(found)
    assert [ax.get_title().split(": ")[0] for ax in display.axes_] == ["BIC", "ICL", "Stability", "Gap statistic"]
    for ax, (name, row) in zip(display.axes_, found.choices.iterrows(), strict=True):
        curve, mark = ax.lines[0], ax.lines[-1]
        values = found.curve.loc[found.curve["criterion"] == name, "value"]
        assert np.allclose(np.asarray(curve.get_ydata(), dtype=float), values, equal_nan=True)
        assert mark.get_xdata().tolist() == [row["n_clusters"]]
    display.figure_.savefig(tmp_path / "curves.png")


def test_given_axes_are_used(blobs):
    _, axes = plt.subplots(1, 2)
    settings = {"criteria": ["bic", "gap"], "n_resamples": 2, "random_state": 0, "axes": axes}
    display = NClustersDisplay.from_estimator(KMeans(n_init=1), blobs, [2, 3], **settings)
    assert list(display.axes_) == list(axes)
    assert display.figure_ is axes[0].figure
