"""MIDI files of songs."""

from io import BytesIO

import numpy as np
import pytest

from skvae.datasets.generated._composition import compose, form_band
from skvae.datasets.generated._midi import encode_midi
from skvae.datasets.generated._recipes import GENRES


def encode_with_pretty_midi(score, duration):
    pretty_midi = pytest.importorskip("pretty_midi")
    midi = pretty_midi.PrettyMIDI(initial_tempo=score.tempo)
    beat = 60 / score.tempo
    for part in score.instruments:
        instrument = pretty_midi.Instrument(part.program, is_drum=part.is_drum)
        instrument.notes = [
            pretty_midi.Note(velocity, pitch, start * beat, min(end * beat, duration))
            for start, end, pitch, velocity in part.notes
            if start * beat < duration - 0.05
        ]
        controls = {7: part.level, 10: int(64 + 63 * part.pan), 91: score.reverb}
        instrument.control_changes = [pretty_midi.ControlChange(*control, 0) for control in controls.items()]
        midi.instruments.append(instrument)
    file = BytesIO()
    midi.write(file)
    return file.getvalue()


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("duration", [1.0, 10.0])
def test_bytes_equal_those_of_pretty_midi(genre, duration):
    rng = np.random.default_rng(0)
    score = compose(genre, form_band(genre, rng, crossover=0.5), duration, rng)
    assert encode_midi(score, duration) == encode_with_pretty_midi(score, duration)
