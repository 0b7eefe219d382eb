"""Effects of single steps in tables with known effects."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.experiments import measure_effects

BASE = np.linspace(0.20, 0.27, 8)
WAVE = 0.004 * np.array([1, -1, 1, -1, 1, 1, -1, -1])


def index_effects(table, label="genre", metric="ami"):
    return measure_effects(table, label, metric).set_index(["effect", "setting"])


def test_each_effect_compares_methods_that_differ_in_one_step(long_table):
    table = pd.concat(
        [
            long_table(
                {
                    "vae": BASE,
                    "vae@audio": BASE - 0.1,
                    "vae@lyrics": BASE + WAVE,
                    "beta-vae-1": BASE,
                    "beta-vae-4": BASE + 0.2,
                    "beta-vae-10": BASE - 0.2,
                    "conditional-vae-language": BASE + 0.3,
                }
            ),
            long_table({"vae": BASE + 0.2, "pca": BASE}, clusterer="kmeans@umap"),
        ]
    )
    effects = index_effects(table)
    assert effects.index.tolist() == [
        ("fusion", ""), ("lyrics", ""), ("umap", ""), ("beta", "4"), ("beta", "10"), ("condition", "language"),
    ]  # fmt: skip
    expected = {
        ("fusion", ""): (-WAVE.mean(), "no difference"),  # the better block is lyrics
        ("lyrics", ""): (0.1, "better"),
        ("umap", ""): (0.2, "better"),
        ("beta", "4"): (0.2, "better"),
        ("beta", "10"): (-0.2, "worse"),
        ("condition", "language"): (0.3, "better"),
    }
    for name, (difference, verdict) in expected.items():
        assert effects.loc[name, "difference"] == pytest.approx(difference), name
        assert effects.loc[name, "verdict"] == verdict, name
    assert (effects["n_pairs"] == 1).all()


def test_a_significant_test_with_overlapping_intervals_is_no_difference(long_table):
    effect = index_effects(long_table({"vae": BASE, "beta-vae-4": BASE + 0.01})).loc["beta", "4"]
    assert effect["p"] < 0.05
    assert effect["low"] > 0
    assert effect["verdict"] == "no difference"


def test_disjoint_intervals_with_five_seeds_are_no_difference(long_table):
    effect = index_effects(long_table({"vae": BASE[:5], "beta-vae-4": BASE[:5] + 0.5})).loc["beta", "4"]
    assert effect["p"] == 0.0625
    assert effect["verdict"] == "no difference"


def test_lower_is_better_for_davies_bouldin(long_table):
    table = long_table({"vae": BASE, "beta-vae-4": BASE - 0.1}, label="", metric="davies_bouldin", space="input")
    effect = index_effects(table, "", "davies_bouldin").loc["beta", "4"]
    assert effect["difference"] == pytest.approx(0.1)
    assert effect["verdict"] == "better"


def test_leaked_pairs_are_excluded_or_marked(long_table):
    fair = long_table({"vae": BASE, "vae@audio": BASE, "conditional-vae-genre@audio": BASE})
    leaked = long_table({"conditional-vae-genre": BASE + 0.5}, leaked=True)
    effect = index_effects(pd.concat([fair, leaked])).loc["condition", "genre"]
    assert effect["n_pairs"] == 1
    assert effect["difference"] == pytest.approx(0)
    fair = long_table({"vae": BASE})
    effect = index_effects(pd.concat([fair, leaked])).loc["condition", "genre"]
    assert effect["verdict"] == "leaked"
    assert np.isnan(effect["p"])


def test_pairs_are_averaged_over_their_common_seeds(long_table):
    table = pd.concat(
        [
            long_table({"vae": [0.1, 0.2, np.nan], "pca": [0.3, 0.4, 0.5], "raw": [np.nan] * 3}),
            long_table({"vae": [0.2, 0.4, 0.9], "pca": [0.3, 0.5, 0.9], "raw": [0.1] * 3}, clusterer="kmeans@umap"),
        ]
    )
    effect = index_effects(table).loc["umap", ""]
    assert (effect["n_pairs"], effect["n_better"], effect["n_seeds"]) == (2, 2, 2)
    assert effect["mean_with"] == pytest.approx((0.25 + 0.45) / 2)
    assert effect["difference"] == pytest.approx((0.05 + 0.15) / 2)


@settings(deadline=None, max_examples=10)
@given(values=st.lists(st.floats(0, 1), min_size=2, max_size=9))
def test_a_step_without_effect_is_no_difference(long_table, values):
    effects = index_effects(
        long_table({"vae": values, "beta-vae-4": values, "vae@audio": values, "vae@lyrics": values})
    )
    assert set(effects["verdict"]) == {"no difference"}


def test_a_table_without_pairs_has_no_effects(long_table):
    assert not len(measure_effects(long_table({"pca": BASE, "vae": BASE}), "genre"))
    with pytest.raises(ValueError, match="no scores of the metric 'ami' with the label 'mood'"):
        measure_effects(long_table({"pca": BASE}), "mood")
    with pytest.raises(ValueError, match="must contain one study, got a, toy"):
        measure_effects(pd.concat([long_table({"p": BASE}), long_table({"p": BASE}, study="a")]), "genre")
