"""Chunks of a library equal the whole track table."""

import pandas as pd
import pytest

from skvae.datasets import EmptyLibraryError, TrackWarning, iter_tracks, load_tracks


@pytest.fixture
def folder(tmp_path):
    for i in range(7):
        path = tmp_path / "music" / ["rock", "jazz"][i % 2] / f"{i}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"no sound")
        path.with_suffix(".txt").write_text(f"words {i}")
    return tmp_path / "music"


@pytest.mark.filterwarnings("ignore::skvae.datasets.TrackWarning")
@pytest.mark.parametrize("size", [1, 3, 100])
def test_chunks_of_a_folder_equal_the_whole_table(folder, size):
    chunks = list(iter_tracks(folder, size, folders="genre"))
    assert all(len(chunk) <= size for chunk in chunks)
    pd.testing.assert_frame_equal(pd.concat(chunks), load_tracks(folder, folders="genre"))


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_chunks_of_a_table_equal_the_whole_table(folder, size, suffix):
    frame = pd.DataFrame({"audio": ["a.wav", None, "b.wav", "c.wav"], "lyrics": ["la", "007", "rock/0.txt", None]})
    frame["mood"] = list("xyxy")
    path = folder / f"tracks{suffix}"
    frame.to_parquet(path) if suffix == ".parquet" else frame.to_csv(path, index=False)
    pd.testing.assert_frame_equal(pd.concat(iter_tracks(path, size)), load_tracks(path))


def test_each_chunk_has_its_own_warning(folder):
    with pytest.warns(TrackWarning) as caught:
        list(iter_tracks(folder, 3))
    assert [len(warning.message.failures) for warning in caught] == [3, 3, 1]


def test_empty_and_invalid_sources_raise_errors(tmp_path):
    with pytest.raises(EmptyLibraryError, match="contains no tracks"):
        next(iter_tracks(tmp_path, 3))
    (tmp_path / "tracks.csv").write_text("audio\n")
    with pytest.raises(EmptyLibraryError, match="has no rows"):
        next(iter_tracks(tmp_path / "tracks.csv", 3))
    with pytest.raises(ValueError, match="folders='genre' cannot be used"):
        next(iter_tracks(tmp_path / "tracks.csv", 3, folders="genre"))
