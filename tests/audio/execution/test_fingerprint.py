"""Stamps and digests of recordings."""

import io

import fsspec

from skvae.audio.execution._fingerprint import content_digest, file_stamp

RATE = 22050


def test_digest_depends_on_the_content(make_signal, write):
    y = make_signal()
    first, same, other = (content_digest(write(f"{i}.wav", z)) for i, z in enumerate([y, y, 0.5 * y]))
    assert first == same != other
    assert content_digest((y, RATE)) == content_digest((y[::-1][::-1], RATE))
    assert (
        len({content_digest((z, r)) for z, r in [(y, RATE), (y, 44100), (y[:-1], RATE), (y.astype(float), RATE)]}) == 4
    )


def test_stamp_of_a_url_changes_with_the_file(write, make_signal):
    """The file system in memory stores the time of creation."""
    memory = fsspec.filesystem("memory")
    memory.pipe("/a.wav", b"one")
    before = file_stamp("memory://a.wav")
    assert before == file_stamp("memory://a.wav")
    memory.pipe("/a.wav", b"two")
    assert file_stamp("memory://a.wav") != before
    path = write("a.wav", make_signal())
    assert file_stamp(f"file://{path}") is not None
    assert file_stamp(io.BytesIO()) is None
