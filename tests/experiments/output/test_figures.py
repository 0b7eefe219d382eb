"""Figures of a comparison as files."""

import numpy as np
import pandas as pd
import pytest

from skvae.experiments import Comparison, compare, sweep_beta, write_figures


@pytest.fixture(scope="module")
def comparison():
    rng = np.random.default_rng(0)
    genre = np.repeat(["rock", "জাজ"], 7)
    X = rng.normal(size=(14, 4)) + (genre == "rock")[:, None]
    return compare(X, ["raw", "pca"], ["kmeans", "gmm"], labels={"genre": genre}, n_clusters=2, latent_dim=2, seeds=2)


def test_each_figure_is_a_file(comparison, tmp_path):
    paths = write_figures(comparison, tmp_path / "figures", formats=["png", "pdf"], dpi=40)
    names = ["study_genre", "bars_genre_by_representation", "bars_genre_by_clusterer", "heatmap", "maps"]
    assert [path.name for path in paths] == [f"{name}.{suffix}" for name in names for suffix in ("png", "pdf")]
    assert all(path.stat().st_size > 1000 for path in paths)


def test_only_studies_with_several_betas_have_a_sweep(comparison, long_table, tmp_path):
    sweep = long_table({"beta-vae-1": [0.1, 0.2], "beta-vae-4": [0.2, 0.4]})
    table = pd.concat([comparison.table_, sweep])
    merged = Comparison(table, comparison.errors_, comparison.warnings_, comparison.known_.iloc[:0])
    paths = [path.relative_to(tmp_path).as_posix() for path in write_figures(merged, tmp_path, dpi=40)]
    assert "toy/beta.png" in paths
    assert "study/heatmap.png" in paths
    assert "study/beta.png" not in paths
    assert not [path for path in paths if "maps" in path]  # no latents


def test_the_sweep_without_betas_is_empty(comparison):
    assert not len(sweep_beta(comparison.table_))


def test_a_single_method_has_only_bars(long_table, tmp_path):
    empty = pd.DataFrame(columns=["study", "representation", "clusterer", "seed", "reason"])
    lone = Comparison(long_table({"pca": [0.1, 0.2]}), empty, empty, pd.DataFrame())
    names = [path.stem for path in write_figures(lone, tmp_path, dpi=40)]
    assert names == ["bars_genre_by_representation", "bars_genre_by_clusterer"]
