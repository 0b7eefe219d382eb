"""Features of tracks, with new and with fitted transformers."""

import numpy as np
import pandas as pd
import pytest

from skvae import AudioFeatureExtractor
from skvae._stage_timer import StageTimer
from skvae.features.computation._new_tracks import transform_new_tracks
from skvae.features.computation._result import NothingUsableError
from skvae.features.computation._tracks import compute_features

NOISE = np.random.default_rng(0).normal(scale=0.1, size=22050)


@pytest.fixture
def tracks():
    """Return five tracks. One has no audio, one has no lyrics and one has neither."""
    return pd.DataFrame(
        {
            "track_id": list("vwxyz"),
            "audio": [(NOISE, 22050), (NOISE / 2, 22050), None, (NOISE / 3, 22050), None],
            "lyrics": ["sun and sea", "rain and sun", "mar y sol", None, "?"],
        }
    )


def compute(tracks, modality="both", min_tracks=3, **blocks):
    extractor = AudioFeatureExtractor(["rms"], timeout=None, on_error="ignore")
    return compute_features(
        tracks,
        modality=modality,
        condition=None,
        audio={"audio": extractor} | blocks,
        lyrics="tfidf",
        timer=StageTimer(),
        min_tracks=min_tracks,
    )


def test_tracks_with_one_modality_are_usable(tracks):
    features = compute(tracks)
    assert features.modality == "both"
    assert features.usable.tolist() == [True, True, True, True, False]
    assert features.has_lyrics.tolist() == [True, True, True, False, False]
    assert features.reasons[-1].endswith("no lyrics")
    assert features.table.filter(like="audio__").isna().all(axis=1).tolist() == [False, False, True, False]
    assert features.table.filter(like="lyrics__").isna().all(axis=1).tolist() == [False, False, False, True]
    assert features.features.equals(features.table)
    assert not features.notes


def test_new_tracks_get_the_same_features(tracks):
    features = compute(tracks)
    again = transform_new_tracks(features.transformer, tracks)
    pd.testing.assert_frame_equal(again.table, features.table)
    assert again.reasons.tolist() == features.reasons.tolist()
    assert again.about == features.about


@pytest.mark.parametrize(("missing", "used"), [("audio", "lyrics"), ("lyrics", "audio")])
def test_missing_modality_is_not_used(missing, used, tracks):
    features = compute(tracks.assign(**{missing: None}))
    assert features.modality == used
    assert features.notes[0].endswith(f"clustering uses {used} only")
    assert all(name.startswith(f"{used}__") for name in features.table)


def test_error_contains_the_reason_of_each_unusable_track(tracks):
    with pytest.raises(NothingUsableError, match="at least 4 tracks with usable lyrics, got 3 of 5") as error:
        compute(tracks, modality="lyrics", min_tracks=4)
    assert error.value.failures == {"y": "no lyrics", "z": "no lyrics"}
