"""MIDI files of songs."""

from itertools import pairwise

_RESOLUTION = 220  # ticks per beat
_PROGRAM_CHANGE, _CONTROL_CHANGE, _NOTE_ON = 0xC0, 0xB0, 0x90
_ORDER = {_PROGRAM_CHANGE: 0, _CONTROL_CHANGE: 1, _NOTE_ON: 2}  # of messages at the same tick
_VOLUME, _PAN, _REVERB = 7, 10, 91  # controllers
_DRUM_CHANNEL = 9
_CHANNELS = [channel for channel in range(16) if channel != _DRUM_CHANNEL]


def encode_midi(score, duration):
    """Encode a song as a MIDI file with one track per instrument.

    The bytes equal those of ``pretty_midi.PrettyMIDI.write``, which takes a quarter of the time of the synthesizer.

    Parameters
    ----------
    score : Score
        Song.
    duration : float
        Duration in seconds. Later notes are left out.

    Returns
    -------
    bytes
        Content of the file.
    """
    beat, tick = 60 / score.tempo, 60 / (score.tempo * _RESOLUTION)
    tempo = int(6e7 / (60 / (tick * _RESOLUTION)))  # microseconds per beat
    # Meta events: tempo, and a time signature of 4/4 with 24 MIDI clocks per click.
    tracks = [_encode_track([(0, b"\xff\x51\x03" + tempo.to_bytes(3)), (0, b"\xff\x58\x04\x04\x02\x18\x08")])]
    for number, part in enumerate(score.instruments):
        messages = [(0, _PROGRAM_CHANGE, part.program)]
        controls = {_VOLUME: part.level, _PAN: int(64 + 63 * part.pan), _REVERB: score.reverb}
        messages += [(0, _CONTROL_CHANGE, *control) for control in controls.items()]
        for start, end, pitch, velocity in part.notes:
            if start * beat < duration - 0.05:
                messages.append((round(start * beat / tick), _NOTE_ON, pitch, velocity))
                messages.append((round(min(end * beat, duration) / tick), _NOTE_ON, pitch, 0))  # ends the note
        messages.sort(key=lambda message: (message[0], _ORDER[message[1]], *message[2:]))
        channel = _DRUM_CHANNEL if part.is_drum else _CHANNELS[number % len(_CHANNELS)]
        tracks.append(_encode_track([(time, bytes([kind | channel, *data])) for time, kind, *data in messages]))
    header = b"".join(value.to_bytes(2) for value in (1, len(tracks), _RESOLUTION))
    return b"".join([_encode_chunk(b"MThd", header), *(_encode_chunk(b"MTrk", track) for track in tracks)])


def _encode_track(events):
    """Encode events with the ticks since the previous event. A repeated status byte is left out."""
    end_of_track = (events[-1][0] + 1, b"\xff\x2f\x00")
    encoded = []
    for (before, previous), (time, event) in pairwise([(0, b"\xff"), *events, end_of_track]):
        is_repeated = event[0] == previous[0] != 0xFF
        encoded += [_encode_number(int(time - before)), event[is_repeated:]]
    return b"".join(encoded)


def _encode_number(number):
    """Encode an integer in groups of seven bits. The highest bit of a byte is set if another byte follows."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.insert(0, number & 0x7F | 0x80)
    return bytes(groups)


def _encode_chunk(name, content):
    return name + len(content).to_bytes(4) + content
