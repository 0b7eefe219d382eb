"""A song on paper -> a tagged Ogg Vorbis file, the same bytes each time."""

from functools import lru_cache
from io import BytesIO

import numpy as np
from scipy.signal import lfilter

PEAK = 0.8  # Vorbis overshoots what it is given; this leaves it room
_BLOCK = 16384  # libsndfile's Vorbis encoder can overflow its stack on long buffers


def check_sounds():
    """Raise ImportError, with the way out, where the packages that play General MIDI are missing."""
    try:
        import midirenderer  # noqa: F401
        import pretty_midi  # noqa: F401
    except ImportError as error:
        raise ImportError(f'make_songs needs {error.name}; install it with pip install "skvae[demo]"') from error


@lru_cache(maxsize=1)
def _sound_font():
    from importlib.resources import files

    return (files("pretty_midi") / "TimGM6mb.sf2").read_bytes()


def perform(score, duration, *, tone=0.0, loudness=-17.0):
    """Play a song through the General MIDI sound font.

    Parameters
    ----------
    score : Score
    duration : float
        Seconds that are kept; the last second of them, at most a tenth, fades out.
    tone : float, default=0.0
        Decibels that the highs gain, and the lows lose, in the mix.
    loudness : float, default=-17.0
        RMS level in dB relative to full scale, less where the peaks would clip.

    Returns
    -------
    sound : ndarray of shape (n_samples, 2)
    sample_rate : int
        Hertz.
    """
    import midirenderer
    import pretty_midi
    import soundfile

    midi = pretty_midi.PrettyMIDI(initial_tempo=score.tempo)
    second = 60 / score.tempo
    for part in score.parts:
        instrument = pretty_midi.Instrument(part.program, is_drum=part.is_drum)
        instrument.notes = [
            pretty_midi.Note(velocity, pitch, start * second, min(end * second, duration))
            for start, end, pitch, velocity in part.notes
            if start * second < duration - 0.05
        ]
        settings = {7: part.level, 10: int(64 + 63 * part.pan), 91: score.room}
        instrument.control_changes = [pretty_midi.ControlChange(*change, 0) for change in settings.items()]
        midi.instruments.append(instrument)
    data = BytesIO()
    midi.write(data)
    wave = midirenderer.render_wave_from(_sound_font(), data.getvalue())
    sound, sample_rate = soundfile.read(BytesIO(wave), always_2d=True)
    n_samples = round(duration * sample_rate)
    sound = np.pad(sound[:n_samples], ((0, max(0, n_samples - len(sound))), (0, 0)))
    n_fade = int(min(sample_rate, n_samples / 10))
    sound[n_samples - n_fade :] *= np.linspace(1, 0, n_fade)[:, np.newaxis]
    sound = _tilt(sound, tone, sample_rate)
    gain = 10 ** (loudness / 20) / np.sqrt(np.mean(sound**2))
    return sound * min(gain, PEAK / np.abs(sound).max()), sample_rate


def _tilt(sound, tone, sample_rate, corner=1000.0):
    """Split the sound at a corner frequency, and raise what lies above it by `tone` dB against what lies below."""
    pole = np.exp(-2 * np.pi * corner / sample_rate)
    low = lfilter([1 - pole], [1, -pole], sound, axis=0)
    return low * 10 ** (-tone / 40) + (sound - low) * 10 ** (tone / 40)


def write_ogg(path, sound, sample_rate, tags):
    """Write a sound as Ogg Vorbis with Vorbis comments.

    Parameters
    ----------
    path : pathlib.Path
    sound : ndarray of shape (n_samples, n_channels)
    sample_rate : int
        Hertz.
    tags : dict of str to str
    """
    import soundfile
    from mutagen.ogg import OggPage
    from mutagen.oggvorbis import OggVorbis

    data = BytesIO()
    with soundfile.SoundFile(data, "w", sample_rate, sound.shape[1], format="OGG", subtype="VORBIS") as file:
        for start in range(0, len(sound), _BLOCK):
            file.write(sound[start : start + _BLOCK])
    data.seek(0)
    comments = OggVorbis(data)
    comments.update(tags)
    data.seek(0)
    comments.save(data)
    # libsndfile draws the number of the stream by the clock; a fixed one makes the file repeatable.
    size = data.seek(0, 2)
    data.seek(0)
    with open(path, "wb") as file:
        while data.tell() < size:
            page = OggPage(data)
            page.serial = 1
            file.write(page.write())
