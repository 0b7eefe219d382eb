"""Recordings from URLs, file objects and PyAV, and the amount of data that is read from long files."""

import io
import pickle
import sys
from pathlib import Path

import fsspec
import joblib
import numpy as np
import pandas as pd
import pytest
import soundfile
from encoded_audio import encode

from skvae._paths import is_url
from skvae.audio import AudioFeatureExtractor, AudioSegment, explode_segments
from skvae.audio.decoding._decode import decode
from skvae.audio.decoding._errors import AudioError
from skvae.audio.decoding._files import FileObject
from skvae.audio.execution._fingerprint import content_digest

SETTINGS = {"sample_rate": 22050, "offset": 0.0, "duration": 30.0, "excerpts": None}
EXTRACTOR = AudioFeatureExtractor(["rms"], statistics=["mean"], on_error="raise")


@pytest.fixture
def memory():
    """Empty file system in memory."""
    file_system = fsspec.filesystem("memory")
    file_system.store.clear()
    yield file_system
    file_system.store.clear()


class Counting(io.BytesIO):
    """File that counts the bytes read."""

    n_read = 0

    def read(self, size=-1):
        content = super().read(size)
        self.n_read += len(content)
        return content


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_paths_urls_and_file_objects_give_the_same_row(name, make_signal, write, memory, tmp_path):
    path = write(name, make_signal())
    content = (tmp_path / name).read_bytes()
    memory.pipe("/music/song", content)
    expected = EXTRACTOR.transform([path])
    with open(path, "rb") as file, fsspec.open(f"file://{path}") as through_fsspec:
        file.seek(1000)  # the current position does not matter
        X = [f"file://{path}", "memory://music/song", io.BytesIO(content), file, file, through_fsspec]
        np.testing.assert_array_equal(EXTRACTOR.transform(X), np.repeat(expected, 6, axis=0))
        with joblib.parallel_config(backend="threading", n_jobs=4):
            np.testing.assert_array_equal(EXTRACTOR.transform([file] * 12), np.repeat(expected, 12, axis=0))
        # Another process receives the content.
        copy = pickle.loads(pickle.dumps(FileObject(file)))
        np.testing.assert_array_equal(decode(copy, **SETTINGS)[0], decode(path, **SETTINGS)[0])
        assert content_digest(copy) == content_digest(path) == content_digest("memory://music/song")


def test_worker_processes_accept_file_objects(make_signal, write):
    path = write("a.wav", make_signal())
    extractor = AudioFeatureExtractor(["rms"], n_jobs=2)
    with open(path, "rb") as file:
        np.testing.assert_array_equal(extractor.transform([file] * 3), extractor.transform([path] * 3))


def test_segments_of_urls_and_file_objects(make_signal, write, memory, tmp_path):
    content = (tmp_path / write("a.wav", make_signal())).read_bytes()
    memory.pipe("/a.wav", content)
    tracks = pd.DataFrame({"audio": ["memory://a.wav", io.BytesIO(content), str(tmp_path / "a.wav")]})
    segments = explode_segments(tracks, seconds=2.0)
    assert segments["song_id"].tolist() == [0, 0, 1, 1, 2, 2]
    values = EXTRACTOR.transform(segments["audio"])[:, 0].reshape(3, 2)
    np.testing.assert_array_equal(values[0], values[1])
    np.testing.assert_array_equal(values[0], values[2])


def test_urls_are_distinguished_from_paths():
    for url in ("s3://bucket/a.mp3", "https://host/a.mp3", "file:///a.mp3", "zip://a.mp3::file:///songs.zip"):
        assert is_url(url)
    for path in ("a.mp3", "/a/b.mp3", r"C:\a.mp3", "C:/a.mp3", "a:b.mp3", "://a", "folder/s3://a", "Nine: ten::eleven"):
        assert not is_url(path)


def test_recordings_in_zip_archives(make_signal, write, tmp_path):
    import zipfile

    path = write("a.flac", make_signal())
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        archive.write(path, "inside/a.flac")
    url = f"zip://inside/a.flac::file://{tmp_path}/songs.zip"
    np.testing.assert_array_equal(EXTRACTOR.transform([url]), EXTRACTOR.transform([path]))


def test_unusable_urls_and_file_objects_raise_errors(memory, write, make_signal, monkeypatch):
    memory.pipe("/text.mp3", b"text\n" * 1000)
    memory.pipe("/empty.mp3", b"")
    memory.pipe("/folder/a.mp3", b"a")
    closed = io.BytesIO(b"...")
    closed.close()
    monkeypatch.setitem(sys.modules, "s3fs", None)
    reasons = {
        "memory://missing.mp3": "^file not found$",
        "file:///missing/missing.mp3": "^file not found$",
        "memory://text.mp3": "^not audio that can be decoded",
        "memory://empty.mp3": "^empty file$",
        "memory://folder": "^a folder$",
        "s3://bucket/a.mp3": "^cannot be reached: Install s3fs to access S3",
        "nosuch://a.mp3": "^cannot be read: Protocol not known: nosuch",
        FileObject(closed): "^the file object cannot be read from its beginning: ",
        FileObject(io.BytesIO()): "^not audio that can be decoded",
        FileObject(io.BytesIO(b"text\n" * 1000)): "^not audio that can be decoded",
    }
    for source, reason in reasons.items():
        with pytest.raises(AudioError, match=reason):
            decode(source, **SETTINGS)
    path = write("a.wav", make_signal())
    with (
        open(path, encoding="latin-1") as text,
        pytest.raises(TypeError, match=r"X\[1\] is a text file. Open it in binary mode"),
    ):
        EXTRACTOR.transform([path, text])


@pytest.mark.parametrize("n_before", [0, 100_000])
def test_connection_error_is_the_reason_of_the_failure(n_before, make_signal, write, tmp_path, capfd):
    """Exceptions cannot pass through the decoder. They are raised afterwards."""

    class Breaking(Counting):
        def read(self, size=-1):
            if self.n_read >= n_before:
                raise ConnectionResetError("reset by peer")
            return super().read(size)

    file = Breaking((tmp_path / write("a.wav", make_signal())).read_bytes())
    with pytest.raises(AudioError, match=r"^cannot be read: reset by peer$"):
        decode(FileObject(file), **SETTINGS)
    assert "callback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("name", "options", "most"),
    [
        ("long.wav", {}, 0.1),
        ("long.flac", {}, 0.1),
        ("long.ogg", {}, 0.3),
        pytest.param("long.opus", {"format": "OGG", "subtype": "OPUS"}, 0.3, marks=pytest.mark.slow),
        ("long.mp3", {}, 0.95),  # the decoder follows the headers of all frames
    ],
)
def test_little_of_a_long_file_is_read(name, options, most, make_signal, tmp_path):
    """Four excerpts of two seconds are decoded from a file of four minutes."""
    rate, path = 48000 if "opus" in name else 22050, tmp_path / name
    with soundfile.SoundFile(path, "w", rate, 1, **options) as file:
        for _ in range(30):  # the ogg encoder crashes if it gets all samples at once
            file.write(make_signal(seconds=8.0, rate=rate))
    for settings in ({"duration": 8.0, "excerpts": 4}, {"offset": 180.0, "duration": 8.0}):
        file = Counting(path.read_bytes())
        signals, _ = decode(FileObject(file), **SETTINGS | settings)
        assert sum(map(len, signals)) == pytest.approx(8 * 22050, rel=0.02)
        assert file.n_read < most * path.stat().st_size


@pytest.fixture
def encoded(make_signal, tmp_path):
    """Function that encodes twenty seconds with FFmpeg and returns the path and the samples."""
    pytest.importorskip("av")

    def write(name, codec, file_format, rate=44100):
        y = make_signal(seconds=20.0, rate=rate)
        (tmp_path / name).write_bytes(encode(y, rate, codec, file_format))
        return str(tmp_path / name), y

    return write


@pytest.mark.parametrize(
    ("name", "codec", "file_format", "rate", "delay", "likeness"),
    [
        ("a.m4a", "aac", "mp4", 44100, 1024, 0.95),  # starts with silence, since it has no edit list
        ("a.aac", "aac", "adts", 44100, 1024, 0.95),
        ("alac.m4a", "alac", "mp4", 44100, 0, 0.9999),
        ("wrong.mp3", "aac", "mp4", 44100, 1024, 0.95),
        ("a.wma", "wmav2", "asf", 44100, 2048, 0.9),
        ("a.webm", "libopus", "webm", 48000, 0, 0.9),
    ],
)
def test_formats_decoded_with_pyav(name, codec, file_format, rate, delay, likeness, encoded):
    """Path, file object and URL; the complete recording and its middle."""
    path, y = encoded(name, codec, file_format, rate)
    settings = SETTINGS | {"sample_rate": rate}
    inaccuracy = 30 if file_format in ("asf", "webm") else 0  # these formats store times in milliseconds
    with open(path, "rb") as file:
        for source in (path, FileObject(file), f"file://{path}"):
            _, seconds = decode(source, **settings)
            assert seconds == pytest.approx(20, abs=0.1)
            (middle,), seconds = decode(source, **settings | {"offset": 7.3, "duration": 2.0})
            assert seconds == pytest.approx(2.0, abs=0.01)
            start = round(7.3 * rate) - delay
            shifts = range(-inaccuracy, inaccuracy + 1)
            assert max(np.corrcoef(middle, y[start + k :][: len(middle)])[0, 1] for k in shifts) >= likeness
    assert len(decode(AudioSegment(path, 1.0, 3.0), **SETTINGS)[0][0]) == pytest.approx(3 * 22050, rel=0.01)
    with pytest.raises(AudioError, match=r"^offset 30 s is past the end at 20\.0 s$"):
        decode(path, **settings | {"offset": 30.0})


def test_damaged_files_with_pyav(encoded, tmp_path):
    """Truncated raw AAC is decoded up to its end. An MP4 file without its index cannot be decoded."""
    content = Path(encoded("a.aac", "aac", "adts")[0]).read_bytes()
    (tmp_path / "cut.aac").write_bytes(content[: len(content) // 2])
    assert decode(str(tmp_path / "cut.aac"), **SETTINGS)[1] == pytest.approx(10, abs=0.5)
    hole = bytearray(content)
    hole[50_000:60_000] = bytes(10_000)
    (tmp_path / "hole.aac").write_bytes(hole)
    assert decode(str(tmp_path / "hole.aac"), **SETTINGS)[1] > 3
    whole = Path(encoded("b.m4a", "aac", "mp4")[0]).read_bytes()
    for percent in range(1, 100, 7):
        (tmp_path / "cut.m4a").write_bytes(whole[: len(whole) * percent // 100])
        with pytest.raises(AudioError, match=r"^not audio that can be decoded"):
            decode(str(tmp_path / "cut.m4a"), **SETTINGS)


def test_playlists_are_not_followed(encoded, tmp_path):
    """FFmpeg would open the files of a playlist, also on other machines."""
    path, _ = encoded("a.aac", "aac", "adts")
    (tmp_path / "list.mp3").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\n{path}\n#EXT-X-ENDLIST\n")
    (tmp_path / "concat.mp3").write_text(f"ffconcat version 1.0\nfile '{path}'\n")
    for name in ("list.mp3", "concat.mp3"):
        with pytest.raises(AudioError, match=r"^not audio that can be decoded"):
            decode(str(tmp_path / name), **SETTINGS)


def test_error_without_pyav(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    (tmp_path / "song.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(1000))
    with pytest.raises(AudioError, match=r"m4a, aac and wma need PyAV: pip install av$"):
        decode(str(tmp_path / "song.m4a"), **SETTINGS)
    (tmp_path / "text.mp3").write_text("this file contains text instead of audio\n" * 20)
    with pytest.raises(AudioError, match=r"^not audio that can be decoded \(wav, flac, ogg, opus, mp3\)$"):
        decode(str(tmp_path / "text.mp3"), **SETTINGS)


def test_sound_after_other_chunks_of_a_file_object(make_signal):
    """Chunks of pictures and notes precede the sound."""
    file = io.BytesIO()
    soundfile.write(file, make_signal(), 22050, format="WAV")
    content = file.getvalue()
    cover = b"LIST" + (5_000_000).to_bytes(4, "little") + bytes(5_000_000)
    larger = b"RIFF" + (len(content) + len(cover) - 8).to_bytes(4, "little") + content[8:12] + cover + content[12:]
    assert EXTRACTOR.transform([io.BytesIO(larger)]) == EXTRACTOR.transform([file])
