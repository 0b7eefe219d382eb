"""The summary of a comparison: what it ranks, what it refuses to rank, and when a difference counts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, ttest_1samp, wilcoxon

from skvae.experiments.summary._significance import holm, paired_test, seeds_needed
from skvae.experiments.summary._summary import half_width, spell_seeds, summarize

scores = st.lists(st.floats(0, 1), min_size=6, max_size=6)


def of(summary, representation, clusterer="kmeans"):
    rows = summary[(summary["representation"] == representation) & (summary["clusterer"] == clusterer)]
    assert len(rows) == 1
    return rows.iloc[0]


@settings(deadline=None, max_examples=15)
@given(values=st.lists(scores, min_size=2, max_size=4), order=st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(long_table, values, order):
    table = long_table({f"m{i}": value for i, value in enumerate(values)})
    shuffled = order.sample(range(len(table)), len(table))
    expected = summarize(table, baselines=["m0"])
    pd.testing.assert_frame_equal(summarize(table.iloc[shuffled], baselines=["m0"]), expected, check_exact=True)


@settings(deadline=None, max_examples=15)
@given(values=st.lists(st.integers(0, 100), min_size=6, max_size=12, unique=True), gain=st.integers(1, 50))
def test_a_constant_added_on_every_seed_wins(long_table, values, gain):
    base = np.array(values) / 100
    summary = summarize(long_table({"PCA": base, "VAE": base + gain / 100}), baselines=["PCA"])
    vae = of(summary, "VAE")
    assert vae["rank"] == 1
    assert vae["gain"] == pytest.approx(gain / 100)
    assert vae["p_baseline"] == of(summary, "PCA")["p_best"] == pytest.approx(2.0 ** (1 - len(values)))
    assert vae["p_baseline"] < 0.05


@settings(deadline=None, max_examples=15)
@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=14), noise=st.floats(0, 1e-12))
def test_identical_methods_are_never_significant(long_table, values, noise):
    summary = summarize(long_table({"PCA": values, "VAE": np.array(values) + noise}), baselines=["PCA"])
    p = summary[["p_best", "p_baseline"]].to_numpy(dtype=float)
    assert not (p < 1).any()


@settings(deadline=None, max_examples=25)
@given(differences=st.lists(st.integers(-8, 8), min_size=2, max_size=10))
def test_paired_test_is_the_exact_sign_flip_test(differences):
    """Against all signs of the ranks, written out."""
    d = np.array([x for x in differences if x], dtype=float)
    if not len(d) or not np.ptp(differences):
        return
    ranks = rankdata(np.abs(d))
    signs = np.array(np.meshgrid(*[[0, 1]] * len(d))).reshape(len(d), -1)
    null, found = ranks @ signs, ranks @ (d > 0)
    p = 2 * min((null <= found).mean(), (null >= found).mean())
    assert paired_test(differences, np.zeros(len(differences))) == pytest.approx(min(p, 1))


def test_methods_that_no_seed_changes_hold_no_evidence(long_table):
    summary = summarize(long_table({"raw": [0.2] * 10, "PCA": [0.3] * 10}), baselines=["raw"])
    assert of(summary, "PCA")["rank"] == 1
    assert np.isnan(of(summary, "PCA")["p_baseline"])
    assert np.isnan(of(summary, "raw")["p_best"])


def test_five_seeds_show_no_difference_six_do():
    assert paired_test(np.arange(5) + 1, np.zeros(5)) == 0.0625
    assert paired_test(np.arange(6) + 1, np.zeros(6)) == 0.03125
    for m in (1, 2, 7, 100):
        n = seeds_needed(m)
        assert 2.0 ** (1 - n) * m <= 0.05 < 2.0 ** (2 - n) * m
    with pytest.raises(ValueError, match="n_comparisons=0"):
        seeds_needed(0)


def test_holm_is_between_the_p_and_bonferronis():
    p = np.array([0.001, 0.02, 0.04, 0.5])
    np.testing.assert_allclose(holm(p), [0.004, 0.06, 0.08, 0.5])
    np.testing.assert_allclose(holm(p[::-1]), [0.5, 0.08, 0.06, 0.004])
    assert holm([]).size == 0


def test_lower_is_better_where_it_is(long_table):
    table = long_table({"a": [1.0, 2.0], "b": [3.0, 4.0]}, metric="davies_bouldin", label="", space="input")
    assert summarize(table)["representation"].tolist() == ["a", "b"]
    assert of(summarize(table, baselines=["b"]), "a")["gain"] == 2


@pytest.mark.parametrize("space", ["latent", "umap"])
def test_other_spaces_are_not_ranked_with_each_other(long_table, space):
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


def test_a_lone_method_and_a_metric_without_direction_have_no_rank(long_table):
    assert summarize(long_table({"a": [0.1, 0.2]}))["rank"].isna().all()
    table = long_table({"a": [0.1, 0.2], "b": [0.2, 0.3]}, metric="no_such_metric")
    assert summarize(table)["rank"].isna().all()


def test_leaked_scores_have_no_rank(long_table):
    table = pd.concat([long_table({"PCA": [0.1] * 6, "VAE": [0.2] * 6}), long_table({"cVAE": [0.9] * 6}, leaked=True)])
    summary = summarize(table, baselines=["PCA"])
    assert summary["representation"].tolist() == ["VAE", "PCA", "cVAE"]
    leaked = of(summary, "cVAE")
    assert leaked["leaked"]
    assert pd.isna(leaked["rank"])
    assert np.isnan(leaked["p_best"])
    assert of(summary, "VAE")["rank"] == 1


def test_baseline_is_the_strongest_with_the_same_clusterer(long_table):
    table = pd.concat(
        [
            long_table({"raw": [0.3, 0.31], "PCA": [0.2, 0.21], "VAE": [0.4, 0.41]}),
            long_table({"raw": [0.1, 0.11], "PCA": [0.5, 0.51], "VAE": [0.4, 0.45]}, clusterer="gmm"),
            long_table({"VaDE": [0.6, 0.7]}, clusterer=""),
        ]
    )
    summary = summarize(table, baselines=["raw", "PCA"])
    assert of(summary, "VAE")["baseline"] == "raw + kmeans"
    assert of(summary, "VAE", "gmm")["baseline"] == "PCA + gmm"
    assert of(summary, "VaDE", "")["baseline"] == "PCA + gmm"
    assert of(summary, "VAE")["gain"] == pytest.approx(0.1)
    assert summary.loc[summary["representation"] == "raw", "baseline"].eq("").all()


def test_values_that_are_missing_leave_the_seed_out(long_table):
    table = long_table({"a": [0.1, np.nan, 0.3], "b": [np.nan] * 3, "c": [0.2, 0.5, 0.6]})
    summary = summarize(table)
    assert of(summary, "a")["n_seeds"] == 2
    assert of(summary, "a")["seeds"] == "0, 2"
    assert of(summary, "a")["mean"] == pytest.approx(0.2)
    assert of(summary, "b")["n_seeds"] == 0
    assert pd.isna(of(summary, "b")["rank"])
    assert of(summary, "c")["seeds"] == "0-2"


def test_interval_is_students(long_table):
    values = [0.1, 0.4, 0.2, 0.35]
    expected = ttest_1samp(values, 0).confidence_interval(0.9)
    row = of(summarize(long_table({"a": values}), confidence=0.9), "a")
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))
    assert np.isnan(half_width(np.nan, 1))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(-99, 99).filter(bool), min_size=2, max_size=30, unique_by=abs))
def test_paired_test_agrees_with_scipy_where_no_differences_are_equal(differences):
    assert paired_test(differences, np.zeros(len(differences))) == pytest.approx(wilcoxon(differences).pvalue)


def test_seeds_are_spelled_as_ranges():
    assert spell_seeds([3, 0, 1, 2, 7, 9, 10]) == "0-3, 7, 9-10"
    assert spell_seeds([]) == ""


def test_a_table_read_back_from_csv_gives_the_same(long_table, tmp_path):
    table = long_table({"a": [0.1, 0.2], "b": [0.2, 0.4]}, label="", metric="silhouette", space="input")
    table.to_csv(tmp_path / "long.csv", index=False)
    pd.testing.assert_frame_equal(summarize(pd.read_csv(tmp_path / "long.csv")), summarize(table))


def test_errors_name_what_is_wrong(long_table):
    table = long_table({"a": [0.1, 0.2]})
    with pytest.raises(ValueError, match=r"lacks \['seed'\]"):
        summarize(table.drop(columns="seed"))
    with pytest.raises(ValueError, match="2 rows stand twice, the first at study='toy'"):
        summarize(pd.concat([table, table]))
    with pytest.raises(ValueError, match="no rows"):
        summarize(table.iloc[:0])
    with pytest.raises(ValueError, match="confidence=95"):
        summarize(table, confidence=95)
