"""augment_tracks: random copies of songs, and the effects that are applied when the copies are decoded."""

import numpy as np
import pandas as pd
import pytest

from skvae.audio import AudioFeatureExtractor, AudioSegment, augment_tracks, explode_segments

RATE = 22050


@pytest.fixture
def tracks(make_signal, write):
    files = [write(f"{i}.wav", make_signal(i), subtype="FLOAT") for i in range(3)]
    return pd.DataFrame({"track_id": list("abcd"), "audio": [*files, None], "genre": list("xyxy")})


def test_copies_follow_their_rows(tracks):
    longer = augment_tracks(tracks, copies=2, random_state=0)
    assert longer["song_id"].tolist() == list("aaabbbcccddd")
    assert longer["copy"].tolist() == [0, 1, 2] * 4
    assert longer["genre"].tolist() == list("xxxyyyxxxyyy")
    assert longer["audio"].iloc[::3].dropna().tolist() == tracks["audio"].dropna().tolist()
    assert longer["audio"].iloc[9:].isna().all()
    copies = longer.loc[(longer["copy"] > 0) & longer["audio"].notna(), "audio"]
    assert len({segment.effects for segment in copies}) == len(copies) == 6
    for segment in copies:
        amounts = dict(segment.effects)
        assert list(amounts) == ["pitch", "stretch", "noise", "gain"]
        assert abs(amounts["pitch"]) <= 2
        assert 0.9 <= amounts["stretch"] <= 1.1
        assert 20 <= amounts["noise"] <= 40
        assert abs(amounts["gain"]) <= 6


def test_amounts_depend_only_on_seed_and_song(tracks):
    longer = augment_tracks(tracks, copies=2, random_state=0)
    pd.testing.assert_frame_equal(augment_tracks(tracks, copies=2, random_state=0), longer)
    some = augment_tracks(tracks.iloc[[2, 1]], copies=1, random_state=0)
    assert some["audio"].tolist() == longer["audio"].iloc[[6, 7, 3, 4]].tolist()
    other = augment_tracks(tracks, copies=2, random_state=1)
    assert other["audio"].iloc[1] != longer["audio"].iloc[1]
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    AudioFeatureExtractor(["rms"], on_error="ignore").transform(augment_tracks(tracks, random_state=3)["audio"])
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("features", [["mfcc13", "rms", "centroid"], pytest.param("default", marks=pytest.mark.slow)])
def test_features_of_copies_are_reproducible(features, tracks):
    audio = augment_tracks(tracks, copies=1, random_state=0)["audio"]
    extractor = AudioFeatureExtractor(features, on_error="ignore")
    first = extractor.transform(audio)
    np.testing.assert_array_equal(extractor.set_params(n_jobs=2).transform(audio), first)
    for original, copy in ((0, 1), (2, 3), (4, 5)):
        assert np.isfinite(first[[original, copy]]).all()
        assert not np.allclose(first[original], first[copy])
    assert np.isnan(first[6:]).all()


def test_windows_of_a_song_get_different_effects(tracks):
    windows = explode_segments(tracks.iloc[:1], seconds=2.0)
    longer = augment_tracks(windows, transforms={"gain": (-3, 3)}, random_state=0)
    assert longer["offset"].tolist() == [0, 0, 2, 2]
    assert longer["audio"].iloc[1].effects != longer["audio"].iloc[3].effects
    assert longer["audio"].iloc[3].offset == 2
    again = augment_tracks(longer, transforms={"highpass": 100}, random_state=0)["audio"].iloc[3]
    assert [name for name, _ in again.effects] == ["gain", "highpass"]


def test_crops_are_within_the_recording(tracks):
    audio = augment_tracks(tracks, copies=20, transforms={"crop": 1.5}, random_state=0)["audio"]
    crops = [segment for segment in audio if isinstance(segment, AudioSegment)]
    offsets = np.array([segment.offset for segment in crops])
    assert len(crops) == 60
    assert {segment.duration for segment in crops} == {1.5}
    assert offsets.min() >= 0
    assert 2 < offsets.max() <= 2.5
    np.testing.assert_allclose(AudioFeatureExtractor(["rms"]).extract(crops[:3]).seconds, 1.5, atol=0.01)
    whole = augment_tracks(tracks, transforms={"crop": 60}, random_state=0)["audio"].iloc[1]
    assert (whole.offset, whole.duration) == (0, None)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"copies": 0}, "The 'copies' parameter"),
        ({"transforms": {"echo": 1}}, "transforms contains the unknown name 'echo'. Choose from pitch, .*, crop"),
        (
            {"transforms": {"gain": (1, 2, 3)}},
            r"transforms\['gain'\] must be a number or a lower and an upper limit, got \(1, 2, 3\)",
        ),
        ({"transforms": {"pitch": (2, -2)}}, r"transforms\['pitch'\] must be \(lower limit, upper limit\)"),
        ({"transforms": {"stretch": (0, 1)}}, "'stretch' must be a number from 0.25 to 4, got 0"),
        ({"transforms": {"crop": -1}}, r"transforms\['crop'\] must be a positive number of seconds, got -1"),
        ({"audio": "sound"}, "tracks has no column 'sound'"),
    ],
)
def test_invalid_parameters_raise_errors(parameters, message, tracks):
    with pytest.raises(ValueError, match=message):
        augment_tracks(tracks, **parameters)
