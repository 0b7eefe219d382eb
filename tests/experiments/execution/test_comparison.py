"""Stored results of a comparison: latent representations, labels, files, models and merging."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from skvae import load
from skvae.experiments import Comparison, compare
from skvae.experiments.summary._long_table import TABLE_COLUMNS


class Fails(BaseEstimator):
    """Transformer whose fit fails."""

    def fit(self, X, y=None):
        raise RuntimeError("out of\nluck")

    def transform(self, X):
        return X


@pytest.fixture(scope="module")
def study(songs, tmp_path_factory, options):
    """Saved comparison of built-in and own representations and clusterers."""
    return compare(
        songs,
        ["raw", "vae", "conditional-vae", ("own pca", make_pipeline(PCA(2)))],
        ["kmeans", "hdbscan", ("three", KMeans(3, n_init=1))],
        condition="language",
        out_dir=tmp_path_factory.mktemp("study"),
        keep=True,
        **options | {"seeds": 2},
    )


def test_the_long_table_has_one_row_per_score(study):
    table = study.table_
    assert table.columns.tolist() == TABLE_COLUMNS
    assert not table.duplicated(["representation", "clusterer", "seed", "label", "metric", "space"]).any()
    assert set(table["study"]) == {"study"}
    assert set(table["n_rows"]) == {48}
    scores = table[table["clusterer"] != ""]
    assert set(scores.loc[scores["label"] != "", "space"]) == {""}
    assert set(scores.loc[scores["label"] == "", "space"]) == {"input", "latent"}
    assert set(table.loc[table["clusterer"] == "", "space"]) == {"latent"}


def test_single_blocks_are_added_to_the_representations(study):
    names = study.table_["representation"].unique().tolist()
    assert names[:3] == ["raw", "raw@audio", "raw@lyrics"]
    assert {"vae@audio", "vae@lyrics", "conditional-vae-language@audio", "own pca@audio"} <= set(names)


def test_rows_without_the_block_have_no_cluster(study, songs):
    without_lyrics = songs["lyrics__0"].isna().to_numpy()
    for name in ("raw@lyrics", "vae@lyrics"):
        assert (np.isnan(study.latent(name, 0)).all(axis=1) == without_lyrics).all()
        assert ((study.labels(name, "kmeans", 0) == -1) == without_lyrics).all()
    row = study.table_.query("representation == 'vae@lyrics' and clusterer == 'kmeans'").iloc[0]
    assert row["n_noise"] == without_lyrics.sum()


def test_scores_on_the_condition_are_leaked(study):
    given = study.table_["representation"].str.startswith("conditional") & (study.table_["label"] == "language")
    assert given.any()
    assert (study.table_["leaked"] == given).all()


def test_every_score_has_a_chance_level(study):
    scores = study.table_[study.table_["label"] != ""].dropna(subset="value")
    assert scores["chance"].notna().all()
    assert scores.query("metric == 'ami'")["chance"].abs().max() < 0.2
    assert (scores.query("metric == 'purity' and label == 'genre'")["chance"] >= 1 / 3).all()


def test_a_failed_fit_gives_a_reason_and_nan_scores(study, songs, options):
    reasons = study.errors_.set_index("representation")["reason"]
    assert reasons["own pca"].str.contains("NaN").all()  # PCA does not accept missing values
    comparison = compare(songs, [("broken", Fails()), "raw"], [("bad", Fails()), "kmeans"], alone=False, **options)
    broken, bad = comparison.errors_.to_dict("records")
    assert (broken["representation"], broken["clusterer"], broken["seed"]) == ("broken", "", 0)
    assert broken["reason"] == "RuntimeError: out of luck"
    assert (bad["representation"], bad["clusterer"]) == ("raw", "bad")
    values = comparison.table_[comparison.table_["clusterer"] != ""].groupby(["representation", "clusterer"])["value"]
    assert values.count().to_dict() == {
        ("broken", "bad"): 0,
        ("broken", "kmeans"): 0,
        ("raw", "bad"): 0,
        ("raw", "kmeans"): 6,
    }
    assert set(values.size()) == {6}
    assert "1 latent representations and 1 clusterings failed" in comparison.describe()
    with pytest.raises(KeyError, match="broken"):
        comparison.latent("broken", 0)


def test_warnings_of_fits_are_recorded(study):
    assert study.warnings_["reason"].str.contains("units are active|columns of the data|No row").any()
    assert set(study.warnings_["representation"]) <= set(study.table_["representation"])


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_equal_seeds_give_equal_tables(study, songs, n_jobs, without_seconds, options):
    loaded = compare(
        songs,
        ["vae", "conditional-vae"],
        ["kmeans", ("three", KMeans(3, n_init=1))],
        condition=["language"],
        n_jobs=n_jobs,
        **options,
    )
    table = without_seconds(study).query("seed == 0 and clusterer != 'hdbscan'")
    table = table[table["representation"].str.contains("vae")].reset_index(drop=True)
    pd.testing.assert_frame_equal(table, without_seconds(loaded))


def test_a_saved_comparison_loads_unchanged(study):
    folder = study.store_.folder.parents[1]
    loaded = Comparison.load(folder)
    pd.testing.assert_frame_equal(loaded.table_, study.table_, check_dtype=False)
    pd.testing.assert_frame_equal(loaded.errors_, study.errors_, check_dtype=False)
    assert loaded.known_.to_dict() == study.known_.to_dict()
    assert loaded.describe() == study.describe()
    assert (loaded.labels("vae", "kmeans", 1) == study.labels("vae", "kmeans", 1)).all()


def test_kept_models_compute_the_stored_latent_representations(study, songs):
    runs = study.store_.folder.parents[1] / "runs"
    model = load(runs / "vae" / "1" / "model.skvae")
    with np.load(runs / "vae" / "1" / "latent.npz") as file:
        assert_allclose(model.transform(songs.filter(like="__").astype(np.float32)), file["latent"], rtol=1e-5)
    assert len(pd.read_csv(runs / "vae" / "1" / "history.csv")) == 2  # epochs
    labels = pd.read_csv(runs / "vae" / "1" / "labels.csv")
    assert (labels["kmeans"] == study.labels("vae", "kmeans", 1)).all()
    assert "own pca" not in [path.name for path in runs.iterdir()]


def test_merge_joins_seeds_and_studies(songs, without_seconds, options):
    setup = options | {"alone": False}
    parts = [compare(songs, ["vae"], **setup | {"seeds": [seed]}) for seed in (0, 1)]
    joint = compare(songs, ["vae"], **setup | {"seeds": 2})
    merged = Comparison.merge([*parts, parts[0]])
    keys = ["clusterer", "seed", "label", "metric", "space"]
    ours, theirs = (without_seconds(one).sort_values(keys, ignore_index=True) for one in (merged, joint))
    pd.testing.assert_frame_equal(ours, theirs)
    with pytest.raises(ValueError, match="Give the studies different names"):
        Comparison.merge([parts[0], compare(songs, ["vae"], **setup | {"latent_dim": 3})])
