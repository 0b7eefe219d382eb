"""AudioSegment and explode_segments: parts of recordings as rows, without copies of audio."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.audio import AudioFeatureExtractor, AudioSegment, explode_segments
from skvae.audio.augmentation._segments import _window_starts

RATE = 22050


@pytest.fixture
def library(make_signal, write, tmp_path):
    """Track table of three recordings of 9, 2.5 and 4 seconds, a text file, and a missing recording."""
    files = [write(f"{i}.wav", make_signal(i, seconds=s), subtype="FLOAT") for i, s in enumerate((9, 2.5, 4))]
    text = tmp_path / "text.mp3"
    text.write_text("not audio\n" * 100)
    tracks = pd.DataFrame({"track_id": list("abcde"), "audio": [*files, str(text), None], "genre": list("xyxyx")})
    return tracks.set_index(pd.Index([7, 3, 9, 1, 5]))


def test_each_window_is_a_row(library):
    longer = explode_segments(library, seconds=3.0)
    assert longer["song_id"].tolist() == ["a", "a", "a", "b", "c", "d", "e"]
    assert longer["offset"].tolist() == [0, 3, 6, 0, 0, 0, 0]
    np.testing.assert_allclose(longer["duration"], [3, 3, 3, 2.5, 3, np.nan, np.nan])
    assert longer["genre"].tolist() == list("xxxyxyx")
    assert longer.index.equals(pd.RangeIndex(7))
    assert list(longer.columns) == [*library.columns, "song_id", "offset", "duration"]
    assert longer["audio"].iloc[1] == AudioSegment(library["audio"].iloc[0], 3.0, 3.0)
    assert library.shape == (5, 3)


def test_features_of_a_window_equal_those_of_offset_and_duration(library, make_signal):
    """Files and samples give the same rows, and failures have their reason."""
    longer = explode_segments(library, seconds=3.0)
    extractor = AudioFeatureExtractor()
    table, failures, seconds = extractor.extract(longer["audio"])
    path = library["audio"].iloc[0]
    for row, offset in enumerate((0.0, 3.0, 6.0)):
        expected = AudioFeatureExtractor(offset=offset, duration=3.0).transform([path])
        np.testing.assert_array_equal(table.iloc[[row]], expected)
    assert seconds.iloc[1] == pytest.approx(3, abs=0.01)
    assert failures["row"].tolist() == [5, 6]
    assert failures["path"].tolist() == [library["audio"].iloc[3], ""]
    assert failures["reason"][0].startswith("not audio")
    pair = pd.DataFrame({"audio": [(make_signal(0, seconds=9), RATE)]})
    np.testing.assert_array_equal(
        extractor.transform(explode_segments(pair, seconds=3.0)["audio"]), table.iloc[:3].to_numpy()
    )


def test_windows_of_windows_are_within_the_recording(library):
    halves = explode_segments(library.iloc[:1], seconds=4.5)
    quarters = explode_segments(halves, seconds=2.25)
    assert quarters["offset"].tolist() == [0, 2.25, 4.5, 6.75]
    assert quarters["song_id"].tolist() == ["a"] * 4
    assert list(quarters.columns) == list(halves.columns)
    assert quarters["audio"].tolist() == explode_segments(library.iloc[:1], seconds=2.25)["audio"].tolist()


@settings(deadline=None, max_examples=200)
@given(st.floats(0.1, 500), st.floats(0.5, 40), st.floats(0.25, 60))
def test_windows_cover_the_recording(total, seconds, hop):
    """The last window has at least half of its length or of the hop. A shorter remainder is left out."""
    starts = np.array(_window_starts(total, seconds, hop, None))
    np.testing.assert_allclose(np.diff(starts), hop)
    assert starts[0] == 0
    short = min(hop, seconds) / 2
    held = np.minimum(seconds, total - starts)
    assert len(starts) == 1 or held[-1] >= seconds - short - 1e-9
    assert starts[-1] + hop + seconds - short > total - 1e-9


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 200), st.integers(1, 20))
def test_some_windows_are_spread_over_the_recording(n, most):
    every, some = _window_starts(float(n), 1.0, 1.0, None), _window_starts(float(n), 1.0, 1.0, most)
    assert len(some) == min(n, most)
    assert set(some) <= set(every)
    assert sorted(set(some)) == some
    assert abs(np.mean(some) - np.mean(every)) <= 0.5


def test_index_identifies_songs_without_track_id(library):
    assert explode_segments(library.drop(columns="track_id"), seconds=5.0)["song_id"].tolist() == [7, 7, 3, 9, 1, 5]
    repeated = library.drop(columns="track_id").set_index(pd.Index([0, 0, 1, 2, 3]))
    with pytest.raises(ValueError, match=r"index of tracks contains duplicates. Add a column track_id"):
        explode_segments(repeated)
    assert explode_segments(library.iloc[:0]).empty


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"seconds": 0}, "The 'seconds' parameter"),
        ({"hop": -1.0}, "The 'hop' parameter"),
        ({"max_segments": 0}, "The 'max_segments' parameter"),
        ({"audio": "sound"}, "tracks has no column 'sound'"),
    ],
)
def test_invalid_parameters_raise_errors(parameters, message, library):
    with pytest.raises(ValueError, match=message):
        explode_segments(library, **parameters)


def test_worker_processes_read_headers(library):
    pd.testing.assert_frame_equal(explode_segments(library, n_jobs=2), explode_segments(library))
    segment = explode_segments(library)["audio"].iloc[0]
    assert pickle.loads(pickle.dumps(segment)) == segment
