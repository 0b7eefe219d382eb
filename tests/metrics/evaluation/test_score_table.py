"""Tables of scores rank only comparable scores."""

import pickle

import numpy as np
import pandas as pd
import pytest

from skvae.metrics import (
    METRICS,
    ScoreTable,
    SpaceError,
    evaluate_clusters,
)

FEW = {"n_permutations": 30, "n_resamples": 60}
WITH_LABELS = [name for name, metric in METRICS.items() if metric.needs_labels]
INTERNAL = [name for name in METRICS if name not in WITH_LABELS]


@pytest.fixture(scope="module")
def two_latents(blobs):
    X, y, pred = blobs
    return pd.concat(
        [
            evaluate_clusters(pred, y, {"latent": Z, "input": X}, method=method, names=["ami", *INTERNAL], **FEW)
            for method, Z in (("vae", X[:, :2]), ("pca", X[:, 2:]))
        ],
        ignore_index=True,
    )


def test_scores_of_different_latent_spaces_are_not_ranked(two_latents):
    table = two_latents
    assert isinstance(table, ScoreTable)
    for metric in INTERNAL:
        with pytest.raises(SpaceError, match="Scores of 3 different spaces"):
            table.ranking(metric)
    latent = table[table["space"] == "latent"]
    silhouettes = latent[latent["metric"] == "silhouette"]
    for refused in (
        lambda: latent.ranking("silhouette"),
        lambda: silhouettes.sort_values("value"),
        lambda: silhouettes.sort_values(["metric", "space", "value"]),
        lambda: silhouettes.nlargest(1, "value"),
        lambda: silhouettes.nsmallest(1, ["value"]),
    ):
        with pytest.raises(
            SpaceError, match=r"Scores of 2 different spaces \(latent #\w{8}, latent #\w{8}\) are not comparable"
        ):
            refused()
    kept = silhouettes.sort_values(["space_id", "value"])
    assert len(kept) == 2
    assert latent.sort_values("method")["method"].is_monotonic_increasing


def test_scores_of_one_space_and_of_labels_are_ranked(two_latents):
    table = two_latents
    here = table[table["space"] == "input"]
    for metric in INTERNAL:
        ranking = here.ranking(metric)
        assert ranking["rank"].tolist() == [1, 1]  # the same clusters
    assert table.ranking("ami", label="label")["rank"].tolist() == [1, 1]
    assert len(here[here["metric"] == "silhouette"].nlargest(1, "value")) == 1


def test_single_and_double_precision_are_the_same_space():
    X, names = np.array([[0.1], [1.7], [5.3]]), ["silhouette"]
    tables = [evaluate_clusters([0, 0, 1], None, {"input": X.astype(kind)}, names=names) for kind in ("f4", "f8")]
    assert len(pd.concat(tables).ranking("silhouette")) == 2


def test_ranking_depends_on_direction_and_leaks(blobs):
    X, y, pred = blobs
    worse = np.random.default_rng(0).permutation(pred)
    names = ["ami", "davies_bouldin"]
    table = pd.concat(
        [
            evaluate_clusters(worse, y, {"input": X}, method="worse", names=names, **FEW),
            evaluate_clusters(pred, y, {"input": X}, method="better", names=names, **FEW),
            evaluate_clusters(y, y, {"input": X}, method="leaked", names=names, given=["label"], **FEW),
        ]
    )
    ranking = table.ranking("ami")
    assert ranking["method"].tolist() == ["better", "worse", "leaked"]
    assert ranking["rank"].tolist()[:2] == [1, 2]
    assert np.isnan(ranking["rank"].iloc[2])
    assert table.ranking("davies_bouldin")["method"].iloc[-1] == "worse"


def test_ranking_of_missing_rows_raises(table):
    with pytest.raises(ValueError, match=r"several labels. Pass label as one of genre, coin"):
        table.ranking("ami")
    with pytest.raises(ValueError, match="no row with metric 'amy'"):
        table.ranking("amy")
    with pytest.raises(ValueError, match="no row with metric 'ami' and label 'mood'"):
        table.ranking("ami", label="mood")


def test_table_supports_csv_pickle_and_pandas_operations(table, tmp_path):
    table.to_csv(tmp_path / "scores.csv", index=False)
    read = ScoreTable(pd.read_csv(tmp_path / "scores.csv", keep_default_na=True).fillna({"label": "", "space": ""}))
    assert read["value"].tolist() == pytest.approx(table["value"].tolist())
    assert isinstance(pickle.loads(pickle.dumps(table)), ScoreTable)
    assert isinstance(table[["label", "value"]].sort_values("value"), pd.DataFrame)
    assert isinstance(table.groupby("metric")["value"].mean(), pd.Series)
