"""Rendering of songs to audio, and writing of reproducible Ogg Vorbis files."""

from functools import lru_cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from scipy.signal import lfilter

_PEAK = 0.8  # below 1, because the Vorbis codec can increase peaks
_BLOCK = 16384  # frames per write, because libsndfile's Vorbis encoder can overflow its stack on long buffers


def check_renderer():
    """Raise ImportError if the optional packages that render General MIDI are not installed."""
    try:
        import midirenderer  # noqa: F401
        import pretty_midi  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"make_songs requires {error.name}. Install it with pip install midirenderer pretty-midi."
        ) from error


@lru_cache(maxsize=1)
def _read_sound_font():
    """Read the General MIDI sound font of pretty_midi."""
    return (files("pretty_midi") / "TimGM6mb.sf2").read_bytes()


def render(score, duration, *, treble_gain=0.0, loudness=-17.0):
    """Render a song with the General MIDI sound font.

    Parameters
    ----------
    score : Score
        Song.
    duration : float
        Duration of the audio in seconds. The last second fades out, or the last tenth if that is shorter.
    treble_gain : float, default=0.0
        Gain of high frequencies relative to low frequencies, in decibels.
    loudness : float, default=-17.0
        RMS level in decibels relative to full scale. The level is lower if peaks would clip.

    Returns
    -------
    audio : ndarray of shape (n_samples, 2)
        Stereo audio.
    sample_rate : int
        Sample rate in hertz.
    """
    import midirenderer
    import pretty_midi
    import soundfile

    midi = pretty_midi.PrettyMIDI(initial_tempo=score.tempo)
    beat = 60 / score.tempo
    for part in score.instruments:
        instrument = pretty_midi.Instrument(part.program, is_drum=part.is_drum)
        instrument.notes = [
            pretty_midi.Note(velocity, pitch, start * beat, min(end * beat, duration))
            for start, end, pitch, velocity in part.notes
            if start * beat < duration - 0.05
        ]
        settings = {7: part.level, 10: int(64 + 63 * part.pan), 91: score.reverb}
        instrument.control_changes = [pretty_midi.ControlChange(*change, 0) for change in settings.items()]
        midi.instruments.append(instrument)
    data = BytesIO()
    midi.write(data)
    wave = midirenderer.render_wave_from(_read_sound_font(), data.getvalue())
    audio, sample_rate = soundfile.read(BytesIO(wave), always_2d=True)
    n_samples = round(duration * sample_rate)
    audio = np.pad(audio[:n_samples], ((0, max(0, n_samples - len(audio))), (0, 0)))
    n_fade = int(min(sample_rate, n_samples / 10))
    audio[n_samples - n_fade :] *= np.linspace(1, 0, n_fade)[:, np.newaxis]
    audio = _tilt_spectrum(audio, treble_gain, sample_rate)
    gain = 10 ** (loudness / 20) / np.sqrt(np.mean(audio**2))
    return audio * min(gain, _PEAK / np.abs(audio).max()), sample_rate


def _tilt_spectrum(audio, treble_gain, sample_rate, corner=1000.0):
    """Amplify the frequencies above a corner frequency by `treble_gain` dB relative to those below it."""
    pole = np.exp(-2 * np.pi * corner / sample_rate)
    low = lfilter([1 - pole], [1, -pole], audio, axis=0)
    return low * 10 ** (-treble_gain / 40) + (audio - low) * 10 ** (treble_gain / 40)


def write_ogg(path, audio, sample_rate, tags):
    """Write audio as Ogg Vorbis with Vorbis comments.

    Parameters
    ----------
    path : pathlib.Path
        File to write.
    audio : ndarray of shape (n_samples, n_channels)
        Audio.
    sample_rate : int
        Sample rate in hertz.
    tags : dict of str to str
        Vorbis comments.
    """
    import soundfile
    from mutagen.ogg import OggPage
    from mutagen.oggvorbis import OggVorbis

    data = BytesIO()
    with soundfile.SoundFile(data, "w", sample_rate, audio.shape[1], format="OGG", subtype="VORBIS") as file:
        for start in range(0, len(audio), _BLOCK):
            file.write(audio[start : start + _BLOCK])
    data.seek(0)
    comments = OggVorbis(data)
    comments.update(tags)
    data.seek(0)
    comments.save(data)
    # libsndfile derives the serial number of the stream from the clock. A fixed number makes the file reproducible.
    size = data.seek(0, 2)
    data.seek(0)
    with open(path, "wb") as file:
        while data.tell() < size:
            page = OggPage(data)
            page.serial = 1
            file.write(page.write())
