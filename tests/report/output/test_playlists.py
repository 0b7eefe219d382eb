"""Playlist files."""

import os

import numpy as np
import pandas as pd
import pytest
import soundfile

from skvae.report import make_playlists

NAMES = ["plain.wav", "with space.wav", 'it\'s "quoted".wav', "বাংলা গান.wav", "#hash.wav", " lead.wav", "100%20.wav"]


def read_m3u8(path):
    """Return the entries of a playlist as (seconds, title, path), resolved like in a player."""
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == "#EXTM3U"
    entries, info = [], None
    for line in lines[1:]:
        if line.startswith("#EXTINF:"):
            seconds, _, title = line.removeprefix("#EXTINF:").partition(",")
            info = int(seconds), title
        elif line and not line.startswith("#"):
            entries.append((*info, path.parent / line.strip()))
    return entries


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "library" / "music"
    folder.mkdir(parents=True)
    for name in NAMES:
        soundfile.write(folder / name, np.zeros(8000 * 2), 8000)
    return pd.DataFrame(
        {
            "track_id": NAMES,
            "audio": [str(folder / name) for name in NAMES],
            "title": "T\nwo",
            "artist": [None, *"abcdef"],
        }
    )


def test_playlists_contain_the_tracks_of_each_cluster_with_relative_paths(library, tmp_path):
    out = tmp_path / "out" / "playlists"
    out.mkdir(parents=True)
    labels = np.array([0, 0, 0, 0, 0, 1, 1])
    Z = np.arange(7.0)[:, None]
    playlists = make_playlists(library, Z, labels)
    for playlist in playlists:
        entries = read_m3u8(playlist.write(out, library))
        assert [str(path.resolve()) for _, _, path in entries] == [library["audio"][row] for row in playlist.rows]
        assert {seconds for seconds, _, _ in entries} == {2}
        assert not any(os.path.isabs(line) for line in (out / f"{playlist.name}.m3u8").read_text("utf-8").split("\n"))
    assert playlists[0].rows == (2, 1, 3, 0, 4)  # nearest to the center first
    assert read_m3u8(out / "00 mixed.m3u8")[3][1] == "T wo"  # no artist
    assert read_m3u8(out / "00 mixed.m3u8")[0][1] == "b - T wo"


def test_file_names_that_start_with_a_hash_are_not_comments(library):
    folder = os.path.dirname(library["audio"][0])
    (playlist,) = make_playlists(library, np.zeros((7, 1)), np.zeros(7, int))
    entries = read_m3u8(playlist.write(folder, library))
    assert [path.exists() for _, _, path in entries[:7]].count(True) == 7


def test_paths_are_valid_in_folders_with_symbolic_links(library, tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "deep" / "er", target_is_directory=True)
    (playlist,) = make_playlists(library, np.zeros((7, 1)), np.zeros(7, int))
    entries = read_m3u8(playlist.write(link, library))
    assert all(path.exists() for _, _, path in entries)


def test_missing_files_have_unknown_duration_and_unplayable_tracks_are_not_listed(tmp_path):
    tracks = pd.DataFrame({"audio": [str(tmp_path / "gone.mp3"), None, "two\nlines.mp3"]})
    (playlist,) = make_playlists(tracks, np.zeros((3, 1)), np.zeros(3, int))
    assert playlist.rows == (0,)
    assert read_m3u8(playlist.write(tmp_path, tracks))[0][:2] == (-1, "gone")
    audio = pd.DataFrame({"rms_mean": [np.nan] * 3})
    assert make_playlists(tracks, np.zeros((3, 1)), np.zeros(3, int), audio)[0].rows == ()
