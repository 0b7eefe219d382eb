"""Map of tracks."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from skvae.plots import MapDisplay, embed_plane

LANGUAGES = ["French", "বাংলা", "हिन्दी", "العربية", "日本語", "한국어", "$5_a^b", None]


@pytest.fixture
def blobs():
    return make_blobs(40, n_features=5, centers=3, random_state=0)


def test_each_panel_shows_each_track_once(blobs, tmp_path, legend):
    Z, labels = blobs
    languages = [LANGUAGES[i % len(LANGUAGES)] for i in range(40)]
    display = MapDisplay(PCA(2).fit_transform(Z), {"cluster": labels, "language": languages}).plot()
    for ax in display.axes_:
        points = np.concatenate([collection.get_offsets() for collection in ax.collections])
        assert sorted(map(tuple, points)) == sorted(map(tuple, display.points))
        assert sum(int(text.rpartition("(")[2][:-1]) for text in legend(ax)) == 40
    assert legend(display.axes_[0]) == ["0 (14)", "1 (13)", "2 (13)"]
    assert "missing (5)" in legend(display.axes_[1])
    display.figure_.savefig(tmp_path / "map.png")  # a missing glyph raises a warning, and thereby an error


@pytest.mark.parametrize(
    ("method", "name"), [("auto", "t-SNE"), ("pca", "PCA"), pytest.param("umap", "UMAP", marks=pytest.mark.slow)]
)
def test_map_uses_the_embedding_method(blobs, legend, method, name):
    Z, labels = blobs
    display = MapDisplay.from_predictions(Z, {"cluster": labels}, method=method, random_state=0)
    assert display.method == name
    np.testing.assert_array_equal(display.points, embed_plane(Z, method=method, random_state=0)[0])
    assert legend(display.axes_[0]) == ["0 (14)", "1 (13)", "2 (13)"]


def test_rare_values_share_one_entry_and_categories_keep_their_order(legend):
    values = pd.Categorical(["b"] * 5 + ["a"] * 5 + list("cdef") + [None], categories=list("bafedcx"))
    display = MapDisplay(np.zeros((15, 2)), {"genre": values}).plot(max_values=2)
    assert legend(display.axes_[0]) == ["b (5)", "a (5)", "4 others (4)", "missing (1)"]


@pytest.mark.parametrize(
    ("n_values", "shown"), [(12, "00 indie rock, female vocalists (1)"), (13, "00 indie rock, female voc… (1)")]
)
def test_long_names_are_not_cut_if_one_legend_column_is_sufficient(n_values, shown, legend):
    names = [f"{i:02d} indie rock, female vocalists" for i in range(n_values)]
    display = MapDisplay(np.zeros((n_values, 2)), {"cluster": names}).plot()
    assert legend(display.axes_[0])[0] == shown
    display.figure_.canvas.draw()
    entries = [text.get_window_extent() for text in display.axes_[0].get_legend().get_texts()]
    assert len({round(entry.x0) for entry in entries}) == (1 if n_values <= 12 else 2)


@pytest.mark.parametrize("missing", [None, np.nan, "", "  "])
def test_all_kinds_of_missing_values_share_one_entry(missing, legend):
    display = MapDisplay(np.zeros((3, 2)), {"genre": ["jazz", missing, "jazz"]}).plot()
    assert legend(display.axes_[0]) == ["jazz (2)", "missing (1)"]


def test_rows_without_a_latent_representation_are_ignored(blobs, legend):
    Z, labels = blobs
    Z[3], labels[3], labels[4] = np.nan, -1, -1
    display = MapDisplay.from_predictions(Z[:12], {"cluster": labels[:12]})
    assert len(display.points) == 11
    assert "missing (1)" in legend(display.axes_[0])


def test_map_of_a_pipeline_shows_the_input_of_the_clusterer(blobs):
    X, _ = blobs
    for clusterer in (KMeans(3, random_state=0), AgglomerativeClustering(3)):
        pipeline = make_pipeline(PCA(2), clusterer).fit(X[:12])
        display = MapDisplay.from_estimator(pipeline, X[:12], {"genre": ["x"] * 12}, method="pca")
        np.testing.assert_allclose(np.abs(display.points), np.abs(pipeline[0].transform(X[:12])))
        np.testing.assert_array_equal(display.groups["cluster"], pipeline[-1].labels_)


def test_map_uses_the_given_axes(blobs):
    Z, labels = blobs
    _, axes = plt.subplots(1, 2)
    display = MapDisplay.from_predictions(Z[:10], {"a": labels[:10], "b": labels[:10]}, axes=axes)
    assert list(display.axes_) == list(axes)
