"""Audio paths and URLs relative to a table."""

from pathlib import Path

import pytest

from skvae._paths import audio_folders, is_url, printable_path, relative_path, resolve_path


@pytest.mark.parametrize("path", ["s3://bucket/a.mp3", "zip://a.mp3::file:///songs.zip"])
def test_urls_are_not_changed(tmp_path, path):
    assert is_url(path)
    assert resolve_path(path, tmp_path) == path
    assert relative_path(path, tmp_path) == path


def test_paths_are_resolved_relative_to_the_table(tmp_path):
    assert resolve_path("rock/../a.mp3", tmp_path) == str(tmp_path / "a.mp3")
    assert resolve_path(None, tmp_path) is None
    assert relative_path(str(tmp_path / "rock" / "a.mp3"), tmp_path.resolve() / "playlists") == "../rock/a.mp3"
    assert relative_path(None, tmp_path) is None


@pytest.mark.parametrize("name", ["#1.mp3", " a.mp3"])
def test_names_that_players_misread_start_with_a_dot(tmp_path, name):
    assert relative_path(str(tmp_path / name), tmp_path.resolve()) == f"./{name}"


def test_audio_folders_exclude_urls_and_missing_values():
    assert audio_folders(["/music/rock/a.mp3", "s3://bucket/b.mp3", None]) == {Path("/music/rock")}


def test_invalid_bytes_are_escaped():
    assert printable_path("caf\udce9.wav") == r"caf\xe9.wav"
