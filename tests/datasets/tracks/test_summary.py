"""Summary of a library without reading its audio."""

import pandas as pd
import pyarrow as pa
import pytest

from skvae.datasets import EmptyLibraryError
from skvae.datasets.tracks._summary import summarize_library


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rock").mkdir()
    for name in ("rock/a.wav", "b.mp3", "b.txt", "cover.jpg"):
        (tmp_path / name).write_bytes(b"")
    return tmp_path


def test_folder_is_summarized_by_its_file_names(folder):
    first = summarize_library(folder, folders="mood")
    assert first.n_tracks == 2
    assert first.audio_folders == {folder}
    assert first.column_types == {"mood": pa.large_string()}
    (folder / "cover.jpg").unlink()
    assert summarize_library(folder).digest == first.digest
    (folder / "b.txt").unlink()
    assert summarize_library(folder).digest != first.digest


def test_table_is_summarized_with_column_types(folder):
    source = folder / "tracks.csv"
    pd.DataFrame({"audio": ["rock/a.wav", "s3://bucket/b.mp3"], "year": [1999, 2001], "mood": ["x", None]}).to_csv(
        source, index=False
    )
    summary = summarize_library(source)
    assert summary.n_tracks == 2
    assert summary.audio_folders == {folder, folder / "rock"}
    assert set(summary.column_types) == {"year", "mood"}


def test_empty_library_raises_an_error(tmp_path):
    with pytest.raises(EmptyLibraryError, match="contains no tracks"):
        summarize_library(tmp_path)
