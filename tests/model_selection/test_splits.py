"""Splits and groups."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.model_selection import GridSearchCV, GroupKFold, StratifiedGroupKFold, check_cv, cross_validate

from skvae.audio import augment_tracks, explode_segments
from skvae.metrics import get_scorer
from skvae.model_selection import AllRows, track_groups


@pytest.mark.parametrize("X", [np.zeros((5, 2)), pd.DataFrame({"a": range(5)}), list("abcde")])
def test_all_rows_returns_one_split_with_all_rows(X):
    splits = list(AllRows().split(X, y=[0] * 5, groups=range(5)))
    assert len(splits) == AllRows().get_n_splits(X) == 1
    train, test = splits[0]
    assert train.tolist() == test.tolist() == [0, 1, 2, 3, 4]
    assert train is not test
    assert check_cv(AllRows()).get_n_splits() == 1
    assert repr(AllRows()) == "AllRows()"


def test_all_rows_in_a_search_scores_the_rows_of_fit():
    X = np.random.default_rng(0).normal(size=(30, 2))
    y = X[:, 0] > 0
    scoring = get_scorer("ami")
    search = GridSearchCV(KMeans(random_state=0), {"n_clusters": [2, 3]}, scoring=scoring, cv=AllRows())
    search = clone(search).fit(X, y)
    expected = [scoring(KMeans(k, random_state=0).fit(X), X, y) for k in (2, 3)]
    assert search.cv_results_["mean_test_score"].tolist() == expected
    assert search.n_splits_ == 1


names = st.lists(st.sampled_from(["Ana", " ana", "ANA  ", "Bo", "bo ", "Cy Twombly", "cy  twombly", None, "", "  "]))


@settings(deadline=None, max_examples=60)
@given(names)
def test_names_that_differ_in_case_or_spaces_are_one_group(artists):
    groups = track_groups(pd.DataFrame({"artist": pd.Series(artists, dtype=object)}))
    assert len(groups) == len(artists)
    for i, first in enumerate(artists):
        for j, second in enumerate(artists):
            known = bool(first and first.strip() and second and second.strip())
            alike = known and first.lower().split() == second.lower().split()
            assert (groups[i] == groups[j]) == (alike or i == j)
    if artists:
        assert set(groups) == set(range(groups.max() + 1))


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, ""])
def test_each_unknown_artist_is_a_separate_group(missing):
    tracks = pd.DataFrame({"artist": ["Ana", missing, missing, "Ana"]})
    assert track_groups(tracks).tolist() == [0, 1, 2, 0]
    assert track_groups(tracks.astype({"artist": "str"}).assign(song_id=[7, 8, 8, 9])).tolist()[0] == 0


def test_windows_and_copies_of_a_song_by_an_unknown_artist_are_one_group():
    noise = np.random.default_rng(0).normal(scale=0.1, size=4 * 8000)
    tracks = pd.DataFrame({"audio": [(noise, 8000)] * 3, "artist": ["Ana", None, None], "track_id": ["a", "b", "c"]})
    windows = explode_segments(tracks, seconds=2.0)
    assert track_groups(windows).tolist() == [0, 0, 1, 1, 2, 2]
    assert track_groups(windows, by="song_id").tolist() == [0, 0, 1, 1, 2, 2]
    copies = augment_tracks(tracks, copies=1, random_state=0)
    assert track_groups(copies).tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("splitter", [GroupKFold(3), StratifiedGroupKFold(3, shuffle=True, random_state=0)])
def test_no_artist_is_in_both_parts_of_a_split(splitter):
    rng = np.random.default_rng(0)
    tracks = pd.DataFrame({"artist": rng.choice(["Ana", "ana ", "Bo", "Cy", "Di", None], 60)})
    y = rng.integers(0, 2, 60)
    artists = tracks["artist"].str.strip().str.lower()
    for train, test in splitter.split(tracks, y, track_groups(tracks)):
        assert not set(artists[train].dropna()) & set(artists[test].dropna())
    scores = cross_validate(
        KMeans(2, random_state=0),
        rng.normal(size=(60, 2)),
        y,
        groups=track_groups(tracks),
        cv=splitter,
        scoring=get_scorer("ami"),
    )
    assert np.isfinite(scores["test_score"]).all()


def test_missing_column_raises_an_error():
    with pytest.raises(ValueError, match=r"tracks has no column 'artist'\. Use one of its columns: title, genre"):
        track_groups(pd.DataFrame({"title": ["Rain"], "genre": ["rock"]}))


def test_groups_of_real_songs(cc_songs):
    tracks = pd.read_csv(cc_songs / "tracks.csv")
    groups = track_groups(tracks)
    assert len(groups) == len(tracks)
    assert len(set(groups)) <= tracks["artist"].nunique() + tracks["artist"].isna().sum()
