"""The tables say what scikit-learn says, in one space, beside chance."""

import io

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.datasets import make_blobs

from skvae.report import metrics_table
from skvae.report.output._clusters_table import clusters_table
from skvae.report.output._metrics_table import METRIC_LABELS, format_for_terminal, format_metrics


@pytest.fixture(scope="module")
def study():
    X, truth = make_blobs(60, n_features=4, centers=3, random_state=0)
    genre = np.array(["rock", "jazz", "folk"], dtype=object)[truth]
    genre[:5] = None
    rough = np.where(np.arange(60) % 4 == 0, (truth + 1) % 3, truth)
    methods = [("raw", rough, ()), ("VAE", truth, ("language",))]
    language = np.array(["en", "hi"])[truth % 2]
    table = metrics_table(methods, X, genre=genre, language=language, has_lyrics=[True] * 60, random_state=0)
    return X, truth, genre, rough, language, table


def test_rows_agree_with_scikit_learn(study):
    X, _, genre, rough, language, table = study
    row, known = table.iloc[0], genre != None  # noqa: E711
    assert row["silhouette"] == pytest.approx(metrics.silhouette_score(X, rough))
    assert row["calinski_harabasz"] == pytest.approx(metrics.calinski_harabasz_score(X, rough))
    assert row["davies_bouldin"] == pytest.approx(metrics.davies_bouldin_score(X, rough))
    for name, score in (
        ("ari", metrics.adjusted_rand_score),
        ("nmi", metrics.normalized_mutual_info_score),
        ("ami", metrics.adjusted_mutual_info_score),
    ):
        assert row[name] == pytest.approx(score(genre[known].astype(str), rough[known]))
    assert row["ami_language"] == pytest.approx(metrics.adjusted_mutual_info_score(language, rough))
    assert row["purity"] == pytest.approx(0.75, abs=0.05)


def test_chance_is_near_nothing_and_last(study):
    chance = study[-1].iloc[-1]
    assert chance["method"] == "chance"
    assert abs(chance["ami"]) < 0.05
    assert abs(chance["ami_language"]) < 0.05
    assert chance["silhouette"] < 0
    assert chance["purity"] > 1 / 3


def test_leaked_scores_are_named(study):
    assert study[-1]["leaked"].tolist() == ["", "ami_language", ""]
    X, truth, genre, *_ = study
    table = metrics_table([("VAE", truth, ("genre",))], X, genre=genre, random_state=0)
    assert table["leaked"][0] == "ari nmi ami purity"


def test_what_has_one_value_is_compared_with_nothing(study):
    X, truth, *_, table = study
    assert table["ami_lyrics"].isna().all()
    table = metrics_table([("raw", truth, ())], X, genre=["rock"] * 60, random_state=0)
    assert table[["ari", "nmi", "ami", "purity", "ami_language"]].isna().all(axis=None)
    assert "genre" not in format_for_terminal(table)


def test_printed_and_written_tables_are_equal(study):
    table = study[-1]
    written = pd.read_csv(io.StringIO(format_metrics(table).to_csv(index=False)), dtype=str, keep_default_na=False)
    written = written.loc[:, (written != "").any()].replace("", "-")
    printed = format_for_terminal(table).splitlines()[-len(table) :]
    assert [line.split() for line in printed] == [" ".join(row).split() for row in written.to_numpy()]


def test_every_metric_tells_its_direction(study):
    assert all(label.endswith(")") for label in METRIC_LABELS.values())
    assert METRIC_LABELS["davies_bouldin"] == "Davies-Bouldin (lower)"
    assert set(METRIC_LABELS) < set(study[-1])
    assert max(map(len, format_for_terminal(study[-1]).splitlines())) <= 120


def test_same_seed_same_table(study):
    X, truth, genre, *_ = study
    first, second = (metrics_table([("raw", truth, ())], X, genre=genre, random_state=3) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_clusters_table_has_a_row_a_track():
    tracks = pd.DataFrame({"track_id": ["a", "b", "c"], "title": ["A", None, "C"]}, index=[5, 6, 7])
    table = clusters_table(
        tracks,
        np.array([1, -1, 1]),
        membership=np.array([0.98763, np.nan, 1]),
        nearest=[["c"], [], ["a"]],
        names={1: "01 loud"},
        seconds=np.array([1.0, 0, 3]),
        reasons=np.array(["", "empty file", ""]),
    )
    assert table["track_id"].tolist() == ["a", "b", "c"]
    assert table["nearest"].tolist() == ["c", "", "a"]
    assert table["cluster"].isna().tolist() == [False, True, False]
    assert table["title"].isna().tolist() == [False, True, False]
    assert table["reason"].tolist() == ["", "empty file", ""]
    assert table["membership"][0] == 0.9876
