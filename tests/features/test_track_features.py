"""make_track_features."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skvae import LyricsVectorizer, make_track_features


@pytest.fixture
def tracks():
    """Texts, one missing, in two languages."""
    return pd.DataFrame(
        {
            "lyrics": ["sun and sea", "rain and sun", None, "mar y sol", "sol y luna"],
            "language": ["en", "en", "en", "es", "es"],
        },
        index=list("vwxyz"),
    )


def test_blocks_are_named_and_rows_kept(tracks):
    features = make_track_features(audio=None, lyrics=LyricsVectorizer(2, random_state=0), condition="language")
    table = features.fit_transform(tracks)
    assert table.index.equals(tracks.index)
    assert table.columns.tolist() == ["lyrics__svd00", "lyrics__svd01", "language__en", "language__es"]
    assert table.filter(like="lyrics").isna().all(axis=1).tolist() == [False, False, True, False, False]
    assert table["language__es"].tolist() == [0, 0, 0, 1, 1]
    assert set(table.dtypes) == {np.dtype("float32")}
    pd.testing.assert_frame_equal(clone(features).fit_transform(tracks), table)


def test_a_missing_or_unseen_condition_is_zeros(tracks):
    tracks.loc["v", "language"] = None
    features = make_track_features(audio=None, condition=["language"])
    table = features.fit_transform(tracks)
    assert table.filter(like="language").sum(axis=1).tolist() == [0, 1, 1, 1, 1]
    unseen = features.transform(tracks.assign(language="bn")).filter(like="language")
    assert unseen.columns.tolist() == ["language__en", "language__es"]
    assert unseen.eq(0).all(axis=None)


def test_a_condition_without_any_value_is_refused(tracks):
    with pytest.raises(ValueError, match="'language' has no value"):
        make_track_features(audio=None, condition="language").fit(tracks.assign(language=None))


def test_the_default_says_the_same_twice(tracks):
    first, second = (make_track_features(audio=None).fit_transform(tracks) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_nothing_to_describe_is_refused():
    with pytest.raises(ValueError, match="audio, lyrics or both"):
        make_track_features(audio=None, lyrics=None)
