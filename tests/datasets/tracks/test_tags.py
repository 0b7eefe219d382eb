"""Reading of the tags of audio files."""

import numpy as np
import pytest
import soundfile

from skvae.datasets import load_tracks
from skvae.datasets.tracks import _tags

BANGLA = "আমার সোনার বাংলা"


def _write_audio(path):
    soundfile.write(path, 0.1 * np.sin(np.arange(22050) / 10), 22050)
    return path


def test_tags_of_each_format_are_read(tmp_path):
    from mutagen.flac import FLAC
    from mutagen.id3 import TCON, TIT2, TLAN, TPE1, USLT
    from mutagen.mp3 import MP3
    from mutagen.mp4 import MP4Tags
    from mutagen.oggvorbis import OggVorbis

    file = MP3(_write_audio(tmp_path / "a.mp3"))
    file.add_tags()
    for frame in (TIT2(text=["Night"]), TPE1(text=["Mira", "Ravi"]), TCON(text=["17"]), TLAN(text=["ben"])):
        file.tags.add(frame)
    file.tags.add(USLT(lang="ben", desc="", text=f"[00:01.00]{BANGLA}"))
    file.save()
    file = OggVorbis(_write_audio(tmp_path / "b.ogg"))
    file["UNSYNCEDLYRICS"], file["Title"] = "from vorbis", "Day"
    file.save()
    file = FLAC(_write_audio(tmp_path / "c.flac"))
    file["LYRICS"], file["genre"] = "from flac", ["Jazz", "Bop"]
    file.save()
    tracks = load_tracks(tmp_path).set_index("track_id")
    expected = [f"{BANGLA}", "Night", "Mira", "ben", "Rock"]
    assert tracks.loc["a.mp3", ["lyrics", "title", "artist", "language", "genre"]].tolist() == expected
    assert tracks.loc["b.ogg", ["lyrics", "title"]].tolist() == ["from vorbis", "Day"]
    assert tracks.loc["c.flac", ["lyrics", "genre"]].tolist() == ["from flac", "Jazz"]

    mp4 = MP4Tags()
    mp4["\xa9lyr"], mp4["\xa9ART"], mp4["covr"] = ["from mp4"], ["Lila"], [b"\xff\xd8"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mutagen.File", lambda path: type("File", (), {"tags": mp4}))
        assert _tags.read_tags("x.m4a") == {"lyrics": "from mp4", "artist": "Lila"}
