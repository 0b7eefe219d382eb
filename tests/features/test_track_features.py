"""Transformer from a track table to a feature table."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skvae import LyricsVectorizer, make_track_features


@pytest.fixture
def tracks():
    """Return five tracks in two languages. One has no lyrics."""
    return pd.DataFrame(
        {
            "lyrics": ["sun and sea", "rain and sun", None, "mar y sol", "sol y luna"],
            "language": ["en", "en", "en", "es", "es"],
        },
        index=list("vwxyz"),
    )


def test_feature_table_has_block_prefixes_and_the_index_of_the_tracks(tracks):
    features = make_track_features(audio=None, lyrics=LyricsVectorizer(2, random_state=0), condition="language")
    table = features.fit_transform(tracks)
    assert table.index.equals(tracks.index)
    assert table.columns.tolist() == ["lyrics__svd00", "lyrics__svd01", "language__en", "language__es"]
    assert table.filter(like="lyrics").isna().all(axis=1).tolist() == [False, False, True, False, False]
    assert table["language__es"].tolist() == [0, 0, 0, 1, 1]
    assert set(table.dtypes) == {np.dtype("float32")}
    pd.testing.assert_frame_equal(clone(features).fit_transform(tracks), table)


def test_missing_or_unknown_condition_is_a_row_of_zeros(tracks):
    tracks.loc["v", "language"] = None
    features = make_track_features(audio=None, condition=["language"])
    table = features.fit_transform(tracks)
    assert table.filter(like="language").sum(axis=1).tolist() == [0, 1, 1, 1, 1]
    unseen = features.transform(tracks.assign(language="bn")).filter(like="language")
    assert unseen.columns.tolist() == ["language__en", "language__es"]
    assert unseen.eq(0).all(axis=None)


def test_condition_without_values_raises_an_error(tracks):
    with pytest.raises(ValueError, match="All values of the condition column 'language' are missing"):
        make_track_features(audio=None, condition="language").fit(tracks.assign(language=None))


def test_default_transformer_is_deterministic(tracks):
    first, second = (make_track_features(audio=None).fit_transform(tracks) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_audio_and_lyrics_must_not_both_be_none():
    with pytest.raises(ValueError, match="audio and lyrics are both None"):
        make_track_features(audio=None, lyrics=None)
