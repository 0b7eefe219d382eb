"""Table of scores: same values as scikit-learn, chance level, leaked scores, formatting."""

import io

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.datasets import make_blobs

from skvae.report import metrics_table
from skvae.report.output._metrics_table import METRIC_LABELS, format_for_terminal, format_metrics


@pytest.fixture(scope="module")
def example():
    X, truth = make_blobs(60, n_features=4, centers=3, random_state=0)
    genre = np.array(["rock", "jazz", "folk"], dtype=object)[truth]
    genre[:5] = None
    rough = np.where(np.arange(60) % 4 == 0, (truth + 1) % 3, truth)
    methods = [("raw", rough, ()), ("VAE", truth, ("language",))]
    language = np.array(["en", "hi"])[truth % 2]
    table = metrics_table(methods, X, genre=genre, language=language, has_lyrics=[True] * 60, random_state=0)
    return X, truth, genre, rough, language, table


def test_scores_are_equal_to_those_of_scikit_learn(example):
    X, _, genre, rough, language, table = example
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


def test_the_last_row_is_the_chance_level(example):
    chance = example[-1].iloc[-1]
    assert chance["method"] == "chance"
    assert abs(chance["ami"]) < 0.05
    assert abs(chance["ami_language"]) < 0.05
    assert chance["silhouette"] < 0
    assert chance["purity"] > 1 / 3


def test_leaked_scores_are_listed(example):
    assert example[-1]["leaked"].tolist() == ["", "ami_language", ""]
    X, truth, genre, *_ = example
    table = metrics_table([("VAE", truth, ("genre",))], X, genre=genre, random_state=0)
    assert table["leaked"][0] == "ari nmi ami purity"


def test_scores_against_constant_labels_are_nan(example):
    X, truth, *_, table = example
    assert table["ami_lyrics"].isna().all()
    table = metrics_table([("raw", truth, ())], X, genre=["rock"] * 60, random_state=0)
    assert table[["ari", "nmi", "ami", "purity", "ami_language"]].isna().all(axis=None)
    assert "genre" not in format_for_terminal(table)


def test_printed_headings_explain_the_agreement_with_other_properties(example):
    printed = format_for_terminal(example[-1])
    assert "0 =" in printed
    assert "unrelated" in printed
    assert "0: none" not in printed


def test_printed_and_written_tables_are_equal(example):
    table = example[-1]
    written = pd.read_csv(io.StringIO(format_metrics(table).to_csv(index=False)), dtype=str, keep_default_na=False)
    written = written.loc[:, (written != "").any()].replace("", "-")
    printed = format_for_terminal(table).splitlines()[-len(table) :]
    assert [line.split() for line in printed] == [" ".join(row).split() for row in written.to_numpy()]


def test_every_heading_contains_the_direction(example):
    assert all(label.endswith(")") for label in METRIC_LABELS.values())
    assert METRIC_LABELS["davies_bouldin"] == "Davies-Bouldin (lower)"
    assert set(METRIC_LABELS) < set(example[-1])
    assert max(map(len, format_for_terminal(example[-1]).splitlines())) <= 120


def test_the_same_seed_gives_the_same_table(example):
    X, truth, genre, *_ = example
    first, second = (metrics_table([("raw", truth, ())], X, genre=genre, random_state=3) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
