"""Playlists are named by their sound and open from where they lie."""

import os

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.report import make_playlists
from skvae.report.output._cluster_names import WORDS, clean_word

NAMES = ["plain.wav", "with space.wav", 'it\'s "quoted".wav', "বাংলা গান.wav", "#hash.wav", " lead.wav", "100%20.wav"]


def read_m3u8(path):
    """Entries of a playlist as a player resolves them: (seconds, title, path)."""
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


def test_round_trip(library, tmp_path):
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
    assert playlists[0].rows == (2, 1, 3, 0, 4)  # nearest to the centre first
    assert read_m3u8(out / "00 mixed.m3u8")[3][1] == "T wo"  # no artist
    assert read_m3u8(out / "00 mixed.m3u8")[0][1] == "b - T wo"


def test_paths_beside_the_playlist_do_not_start_a_comment(library):
    folder = os.path.dirname(library["audio"][0])
    (playlist,) = make_playlists(library, np.zeros((7, 1)), np.zeros(7, int))
    entries = read_m3u8(playlist.write(folder, library))
    assert [path.exists() for _, _, path in entries[:7]].count(True) == 7


def test_paths_hold_through_symbolic_links(library, tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "deep" / "er", target_is_directory=True)
    (playlist,) = make_playlists(library, np.zeros((7, 1)), np.zeros(7, int))
    entries = read_m3u8(playlist.write(link, library))
    assert all(path.exists() for _, _, path in entries)


def test_missing_file_has_unknown_length_and_unplayable_ones_are_left_out(tmp_path):
    tracks = pd.DataFrame({"audio": [str(tmp_path / "gone.mp3"), None, "two\nlines.mp3"]})
    (playlist,) = make_playlists(tracks, np.zeros((3, 1)), np.zeros(3, int))
    assert playlist.rows == (0,)
    assert read_m3u8(playlist.write(tmp_path, tracks))[0][:2] == (-1, "gone")
    audio = pd.DataFrame({"rms_mean": [np.nan] * 3})
    assert make_playlists(tracks, np.zeros((3, 1)), np.zeros(3, int), audio)[0].rows == ()


@pytest.mark.parametrize(("high", "low", "columns"), WORDS)
def test_each_word_stands_for_its_end(high, low, columns):
    tracks = pd.DataFrame({"audio": list("abcdef")})
    audio = pd.DataFrame({column: [1.0, 2, 3, 11, 12, 13] for column in columns})
    first, second = make_playlists(tracks, np.zeros((6, 1)), np.array([0, 0, 0, 1, 1, 1]), audio)
    assert (first.name, second.name) == (f"00 {low}", f"01 {high}")


def test_at_most_three_words_strongest_first_and_mixed_without_a_difference():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 50)
    columns = {column: rng.standard_normal(100) for _, _, group in WORDS for column in group}
    columns["rms_mean"] += 20 * labels
    columns["flatness_mean"] -= 2 * labels
    tracks = pd.DataFrame({"audio": ["x"] * 100})
    names = [playlist.name for playlist in make_playlists(tracks, np.zeros((100, 1)), labels, pd.DataFrame(columns))]
    assert names == ["00 quiet noisy", "01 loud tonal"]
    level = pd.DataFrame({"rms_mean": np.tile([1.0, 2.0], 50)})
    assert make_playlists(tracks, np.zeros((100, 1)), np.repeat([0, 1], 50), level)[0].name == "00 mixed"


def test_without_sound_the_words_are_language_and_genre():
    tracks = pd.DataFrame(
        {"audio": None, "language": ["हिन्दी", "हिन्दी", None, "en"], "genre": ["R&B/Soul", "jazz", "R&B/Soul", "folk"]},
        index=[7, 8, 9, 10],
    )
    names = [playlist.name for playlist in make_playlists(tracks, np.zeros((4, 1)), np.array([3, 3, 3, 12]))]
    assert names == ["03 हिन्दी R B Soul", "12 en folk"]


def test_label_is_the_number_and_minus_one_is_no_cluster():
    tracks = pd.DataFrame({"audio": ["x"] * 4})
    playlists = make_playlists(tracks, np.zeros((4, 1)), np.array([-1, 7, 120, -1]))
    assert [(playlist.label, playlist.name[:3]) for playlist in playlists] == [(7, "007"), (120, "120")]


@given(st.text(max_size=60))
@settings(deadline=None)
def test_words_are_safe_in_file_names(text):
    safe = clean_word(text)
    assert len(safe) <= 24
    assert not set(safe) & set('/\\:*?"<>|\n\r\t\0')
    assert safe == safe.strip()
