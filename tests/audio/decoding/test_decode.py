"""Decoding: excerpts, formats, and reasons for recordings that cannot be used."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.audio import AudioFeatureExtractor
from skvae.audio.decoding._decode import decode, excerpt_spans
from skvae.audio.decoding._errors import AudioError
from skvae.audio.execution._fingerprint import content_digest

RATE = 22050
SETTINGS = {"sample_rate": RATE, "offset": 0.0, "duration": 30.0, "excerpts": None}


@settings(deadline=None, max_examples=200, derandomize=True)
@given(
    seconds=st.floats(1, 4000),
    offset=st.floats(0, 0.9),
    duration=st.floats(0.5, 120),
    excerpts=st.none() | st.integers(1, 12),
    rate=st.sampled_from([8000, 44100]),
)
def test_excerpts_are_evenly_spread(seconds, offset, duration, excerpts, rate):
    """Excerpts are within the recording, in order, without overlap, and contain `duration` seconds if available."""
    n_samples, offset = round(seconds * rate), offset * seconds
    spans = excerpt_spans(n_samples, rate, offset, duration, excerpts)
    starts, counts = np.array(spans).T
    assert starts[0] >= round(offset * rate)
    assert starts[-1] + counts[-1] <= n_samples + 1
    assert (starts[1:] >= starts[:-1] + counts[:-1] - 1).all()
    assert sum(counts) == pytest.approx(min(duration * rate, n_samples - offset * rate), abs=len(spans) + 1)
    if excerpts is not None and duration * rate < n_samples - offset * rate - 2:
        assert len(spans) == excerpts
        before, after = starts[0] - offset * rate, n_samples - starts[-1] - counts[-1]
        assert before == pytest.approx(after, abs=3)


def test_excerpts_are_the_middle_of_equal_parts():
    assert excerpt_spans(100, 1, 0, 30, None) == [(0, 30)]
    assert excerpt_spans(100, 1, 0, 30, 1) == [(35, 30)]
    assert excerpt_spans(100, 1, 10, 30, 3) == [(20, 10), (50, 10), (80, 10)]
    assert excerpt_spans(25, 1, 0, 30, 3) == [(0, 25)]


def test_duration_none_decodes_the_whole_recording(make_signal, write):
    assert excerpt_spans(100, 1, 10, None, None) == excerpt_spans(100, 1, 10, None, 3) == [(10, 90)]
    y = make_signal(seconds=45)
    for source in ((y, RATE), write("long.flac", y)):
        (whole,), seconds = decode(source, **SETTINGS | {"duration": None, "offset": 2.0})
        assert seconds == pytest.approx(43, abs=0.05)
        (longest,), _ = decode(source, **SETTINGS | {"duration": 1000.0, "offset": 2.0})
        np.testing.assert_array_equal(whole, longest)


@pytest.mark.parametrize(
    ("name", "options", "likeness"),
    [
        ("a.wav", {"subtype": "FLOAT"}, 1 - 1e-9),
        ("a.flac", {"subtype": "PCM_16"}, 1 - 1e-6),
        ("a.ogg", {}, 0.9),
        ("a.opus", {"format": "OGG", "subtype": "OPUS"}, 0.9),
        ("a.mp3", {}, 0.9),
    ],
)
def test_each_format_is_decoded(name, options, likeness, make_signal, write):
    """The middle two seconds equal those of the original samples."""
    y = make_signal(rate=48000)
    path = write(name, y, 48000, **options)
    (whole,), seconds = decode(path, **SETTINGS | {"sample_rate": 48000})
    assert whole.dtype == np.float32
    assert seconds == pytest.approx(4, abs=0.1)
    (middle,), seconds = decode(path, **SETTINGS | {"sample_rate": 48000, "offset": 1.0, "duration": 2.0})
    assert seconds == pytest.approx(2, abs=0.05)
    expected = y[48000 : 3 * 48000]
    n = min(len(expected), len(middle))
    assert np.corrcoef(middle[:n], expected[:n])[0, 1] >= likeness


def test_only_the_excerpts_are_decoded(make_signal, write, monkeypatch):
    path = write("long.flac", np.tile(make_signal(), 30))
    read, decoded = soundfile.SoundFile.read, []

    def counted(self, *args, **kwargs):
        block = read(self, *args, **kwargs)
        decoded.append(len(block))
        return block

    monkeypatch.setattr(soundfile.SoundFile, "read", counted)
    signals, seconds = decode(path, **SETTINGS | {"duration": 12.0, "excerpts": 4})
    assert len(signals) == 4
    assert sum(decoded) == 12 * RATE
    assert seconds == pytest.approx(12, abs=0.05)


def test_channels_sample_rates_and_integers():
    """Eight channels at 96 kHz on either axis, and 16-bit integers."""
    rng = np.random.default_rng(0)
    samples = rng.normal(scale=0.1, size=(96000, 8)).clip(-1, 1)
    (y,), seconds = decode((samples, 96000), **SETTINGS)
    (transposed,), _ = decode((samples.T, 96000), **SETTINGS)
    (integers,), _ = decode(((samples * 32768).astype(np.int16), 96000), **SETTINGS)
    assert len(y) == pytest.approx(RATE, abs=30)
    assert seconds == pytest.approx(1, abs=0.01)
    np.testing.assert_array_equal(y, transposed)
    np.testing.assert_allclose(y, integers, atol=1e-4)


def test_silent_excerpts_are_left_out(make_signal):
    """Only the second half contains sound: two of four excerpts are silent."""
    y = np.concatenate([np.zeros(40 * RATE, np.float32), make_signal(seconds=40)])
    signals, seconds = decode((y, RATE), **SETTINGS | {"duration": 8.0, "excerpts": 4})
    assert len(signals) == 2
    assert seconds == pytest.approx(4, abs=0.01)


NOT_AUDIO = "^not audio that can be decoded "
NOISE = np.random.default_rng(0).normal(scale=0.1, size=RATE)


@pytest.mark.parametrize(
    ("samples", "rate", "reason"),
    [
        (NOISE[:2205], RATE, r"^too short: 0\.1 s of sound, at least 0\.5 s needed$"),
        (np.zeros(RATE), RATE, "^silent: no sample is louder than -80 dB relative to full scale$"),
        (np.where(np.arange(RATE) == 7, np.nan, NOISE), RATE, "^NaN or infinite samples$"),
        (np.where(np.arange(RATE) == 7, np.inf, NOISE), RATE, "^NaN or infinite samples$"),
        (np.stack([NOISE, np.full(RATE, np.nan)]), RATE, "^NaN or infinite samples$"),
        (NOISE * 1e300, RATE, "^NaN or infinite samples$"),
        (NOISE * 32768, RATE, "^samples reach .*: floats must be between about -1 and 1"),
        (NOISE[:0], RATE, "^no samples could be decoded$"),
        (NOISE, 0, "^the sample rate must be a positive number of hertz, got 0$"),
        (NOISE, np.nan, "^the sample rate must be .* got nan$"),
        (NOISE, np.inf, "^the sample rate must be .* got inf$"),
        (NOISE.reshape(2, 5, -1), RATE, r"^samples must have shape .* got \(2, 5, 2205\)$"),
        (NOISE + 0j, RATE, "^samples must be floats .* got complex128$"),
        (np.array(["a"]), RATE, "^samples must be floats .* got <U1$"),
    ],
)
def test_unusable_arrays_raise_errors(samples, rate, reason):
    with pytest.raises(AudioError, match=reason):
        decode((samples, rate), **SETTINGS)


def test_unusable_files_raise_errors(tmp_path, write):
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "text.mp3").write_text("some text without audio\n" * 500)
    (tmp_path / "song.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(1000))
    reasons = {
        "empty.mp3": "^empty file$",
        "text.mp3": NOT_AUDIO,
        "song.m4a": NOT_AUDIO,
        "missing.mp3": "^file not found$",
        "nul\0.mp3": "^file not found$",
        ".": "^a folder$",
        "empty.mp3/deeper.mp3": "^file not found$|^cannot be read",
        "x" * 300: "^file not found$|^cannot be read",
    }
    for name, reason in reasons.items():
        for use in (lambda path: decode(path, **SETTINGS), content_digest):
            if use is content_digest and name in {"text.mp3", "song.m4a"}:
                continue
            with pytest.raises(AudioError, match=reason):
                use(f"{tmp_path}/{name}")
    with pytest.raises(AudioError, match=r"^offset 5 s is past the end at 1\.0 s$"):
        decode(write("short.wav", NOISE), **SETTINGS | {"offset": 5.0})


def test_truncated_mp3_is_decoded_up_to_its_end(make_signal, write):
    whole = Path(write("whole.mp3", make_signal(seconds=20)))
    truncated = whole.with_name("truncated.mp3")
    truncated.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (expected,), _ = decode(str(whole), **SETTINGS)
    (decoded,), seconds = decode(str(truncated), **SETTINGS)
    assert 5 < seconds < 12
    assert np.abs(decoded[: 5 * RATE] - expected[: 5 * RATE]).max() < 1e-3
    extractor = AudioFeatureExtractor(["rms"], excerpts=4, duration=8.0)
    assert 2 <= extractor.extract([truncated]).seconds[0] <= 8
    # The header determines the excerpts, so that all of them can be after the end of the truncated file.
    truncated.write_bytes(whole.read_bytes()[: whole.stat().st_size // 6])
    assert AudioFeatureExtractor(duration=2.0, excerpts=2).extract([truncated]).seconds[0] >= 0.5
