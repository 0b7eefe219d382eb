"""Displays draw what they were given, in any script, and warn of nothing."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from skvae.plots import HistoryDisplay, MapDisplay, embed_plane
from skvae.plots import _text as plots_text
from skvae.plots._text import drawable

LANGUAGES = ["French", "বাংলা", "हिन्दी", "العربية", "日本語", "한국어", "$5_a^b", None]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def blobs():
    return make_blobs(40, n_features=5, centers=3, random_state=0)


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_map_draws_every_track_once_in_each_panel(blobs, tmp_path):
    Z, labels = blobs
    languages = [LANGUAGES[i % len(LANGUAGES)] for i in range(40)]
    display = MapDisplay.from_predictions(Z, {"cluster": labels, "language": languages}, random_state=0)
    for ax in display.axes_:
        points = np.concatenate([collection.get_offsets() for collection in ax.collections])
        assert sorted(map(tuple, points)) == sorted(map(tuple, display.points))
        assert sum(int(text.rpartition("(")[2][:-1]) for text in legend(ax)) == 40
    assert legend(display.axes_[0]) == ["0 (14)", "1 (13)", "2 (13)"]
    assert "missing (5)" in legend(display.axes_[1])
    display.figure_.savefig(tmp_path / "map.png")  # glyphs are looked up here: a warning is an error


def test_map_folds_rare_values_and_keeps_the_order_of_categories():
    values = pd.Categorical(["b"] * 5 + ["a"] * 5 + list("cdef") + [None], categories=list("bafedcx"))
    display = MapDisplay(np.zeros((15, 2)), {"genre": values}).plot(max_values=2)
    assert legend(display.axes_[0]) == ["b (5)", "a (5)", "4 others (4)", "missing (1)"]


@pytest.mark.parametrize("missing", [None, np.nan, "", "  "])
def test_map_knows_one_way_to_be_missing(missing):
    display = MapDisplay(np.zeros((3, 2)), {"genre": ["jazz", missing, "jazz"]}).plot()
    assert legend(display.axes_[0]) == ["jazz (2)", "missing (1)"]


def test_map_leaves_out_rows_without_a_latent(blobs):
    Z, labels = blobs
    Z[3], labels[3], labels[4] = np.nan, -1, -1
    display = MapDisplay.from_predictions(Z[:12], {"cluster": labels[:12]})
    assert len(display.points) == 11
    assert "missing (1)" in legend(display.axes_[0])


def test_map_of_a_pipeline_shows_what_enters_the_clusterer(blobs):
    X, _ = blobs
    for clusterer in (KMeans(3, random_state=0), AgglomerativeClustering(3)):
        pipeline = make_pipeline(PCA(2), clusterer).fit(X[:12])
        display = MapDisplay.from_estimator(pipeline, X[:12], {"genre": ["x"] * 12})
        np.testing.assert_allclose(np.abs(display.points), np.abs(pipeline[0].transform(X[:12])))
        np.testing.assert_array_equal(display.groups["cluster"], pipeline[-1].labels_)


def test_map_draws_on_given_axes(blobs):
    Z, labels = blobs
    _, axes = plt.subplots(1, 2)
    display = MapDisplay.from_predictions(Z[:10], {"a": labels[:10], "b": labels[:10]}, axes=axes)
    assert list(display.axes_) == list(axes)


@pytest.mark.parametrize("n", [1, 2, 14])
@pytest.mark.parametrize("width", [1, 2, 6])
def test_plane_of_few_rows_is_pca(n, width):
    points, method = embed_plane(np.arange(n * width, dtype=float).reshape(n, width) ** 2)
    assert points.shape == (n, 2)
    assert method == "PCA"
    assert np.isfinite(points).all()


def test_plane_keeps_neighbours_is_reproducible_and_leaves_the_global_state(blobs):
    Z, labels = blobs
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    points, method = embed_plane(Z, random_state=0)
    assert method == "UMAP"
    np.testing.assert_array_equal(points, embed_plane(Z, random_state=0)[0])
    np.testing.assert_array_equal(state, np.random.get_state()[1])  # noqa: NPY002
    nearest = [labels[np.argsort(((points - point) ** 2).sum(axis=1))[1]] for point in points]
    assert np.mean(nearest == labels) > 0.9


def test_plane_of_a_collapsed_latent_is_one_point():
    assert not embed_plane(np.ones((30, 4)))[0].any()


def test_text_without_a_font_is_named_by_its_script(monkeypatch):
    monkeypatch.setattr(plots_text, "_families", lambda: {plots_text.DEFAULT: "unused"})
    monkeypatch.setattr(plots_text, "_letters", lambda family: frozenset(range(32, 127)))
    names, families = drawable(["Jazz", "বাংলা", "বাউল", "日本語", "a$b"])
    assert names == {
        "Jazz": "Jazz", "বাংলা": "[Bengali 1]", "বাউল": "[Bengali 2]", "日本語": "[Cjk 1]", "a$b": r"a\$b",
    }  # fmt: skip
    assert families == [plots_text.DEFAULT]


def test_a_second_font_is_used_where_it_has_the_letters(monkeypatch):
    fonts = {plots_text.DEFAULT: set(range(32, 127)), "Other": {ord(c) for c in "বাংলা"}}
    monkeypatch.setattr(plots_text, "_families", lambda: fonts)
    monkeypatch.setattr(plots_text, "_letters", lambda family: frozenset(fonts[family]))
    assert drawable(["বাংলা"]) == ({"বাংলা": "বাংলা"}, [plots_text.DEFAULT, "Other"])


HISTORY = [
    {
        "epoch": epoch,
        "kl_weight": min(1, epoch / 4),
        "active_units": epoch,
        **{f"{half}_{part}": 1.0 / epoch for half in ("train", "valid") for part in ("reconstruction", "kl", "elbo")},
    }
    for epoch in range(1, 9)
]


def test_history_draws_both_halves_and_the_warm_up():
    display = HistoryDisplay.from_history(HISTORY)
    assert len(display.axes_) == 4
    first = display.axes_[0]
    assert [line.get_label() for line in first.lines] == ["training", "held out"]
    assert first.patches[0].get_x() + first.patches[0].get_width() == 3


def test_history_of_a_pipeline_is_that_of_its_last_step_with_one():
    pipeline = make_pipeline(PCA(2), KMeans(2)).fit(np.eye(4))
    with pytest.raises(ValueError, match="no history_"):
        HistoryDisplay.from_estimator(pipeline)
    pipeline[0].history_ = HISTORY
    assert HistoryDisplay.from_estimator(pipeline).history is HISTORY


def test_history_draws_what_is_recorded_only():
    assert len(HistoryDisplay.from_history([{"train_kl": 1.0}, {"train_kl": np.nan}]).axes_) == 1
    with pytest.raises(ValueError, match="nothing of"):
        HistoryDisplay.from_history([{"dur": 1.0}])


def test_history_goes_on_through_the_phases():
    phases = [{"phase": phase, **row} for phase in ("vae", "guided") for row in HISTORY]
    ax = HistoryDisplay.from_history(phases).axes_[0]
    assert list(ax.lines[0].get_xdata()) == list(range(1, 17))
    assert [text.get_text() for text in ax.texts] == ["guided"]
