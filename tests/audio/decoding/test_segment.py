"""AudioSegment: features, validation, and identity in the cache."""

import numpy as np
import pytest

from skvae.audio import AudioFeatureExtractor, AudioSegment


def test_offset_duration_and_excerpts_are_relative_to_the_segment(make_signal, write):
    path = write("song.wav", make_signal(0, seconds=9), subtype="FLOAT")
    inner = AudioFeatureExtractor(["rms"], offset=1.0, duration=2.0).transform([AudioSegment(path, 3.0, 5.0)])
    np.testing.assert_array_equal(inner, AudioFeatureExtractor(["rms"], offset=4.0, duration=2.0).transform([path]))
    for duration in (4.0, 30.0):
        bounded = AudioFeatureExtractor(["rms"], duration=duration, excerpts=2).extract([AudioSegment(path, 4.0, 2.0)])
        assert bounded.seconds[0] == pytest.approx(2.0, abs=0.01)
    reasons = AudioFeatureExtractor(["rms"]).extract(
        [AudioSegment(path, 20.0), AudioSegment(path, 8.9), AudioSegment("missing.mp3"), AudioSegment(None)]
    )
    assert reasons.failures["reason"].str.split(":").str[0].tolist() == [
        "segment from 20 s is past the end at 9.0 s",
        "too short",
        "file not found",
        "no audio",
    ]


def test_cache_distinguishes_segments(make_signal, write, tmp_path):
    path = write("song.wav", make_signal(0, seconds=9), subtype="FLOAT")
    X = [path, AudioSegment(path), AudioSegment(path, 3.0), AudioSegment(path, 3.0, effects=(("gain", 3.0),))]
    fresh = AudioFeatureExtractor(["rms"]).transform(X)
    for _ in range(2):
        cached = AudioFeatureExtractor(["rms"], memory=tmp_path / "cache").transform(X)
        np.testing.assert_array_equal(cached, fresh)
    assert len(np.unique(fresh, axis=0)) == 3
    np.testing.assert_array_equal(fresh[0], fresh[1])


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"offset": -1.0}, ValueError, "offset must be 0 or more seconds, got -1.0"),
        ({"duration": 0}, ValueError, "duration must be a positive number of seconds or None, got 0"),
        ({"effects": (("echo", 1.0),)}, ValueError, "Unknown effect 'echo'. Choose from pitch, stretch"),
        ({"effects": (("stretch", 0.0),)}, ValueError, "'stretch' must be a number from 0.25 to 4, got 0.0"),
        ({"effects": (("gain", np.nan),)}, ValueError, "'gain' must be a number from -100 to 100, got nan"),
        ({"audio": AudioSegment("a.mp3")}, TypeError, "already an AudioSegment"),
    ],
)
def test_invalid_segments_raise_errors(fields, error, message):
    with pytest.raises(error, match=message):
        AudioSegment(**{"audio": "a.mp3"} | fields)
