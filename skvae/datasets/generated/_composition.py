"""Composition of songs as lists of notes, with times in beats and MIDI pitches."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ._genre import DRUMS, SCALES
from ._recipes import GENRES

TONICS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
STEPS = 16  # per bar of four beats


class Band(NamedTuple):
    """Properties that all songs of an artist share."""

    bass: int
    chords: int
    lead: int
    pad: int
    kit: int
    groove: int
    swing: float
    treble_gain: float  # decibels


class Instrument(NamedTuple):
    """One instrument and its notes."""

    program: int  # General MIDI program, starting at 0
    is_drum: bool
    level: int  # 0 to 127
    pan: float  # -1 to 1
    notes: list  # tuples (start, end, pitch, velocity), with times in beats


class Score(NamedTuple):
    """A song as notes."""

    tempo: float  # beats per minute
    key: str
    mode: str
    reverb: int  # 0 to 127
    instruments: list


def form_band(genre, rng, crossover):
    """Draw the properties of an artist.

    Parameters
    ----------
    genre : str
        Key of `GENRES`.
    rng : numpy.random.Generator
        Random number generator.
    crossover : float
        Probability that an instrument is drawn from a random genre.

    Returns
    -------
    Band
        Properties of the artist.
    """

    def draw_program(role):
        source = rng.choice(list(GENRES)) if rng.random() < crossover else genre
        return int(rng.choice(getattr(GENRES[source], f"{role}_programs")))

    recipe = GENRES[genre]
    return Band(
        bass=draw_program("bass"),
        chords=draw_program("chord"),
        lead=draw_program("lead"),
        pad=draw_program("pad"),
        kit=draw_program("kit"),
        groove=int(rng.integers(len(recipe.drum_patterns))),
        swing=rng.uniform(*recipe.swing),
        treble_gain=rng.normal(recipe.treble_gain, 1.5),
    )


@dataclass(frozen=True)
class _Harmony:
    """Properties that all instruments of a song share."""

    rng: np.random.Generator
    tonic: int  # semitones above C
    scale: tuple
    chords: list  # scale degree of the chord of each bar
    swing: float
    velocity: float  # mean velocity of a loud stroke

    def pitch(self, degree, base):
        """Return the MIDI number of a scale degree. Degree 0 is the lowest tonic that is not below `base`."""
        octave, step = divmod(degree, len(self.scale))
        return base + (self.tonic - base) % 12 + 12 * octave + self.scale[step]

    def play(self, pattern, bar, pitches, offset=0):
        """Return the notes of a pattern in one bar.

        Parameters
        ----------
        pattern : str
            Pattern of 16 steps.
        bar : int
            Number of the bar, starting at 0.
        pitches : callable
            Function that returns the MIDI numbers for a sign of the pattern.
        offset : int, default=0
            Value added to the velocity.

        Returns
        -------
        list of (float, float, int, int)
            Start and end in beats, MIDI number and velocity of each note.
        """
        notes = []
        for step, sign in enumerate(pattern):
            if sign in "-.":
                continue
            rest = pattern[step + 1 :]
            n_steps = 1 + len(rest) - len(rest.lstrip("-"))
            beat, quarter = divmod(step, 4)
            delay = self.swing * (0, 1 / 12, 1 / 6, 1 / 12)[quarter]
            start = max(0.0, 4 * bar + beat + quarter / 4 + delay + self.rng.normal(0, 0.008))
            accent = 12 if step % 8 == 0 else 4 if quarter == 0 else 0
            velocity = self.velocity + offset + accent - 25 * (sign == "o") + self.rng.normal(0, 6)
            velocity = int(np.clip(velocity, 20, 127))
            notes += [(start, start + 0.23 * n_steps, pitch, velocity) for pitch in pitches(sign)]
        return notes


def compose(genre, band, duration, rng):
    """Compose a song of at least `duration` seconds.

    Parameters
    ----------
    genre : str
        Key of `GENRES`.
    band : Band
        Properties of the artist.
    duration : float
        Minimum duration in seconds.
    rng : numpy.random.Generator
        Random number generator.

    Returns
    -------
    Score
        Song.
    """
    recipe = GENRES[genre]
    tempo = rng.uniform(*recipe.tempo)
    mode, verse = recipe.progressions[rng.integers(len(recipe.progressions))]
    # The refrain uses the chords of the verse, but starts with another chord.
    first = int(rng.integers(1, len(verse)))
    refrain = verse[first:] + verse[:first]
    n_bars = int(np.ceil(duration * tempo / 240))
    chords = [(refrain if bar // 4 % 4 == 2 else verse)[bar % 4] for bar in range(n_bars)]
    harmony = _Harmony(rng, int(rng.integers(12)), SCALES[mode], chords, band.swing, rng.uniform(70, 95))
    instruments = [
        Instrument(band.bass, False, int(rng.integers(70, 100)), 0.0, _play_bass(harmony, recipe)),
        Instrument(
            band.chords, False, int(rng.integers(80, 105)), rng.uniform(-0.7, 0.7), _play_chords(harmony, recipe)
        ),
    ]
    if rng.random() < recipe.drum_probability:
        groove = recipe.drum_patterns[band.groove]
        level = int(rng.integers(*recipe.drum_level))
        instruments.append(Instrument(band.kit, True, level, 0.0, _play_drums(harmony, groove)))
    if rng.random() < recipe.pad_probability:
        level, pan = int(rng.integers(45, 75)), rng.uniform(-0.7, 0.7)
        instruments.append(Instrument(band.pad, False, level, pan, _play_pad(harmony)))
    if rng.random() < recipe.lead_probability:
        level, pan = int(rng.integers(65, 90)), rng.uniform(-0.4, 0.4)
        instruments.append(Instrument(band.lead, False, level, pan, _play_melody(harmony, recipe)))
    return Score(tempo, TONICS[harmony.tonic], mode, int(rng.integers(*recipe.reverb)), instruments)


def _play_drums(harmony, groove):
    """Repeat a groove, with a fill in every fourth bar and a crash cymbal after every second fill."""
    notes = []
    for bar in range(len(harmony.chords)):
        for drum, pattern in groove.items():
            if bar % 4 == 3 and drum in ("snare", "clap", "rim", "bongo"):
                pattern = pattern[:12] + harmony.rng.choice(["x.xx", "oxox", "x..x", "..xx"])
            notes += harmony.play(pattern, bar, lambda sign, drum=drum: [DRUMS[drum]])
        if bar % 8 == 4 and "kick" in groove:
            notes += harmony.play("x", bar, lambda sign: [DRUMS["crash"]], -10)
    return notes


def _play_bass(harmony, recipe):
    """Play one pattern in all bars, or a random pattern in each bar if the swing is strong (a walking bass)."""
    patterns = harmony.rng.choice(recipe.bass_patterns, size=len(harmony.chords))
    if harmony.swing < 0.6:
        patterns[:] = patterns[0]
    notes = []
    for bar, degree in enumerate(harmony.chords):
        notes += harmony.play(patterns[bar], bar, lambda sign, root=degree - 1: [harmony.pitch(root + int(sign), 28)])
    return notes


def _play_chords(harmony, recipe):
    """Play one pattern over the chords. All chords lie within one octave, so that their notes move little."""
    pattern = harmony.rng.choice(recipe.chord_patterns)
    base = recipe.chord_base + 12 * int(harmony.rng.random() < 0.15)
    notes = []
    for bar, degree in enumerate(harmony.chords):
        pitches = [harmony.pitch(degree + step, 0) for step in recipe.chord_steps]
        chord = sorted({base + (pitch - base) % 12 for pitch in pitches})
        if 7 in recipe.chord_steps:  # a power chord contains the octave above its root
            chord.append(chord[0] + 12)
        notes += harmony.play(
            pattern, bar, lambda sign, c=chord: c if sign == "x" else [c[(int(sign) - 1) % len(c)]], -6
        )
    return notes


def _play_pad(harmony):
    """Hold each chord for one bar."""
    notes = []
    for bar, degree in enumerate(harmony.chords):
        triad = [harmony.pitch(degree + step, 48) for step in (0, 2, 4)]
        notes += harmony.play("x" + "-" * (STEPS - 1), bar, lambda sign, triad=triad: triad, -15)
    return notes


def _play_melody(harmony, recipe):
    """Alternate two motifs, transposed to the chord of each bar. The second half of every fourth bar is silent."""
    motifs = [_draw_motif(harmony.rng, *recipe.notes_per_bar) for _ in range(2)]
    base = 60 + 12 * int(harmony.rng.integers(2))
    notes = []
    for bar, degree in enumerate(harmony.chords):
        rhythm, contour = motifs[bar % 4 == 2 or bar % 8 == 5]
        if bar % 4 == 3:
            rhythm = rhythm[: STEPS // 2]
        # High roots are moved down by an octave to avoid large leaps.
        root = degree - 7 if degree > 4 else degree
        line = iter(contour)
        notes += harmony.play(
            rhythm, bar, lambda sign, r=root, line=line: [harmony.pitch(r + int(next(line)), base)], 6
        )
    return notes


def _draw_motif(rng, min_notes, max_notes):
    """Draw a rhythm that prefers the beats, and a line of scale steps that starts and ends on a chord note."""
    n_notes = int(rng.integers(min_notes, max_notes + 1))
    steps = np.sort(rng.choice(STEPS, size=n_notes, replace=False, p=np.tile([4, 1, 2, 1], STEPS // 4) / 32))
    rhythm = "".join("x" if step in steps else "." if step < steps[0] else "-" for step in range(STEPS))
    contour = np.cumsum(rng.choice([-2, -1, -1, 0, 1, 1, 2], size=n_notes)).clip(-4, 7)
    contour[0], contour[-1] = rng.choice([0, 2, 4], size=2)
    return rhythm, contour
