"""Generated songs: table, audio, lyrics, balance and reproducibility."""

import sys
from itertools import product

import numpy as np
import pandas as pd
import pytest
import soundfile
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.preprocessing import StandardScaler

from skvae.datasets import load_tracks, make_songs
from skvae.datasets.generated._genre import DRUMS, SCALES
from skvae.datasets.generated._recipes import GENRES
from skvae.datasets.generated._songs import plan_songs
from skvae.datasets.generated._verses import LANGUAGES, write_lyrics

pytest.importorskip("midirenderer")
pytest.importorskip("pretty_midi")

SCRIPTS = {"bn": (0x0980, 0x09FF), "hi": (0x0900, 0x097F), "ar": (0x0600, 0x06FF)}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """One song of two seconds per genre."""
    folder = tmp_path_factory.mktemp("songs") / "library"
    return folder, make_songs(8, duration=2, lyrics_fraction=0.75, random_state=3, out_dir=folder)


def test_table_contains_genres_and_factors(library):
    folder, tracks = library
    assert tracks.columns.tolist() == [
        *("track_id", "audio", "lyrics", "title", "artist", "language", "genre", "tempo", "key", "mode"),
    ]
    assert tracks["genre"].tolist() == list(GENRES)
    assert tracks["lyrics"].notna().sum() == 6
    assert tracks.drop(columns="lyrics").notna().all(axis=None)
    assert all(
        GENRES[g].tempo[0] <= t <= GENRES[g].tempo[1] for g, t in zip(tracks["genre"], tracks["tempo"], strict=True)
    )
    pd.testing.assert_frame_equal(load_tracks(folder / "tracks.csv"), tracks)


def test_tags_and_folder_names_agree_with_the_table(library):
    folder, tracks = library
    columns = ["audio", "lyrics", "title", "artist", "language", "genre"]
    expected = tracks[columns].sort_values("audio", ignore_index=True)
    for folders in (None, "genre,language"):
        found = load_tracks(folder / "audio", folders=folders)[columns]
        pd.testing.assert_frame_equal(found.sort_values("audio", ignore_index=True), expected)


def test_audio_has_the_expected_duration_and_level(library):
    for path in library[1]["audio"]:
        sound, sample_rate = soundfile.read(path)
        assert sound.shape == (2 * sample_rate, 2)
        assert np.abs(sound).max() < 0.98
        level = 20 * np.log10(np.sqrt(np.mean(sound**2)))
        assert -30 < level < -13
        assert np.abs(sound[: sample_rate // 2]).max() > 0.01
        assert np.abs(sound.mean(axis=0)).max() < 0.01


def test_same_seed_gives_the_same_bytes_for_any_number_of_jobs(tmp_path):
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    settings = {"genres": ["rock", "classical"], "languages": ["bn"], "duration": 1}
    first = make_songs(3, **settings, random_state=5, out_dir=tmp_path / "a")
    second = make_songs(3, **settings, random_state=5, n_jobs=2, out_dir=tmp_path / "b")
    other = make_songs(3, **settings, out_dir=tmp_path / "c")
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.*"))
    assert len(files) == 4
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    pd.testing.assert_frame_equal(first.drop(columns="audio"), second.drop(columns="audio"))
    assert other["tempo"].tolist() != first["tempo"].tolist()
    np.testing.assert_array_equal(state, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize(("n_genres", "n_languages"), list(product((1, 4, 8), (1, 2, 4, 5))))
def test_genres_and_languages_are_balanced_and_artists_have_several_songs(n_genres, n_languages):
    genres, languages = list(GENRES)[:n_genres], list(LANGUAGES)[:n_languages]
    plan = plan_songs(20 * n_genres, genres, languages, 0.8, np.random.default_rng(0))
    cells = pd.crosstab(plan["genre"], plan["language"])
    assert cells.shape == (n_genres, n_languages)
    assert (cells == 20 // n_languages).all(axis=None)
    assert plan["has_lyrics"].sum() == 16 * n_genres
    assert plan.groupby("band").size().between(3, 6).all()
    assert len(plan[["band", "genre"]].drop_duplicates()) == plan["band"].nunique()


@pytest.mark.parametrize(("language", "genre"), list(product(LANGUAGES, GENRES)))
def test_lyrics_use_the_script_of_the_language_and_nouns_of_the_genre(language, genre):
    title, lyrics = write_lyrics(genre, language, np.random.default_rng(0))
    assert lyrics.count("\n\n") == 3
    assert "{" not in title + lyrics
    letters = [ord(letter) for letter in title + lyrics if letter.isalpha()]
    low, high = SCRIPTS.get(language, (0, 0x24F))
    assert all(low <= letter <= high for letter in letters)
    assert any(noun in lyrics for noun in LANGUAGES[language]["nouns"][genre])


def test_recipes_and_words_are_complete():
    for words in LANGUAGES.values():
        assert {"lines", "conjunction", "nouns"} == set(words)
        assert set(words["nouns"]) == set(GENRES)
        assert all(len(set(nouns)) == 8 for nouns in words["nouns"].values())
    for recipe in GENRES.values():
        patterns = [
            *recipe.bass_patterns,
            *recipe.chord_patterns,
            *(pattern for groove in recipe.drum_patterns for pattern in groove.values()),
        ]
        assert {len(pattern) for pattern in patterns} == {16}
        assert all(set(groove) <= set(DRUMS) for groove in recipe.drum_patterns)
        assert all(scale in SCALES and len(chords) == 4 for scale, chords in recipe.progressions)


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"genres": ["polka"]}, ValueError),
        ({"genres": []}, ValueError),
        ({"genres": 3}, TypeError),
        ({"languages": "en"}, TypeError),
        ({"languages": ["en", "en"]}, ValueError),
        ({"lyrics_fraction": 1.5}, ValueError),
        ({"duration": 0.1}, ValueError),
        ({"n_songs": 2.5}, TypeError),
        ({"n_songs": 0}, ValueError),
    ],
)
def test_invalid_parameters_raise_errors(tmp_path, settings, error):
    with pytest.raises(error, match=next(iter(settings))):
        make_songs(**{"n_songs": 2, **settings}, out_dir=tmp_path / "songs")
    assert not (tmp_path / "songs").exists()


def test_existing_files_are_not_overwritten(tmp_path):
    (tmp_path / "tracks.csv").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty"):
        make_songs(1, out_dir=tmp_path)
    assert (tmp_path / "tracks.csv").read_text() == "mine"


def test_missing_packages_raise_import_errors(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "midirenderer", None)
    with pytest.raises(ImportError, match=r"midirenderer\. Install it with pip install midirenderer pretty-midi"):
        make_songs(1, out_dir=tmp_path)


@pytest.mark.slow
def test_clusters_agree_partly_with_genres(tmp_path):
    """Clusters of audio features agree partly with genres and not with languages. No single feature is enough."""
    from skvae.audio import AudioFeatureExtractor

    tracks = make_songs(96, random_state=0, n_jobs=2, out_dir=tmp_path)
    X = StandardScaler().fit_transform(AudioFeatureExtractor(n_jobs=2).fit_transform(tracks["audio"].to_numpy()))
    genre, n = tracks["genre"], len(GENRES)
    labels = [KMeans(n, n_init=10, random_state=seed).fit_predict(X) for seed in range(5)]
    assert 0.4 < np.mean([adjusted_mutual_info_score(genre, each) for each in labels]) < 0.7
    assert np.mean([adjusted_mutual_info_score(tracks["language"], each) for each in labels]) < 0.05
    assert np.mean([adjusted_mutual_info_score(tracks["lyrics"].isna(), each) for each in labels]) < 0.1
    for column in X.T:
        bins = np.searchsorted(np.quantile(column, np.arange(1, n) / n), column)
        clusters = KMeans(n, n_init=3, random_state=0).fit_predict(column[:, np.newaxis])
        assert max(adjusted_mutual_info_score(genre, each) for each in (bins, clusters)) < 0.5
