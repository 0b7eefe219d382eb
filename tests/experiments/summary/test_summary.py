"""Summary of a comparison: ranks, intervals and differences from baselines."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from skvae.experiments.summary._significance import half_width
from skvae.experiments.summary._summary import format_seeds, summarize

scores = st.lists(st.floats(0, 1), min_size=6, max_size=6)


def select(summary, representation, clusterer="kmeans"):
    rows = summary[(summary["representation"] == representation) & (summary["clusterer"] == clusterer)]
    assert len(rows) == 1
    return rows.iloc[0]


@settings(deadline=None, max_examples=15)
@given(values=st.lists(scores, min_size=2, max_size=4), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_summary(long_table, values, order):
    table = long_table({f"m{i}": value for i, value in enumerate(values)})
    shuffled = order.sample(range(len(table)), len(table))
    expected = summarize(table, baselines=["m0"])
    pd.testing.assert_frame_equal(summarize(table.iloc[shuffled], baselines=["m0"]), expected, check_exact=True)


@settings(deadline=None, max_examples=15)
@given(values=st.lists(st.integers(0, 100), min_size=6, max_size=12, unique=True), gain=st.integers(1, 50))
def test_a_constant_gain_with_every_seed_is_significant(long_table, values, gain):
    base = np.array(values) / 100
    summary = summarize(long_table({"PCA": base, "VAE": base + gain / 100}), baselines=["PCA"])
    vae = select(summary, "VAE")
    assert vae["rank"] == 1
    assert vae["gain"] == pytest.approx(gain / 100)
    assert vae["p_baseline"] == select(summary, "PCA")["p_best"] == pytest.approx(2.0 ** (1 - len(values)))
    assert vae["p_baseline"] < 0.05


@settings(deadline=None, max_examples=15)
@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=14), noise=st.floats(0, 1e-12))
def test_identical_methods_are_never_significantly_different(long_table, values, noise):
    summary = summarize(long_table({"PCA": values, "VAE": np.array(values) + noise}), baselines=["PCA"])
    p = summary[["p_best", "p_baseline"]].to_numpy(dtype=float)
    assert not (p < 1).any()


def test_scores_equal_with_every_seed_are_not_tested(long_table):
    summary = summarize(long_table({"raw": [0.2] * 10, "PCA": [0.3] * 10}), baselines=["raw"])
    assert select(summary, "PCA")["rank"] == 1
    assert np.isnan(select(summary, "PCA")["p_baseline"])
    assert np.isnan(select(summary, "raw")["p_best"])


def test_lower_is_better_for_davies_bouldin(long_table):
    table = long_table({"a": [1.0, 2.0], "b": [3.0, 4.0]}, metric="davies_bouldin", label="", space="input")
    assert summarize(table)["representation"].tolist() == ["a", "b"]
    assert select(summarize(table, baselines=["b"]), "a")["gain"] == 2


@pytest.mark.parametrize("space", ["latent", "umap"])
def test_separate_spaces_are_ranked_within_a_representation(long_table, space):
    of_space = {"metric": "silhouette", "label": "", "space": space}
    table = pd.concat(
        [
            long_table({"PCA": [0.1, 0.2], "VAE": [0.8, 0.9]}, **of_space),
            long_table({"PCA": [0.3, 0.4], "VAE": [0.5, 0.6]}, clusterer="gmm", **of_space),
            long_table({"PCA": [0.2, 0.3], "VAE": [0.1, 0.2]}, metric="silhouette", label="", space="input"),
        ]
    )
    summary = summarize(table, baselines=["PCA"])
    own = summary[summary["space"] == space]
    ranks = own.set_index(["representation", "clusterer"])["rank"].to_dict()
    assert ranks == {("PCA", "gmm"): 1, ("PCA", "kmeans"): 2, ("VAE", "kmeans"): 1, ("VAE", "gmm"): 2}
    assert own["baseline"].eq("").all()
    common = summary[summary["space"] == "input"].set_index("representation")
    assert common["rank"].to_dict() == {"PCA": 1, "VAE": 2}


def test_a_single_method_and_a_metric_without_direction_have_no_rank(long_table):
    assert summarize(long_table({"a": [0.1, 0.2]}))["rank"].isna().all()
    table = long_table({"a": [0.1, 0.2], "b": [0.2, 0.3]}, metric="no_such_metric")
    assert summarize(table)["rank"].isna().all()


def test_leaked_scores_have_no_rank(long_table):
    table = pd.concat([long_table({"PCA": [0.1] * 6, "VAE": [0.2] * 6}), long_table({"cVAE": [0.9] * 6}, leaked=True)])
    summary = summarize(table, baselines=["PCA"])
    assert summary["representation"].tolist() == ["VAE", "PCA", "cVAE"]
    leaked = select(summary, "cVAE")
    assert leaked["leaked"]
    assert pd.isna(leaked["rank"])
    assert np.isnan(leaked["p_best"])
    assert select(summary, "VAE")["rank"] == 1


def test_the_baseline_is_the_strongest_one_with_the_same_clusterer(long_table):
    table = pd.concat(
        [
            long_table({"raw": [0.3, 0.31], "PCA": [0.2, 0.21], "VAE": [0.4, 0.41]}),
            long_table({"raw": [0.1, 0.11], "PCA": [0.5, 0.51], "VAE": [0.4, 0.45]}, clusterer="gmm"),
            long_table({"VaDE": [0.6, 0.7]}, clusterer=""),
        ]
    )
    summary = summarize(table, baselines=["raw", "PCA"])
    assert select(summary, "VAE")["baseline"] == "raw + kmeans"
    assert select(summary, "VAE", "gmm")["baseline"] == "PCA + gmm"
    assert select(summary, "VaDE", "")["baseline"] == "PCA + gmm"
    assert select(summary, "VAE")["gain"] == pytest.approx(0.1)
    assert summary.loc[summary["representation"] == "raw", "baseline"].eq("").all()


def test_seeds_with_missing_values_are_ignored(long_table):
    table = long_table({"a": [0.1, np.nan, 0.3], "b": [np.nan] * 3, "c": [0.2, 0.5, 0.6]})
    summary = summarize(table)
    assert select(summary, "a")["n_seeds"] == 2
    assert select(summary, "a")["seeds"] == "0, 2"
    assert select(summary, "a")["mean"] == pytest.approx(0.2)
    assert select(summary, "b")["n_seeds"] == 0
    assert pd.isna(select(summary, "b")["rank"])
    assert select(summary, "c")["seeds"] == "0-2"


def test_the_interval_is_students(long_table):
    values = [0.1, 0.4, 0.2, 0.35]
    expected = ttest_1samp(values, 0).confidence_interval(0.9)
    row = select(summarize(long_table({"a": values}), confidence=0.9), "a")
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))
    assert np.isnan(half_width(np.nan, 1))


def test_seeds_are_formatted_as_ranges():
    assert format_seeds([3, 0, 1, 2, 7, 9, 10]) == "0-3, 7, 9-10"
    assert format_seeds([]) == ""


def test_a_table_read_from_csv_gives_the_same_summary(long_table, tmp_path):
    table = long_table({"a": [0.1, 0.2], "b": [0.2, 0.4]}, label="", metric="silhouette", space="input")
    table.to_csv(tmp_path / "long.csv", index=False)
    pd.testing.assert_frame_equal(summarize(pd.read_csv(tmp_path / "long.csv")), summarize(table))


def test_invalid_tables_raise_errors(long_table):
    table = long_table({"a": [0.1, 0.2]})
    with pytest.raises(ValueError, match=r"no columns \['seed'\]"):
        summarize(table.drop(columns="seed"))
    with pytest.raises(ValueError, match="2 duplicate rows, the first with study='toy'"):
        summarize(pd.concat([table, table]))
    with pytest.raises(ValueError, match="no rows"):
        summarize(table.iloc[:0])
    with pytest.raises(ValueError, match="confidence=95"):
        summarize(table, confidence=95)
