"""Loading of folders and tables as track tables."""

import os
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
import soundfile

from skvae.datasets import TrackWarning, load_tracks

KNOWN = ["track_id", "audio", "lyrics", "title", "artist", "language", "genre"]
BANGLA = "আমার সোনার বাংলা"


@pytest.fixture
def sound(tmp_path):
    """Function that writes an audio file of one second below tmp_path. The extension selects the format."""

    def make(name):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.1 * np.sin(np.arange(22050) / 10), 22050)
        return path

    return make


def table(tmp_path, text, name="tracks.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_table_of_real_songs_is_loaded(cc_songs):
    tracks = load_tracks(cc_songs / "tracks.csv")
    assert tracks.columns[:7].tolist() == KNOWN
    assert {"licence", "source", "excerpt"} <= set(tracks.columns)
    assert len(tracks) == 27
    assert tracks["track_id"].is_unique
    assert tracks["audio"].map(os.path.isfile).all()
    assert tracks["lyrics"].str.len().min() > 100
    assert tracks["language"].nunique() == 4
    assert 0 < tracks["genre"].isna().sum() < 27


def test_folder_of_real_songs_is_loaded(cc_songs):
    tracks = load_tracks(cc_songs / "audio")
    assert tracks.columns.tolist() == KNOWN
    assert tracks["track_id"].tolist() == sorted(os.listdir(cc_songs / "audio"))
    tagged = tracks.set_index("track_id").loc["pornophonique-space-invaders.mp3"]
    assert tagged["title"] == "space invaders"
    assert "undead" in tagged["lyrics"]


def test_subfolders_are_searched_and_hidden_files_are_skipped(tmp_path, sound):
    for name in ("b/song.ogg", "a/deep/er/song.flac", "z.wav", f"{BANGLA}.ogg", 'it\'s "quoted" and spaced.wav'):
        sound(name)
    for name in (".hidden.wav", "._z.wav", ".folder/song.wav"):
        sound(name)
    (tmp_path / "cover.jpg").write_bytes(b"no sound")
    tracks = load_tracks(tmp_path)
    assert set(tracks["track_id"]) == {
        "b/song.ogg",
        "a/deep/er/song.flac",
        "z.wav",
        f"{BANGLA}.ogg",
        'it\'s "quoted" and spaced.wav',
    }
    assert all(os.path.isabs(path) and os.path.isfile(path) for path in tracks["audio"])
    pd.testing.assert_frame_equal(tracks, load_tracks(str(tmp_path)))


def test_cyclic_symbolic_links_are_followed_once(tmp_path, sound):
    sound("a/song.wav")
    try:
        (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("symbolic links are not supported")
    assert load_tracks(tmp_path)["track_id"].tolist() == ["a/song.wav"]


@pytest.mark.parametrize("folders", ["language,genre", ("language", "genre")])
def test_labels_are_read_from_folder_names(tmp_path, sound, folders):
    for name in ("hi/folk/live/x.wav", "bn/rock/y.wav", "en/z.wav", "loose.wav"):
        sound(name)
    tracks = load_tracks(tmp_path, folders=folders).set_index("track_id")
    assert tracks.loc["hi/folk/live/x.wav", ["language", "genre"]].tolist() == ["hi", "folk"]
    assert tracks.loc["bn/rock/y.wav", ["language", "genre"]].tolist() == ["bn", "rock"]
    assert tracks.loc["en/z.wav", "language"] == "en"
    assert tracks.loc[["en/z.wav", "loose.wav"], "genre"].isna().all()


def test_additional_folder_label_follows_the_track_columns(tmp_path, sound):
    sound("night/x.wav")
    tracks = load_tracks(tmp_path, folders="mood")
    assert tracks.columns.tolist() == [*KNOWN, "mood"]
    assert tracks["mood"].tolist() == ["night"]


@pytest.mark.parametrize(
    ("folders", "error"), [("audio", ValueError), ("genre,genre", ValueError), ("genre,", ValueError), (3, TypeError)]
)
def test_invalid_folder_labels_raise_errors(tmp_path, sound, folders, error):
    sound("x.wav")
    with pytest.raises(error, match="folders="):
        load_tracks(tmp_path, folders=folders)


def test_lyrics_are_read_from_text_files(tmp_path, sound):
    for stem in "abcde":
        sound(f"{stem}.wav")
    (tmp_path / "a.txt").write_text(f"{BANGLA}\n\nlast line\n", encoding="utf-8-sig")
    (tmp_path / "b.LRC").write_text(
        "[ti:Song]\n[offset:+100]\n[00:01.00][00:09.50]one <00:02.1>two\n[Chorus: both]\n[00:12]\n"
    )
    (tmp_path / "c.txt").write_text("ছায়া", encoding="utf-16")
    (tmp_path / "d.txt").write_text("  \n")
    (tmp_path / "d.lrc").write_text("[00:01]from lrc")
    tracks = load_tracks(tmp_path).set_index("track_id")["lyrics"]
    assert tracks["a.wav"] == f"{BANGLA}\n\nlast line"
    assert tracks["b.wav"] == "one two\n[Chorus: both]"
    assert tracks["c.wav"] == "ছায়া"
    assert tracks["d.wav"] == "from lrc"
    assert pd.isna(tracks["e.wav"])


def test_lyrics_files_and_folder_names_replace_tags(tmp_path, sound):
    from mutagen.oggvorbis import OggVorbis

    file = OggVorbis(sound("jazz/b.ogg"))
    file["lyrics"], file["genre"] = "from tag", "pop"
    file.save()
    assert load_tracks(tmp_path)[["lyrics", "genre"]].iloc[0].tolist() == ["from tag", "pop"]
    (tmp_path / "jazz/b.txt").write_text("from sidecar")
    assert load_tracks(tmp_path, folders="genre")[["lyrics", "genre"]].iloc[0].tolist() == ["from sidecar", "jazz"]


def test_damaged_files_are_kept_and_cause_one_warning(tmp_path, sound):
    good = sound("good.mp3").read_bytes()
    (tmp_path / "text.mp3").write_text("this is no sound\n" * 50)
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "cut.mp3").write_bytes(b"ID3\x04\x00\x00\x7f\x7f\x7f\x7fTIT2" + good[:200])
    (tmp_path / "good.txt").write_bytes("déjà vu".encode("latin-1"))
    (tmp_path / "good2.mp3").write_bytes(good)
    (tmp_path / "good2.lrc").write_bytes(b"\x00\x01\xff\x00")
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.iterdir()}
    with pytest.warns(TrackWarning) as caught:
        tracks = load_tracks(tmp_path)
    assert len(caught) == 1
    failures = dict(caught[0].message.failures)
    assert {"text.mp3", "empty.mp3", "good.mp3", "good2.mp3"} <= set(failures)
    assert "Latin-1" in failures["good.mp3"]
    assert "good2.lrc" in str(caught[0].message)
    assert tracks["track_id"].tolist() == ["cut.mp3", "empty.mp3", "good.mp3", "good2.mp3", "text.mp3"]
    assert tracks["lyrics"].dropna().tolist() == ["déjà vu"]
    assert before == {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.iterdir()}


def test_warning_lists_the_first_failures_and_counts_the_rest(tmp_path):
    for i in range(9):
        (tmp_path / f"{i}.mp3").write_text("no sound at all")
    with pytest.warns(TrackWarning, match=r"9 problem\(s\).*and 4 more"):
        load_tracks(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows such file names")
def test_file_name_that_is_not_utf8_is_escaped(tmp_path):
    os.close(os.open(os.fsencode(tmp_path) + b"/caf\xe9.wav", os.O_CREAT))
    with pytest.warns(TrackWarning, match="not valid UTF-8"):
        tracks = load_tracks(tmp_path)
    assert tracks["track_id"].tolist() == [r"caf\xe9.wav"]


@pytest.mark.parametrize("name", ["empty", "texts"])
def test_folder_without_audio_raises_an_error(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    if name == "texts":
        (folder / "a.txt").write_text("words")
    with pytest.raises(ValueError, match="no audio file"):
        load_tracks(folder)


def test_invalid_sources_raise_errors(tmp_path, sound):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        load_tracks(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="neither a folder nor a table"):
        load_tracks(sound("x.wav"))
    with pytest.raises(ValueError, match="folders='genre'"):
        load_tracks(table(tmp_path, "audio\nx.wav\n"), folders="genre")
    with pytest.raises(ValueError, match="neither a column 'audio' nor"):
        load_tracks(table(tmp_path, "file\nx.wav\n"))
    with pytest.raises(ValueError, match=r"separator seems to be ';'\. Use commas"):
        load_tracks(table(tmp_path, "audio;title\nx.wav;x\n"))
    with pytest.raises(ValueError, match=r"no rows, and neither .*'f9'\] and 20 more"):
        load_tracks(table(tmp_path, ",".join(f"f{i}" for i in range(30)) + "\n"))
    with pytest.raises(ValueError, match="no rows"):
        load_tracks(table(tmp_path, "audio,lyrics\n"))
    with pytest.raises(ValueError, match="not a readable table"):
        load_tracks(table(tmp_path, ""))
    with pytest.raises(ValueError, match="Parquet"):
        load_tracks(table(tmp_path, "audio\n", "tracks.parquet"))


def test_text_columns_of_a_table_are_not_converted(tmp_path):
    source = table(
        tmp_path,
        'tempo,track_id,audio,title,artist,lyrics\n90,007,x/a.wav,NA,null,"one\ntwo"\n,12,b.wav, None ,,\n',
    )
    tracks = load_tracks(source)
    assert tracks.columns.tolist() == [*KNOWN, "tempo"]
    assert tracks["track_id"].tolist() == ["007", "12"]
    assert tracks["title"].tolist() == ["NA", "None"]
    assert tracks["artist"].isna().tolist() == [False, True]
    assert tracks["lyrics"].iloc[0] == "one\ntwo"
    assert tracks["tempo"].iloc[0] == 90
    assert tracks["audio"].tolist() == [str(tmp_path / "x" / "a.wav"), str(tmp_path / "b.wav")]


def test_table_can_refer_to_lyrics_files(tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "a.lrc").write_text("[00:01]la la")
    source = table(tmp_path, "audio,lyrics\na.wav,words/a.lrc\nb.wav,words/none.txt\nc.wav,plain text\n")
    with pytest.warns(TrackWarning, match="none.txt") as caught:
        tracks = load_tracks(source)
    assert [track_id for track_id, _ in caught[0].message.failures] == ["b.wav"]
    assert tracks["lyrics"].fillna("").tolist() == ["la la", "", "plain text"]


def test_missing_audio_and_track_ids_are_handled(tmp_path):
    tracks = load_tracks(table(tmp_path, "lyrics\none\ntwo\n"))
    assert tracks["audio"].isna().all()
    assert tracks["track_id"].tolist() == ["0", "1"]
    tracks = load_tracks(table(tmp_path, f"audio,lyrics\n,one\n{tmp_path}/sub/x.wav,\n"))
    assert tracks["track_id"].tolist() == ["0", "sub/x.wav"]
    assert tracks["audio"].isna().tolist() == [True, False]


def test_urls_are_not_changed(tmp_path):
    urls = ["s3://bucket/a song.mp3", "zip://b.mp3::https://host/music.zip", "memory://c.wav"]
    (tmp_path / "tracks.csv").write_text("audio\n" + "\n".join([*urls, "d.mp3"]))
    tracks = load_tracks(tmp_path / "tracks.csv")
    assert tracks["audio"].tolist() == [*urls, str(tmp_path / "d.mp3")]
    assert tracks["track_id"].tolist() == [*urls, "d.mp3"]


def test_repeated_track_ids_raise_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"repeated values: 'a\.wav'\. Remove"):
        load_tracks(table(tmp_path, "audio\na.wav\na.wav\nb.wav\n"))
    with pytest.raises(ValueError, match="'7'"):
        load_tracks(table(tmp_path, "track_id,audio\n7,a.wav\n7,b.wav\n"))


def test_all_table_formats_give_the_same_tracks(tmp_path):
    text = f"audio,lyrics,genre,year\n{BANGLA}.wav,{BANGLA},folk,1999\nb.wav,,,2001\n"
    source = table(tmp_path, text)
    expected = load_tracks(source)
    pd.read_csv(source).to_parquet(tmp_path / "t.parquet")
    table(tmp_path, text.replace(",", "\t"), "t.tsv")
    (tmp_path / "u.csv").write_text(text, encoding="utf-16")
    for other in ("t.parquet", "t.tsv", "u.csv"):
        pd.testing.assert_frame_equal(load_tracks(tmp_path / other), expected, check_dtype=False)


def test_latin_1_table_causes_a_warning(tmp_path):
    (tmp_path / "t.csv").write_bytes("audio,artist\na.wav,Beyoncé\n".encode("latin-1"))
    with pytest.warns(TrackWarning, match="Latin-1"):
        assert load_tracks(tmp_path / "t.csv")["artist"].tolist() == ["Beyoncé"]


def test_valid_library_causes_no_warning(tmp_path, sound):
    sound("a.wav")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_tracks(tmp_path)
