"""A recipe and a source of chance -> a song as lists of notes, in beats and MIDI numbers."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ._recipes import DRUMS, GENRES, SCALES

TONICS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
STEPS = 16  # a bar of four beats


class Band(NamedTuple):
    """What an artist keeps from song to song."""

    bass: int
    comp: int
    lead: int
    pad: int
    kit: int
    groove: int
    swing: float
    tone: float  # decibels that the highs stand above the lows


class Part(NamedTuple):
    """One instrument and its notes."""

    program: int  # General MIDI, from 0
    is_drum: bool
    level: int  # 0 to 127
    pan: float  # -1 to 1
    notes: list  # of (start, end, pitch, velocity), in beats


class Score(NamedTuple):
    """A song on paper."""

    tempo: float  # beats a minute
    key: str
    mode: str
    room: int  # reverberation, 0 to 127
    parts: list


def form_band(genre, rng, crossover):
    """Draw an artist of a genre, who may borrow instruments from another one."""

    def draw(role):
        lender = rng.choice(list(GENRES)) if rng.random() < crossover else genre
        return int(rng.choice(getattr(GENRES[lender], role)))

    recipe = GENRES[genre]
    return Band(
        bass=draw("basses"),
        comp=draw("comps"),
        lead=draw("leads"),
        pad=draw("pads"),
        kit=draw("kits"),
        groove=int(rng.integers(len(recipe.drums))),
        swing=rng.uniform(*recipe.swing),
        tone=rng.normal(recipe.tone, 1.5),
    )


@dataclass(frozen=True)
class _Sheet:
    """What all parts of one song share."""

    rng: np.random.Generator
    tonic: int  # semitones above C
    scale: tuple
    chords: list  # the scale degree of each bar
    swing: float
    loud: float  # the velocity of a plain stroke

    def pitch(self, degree, base):
        """Find the MIDI number of a degree above the lowest tonic that is no lower than `base`."""
        octave, step = divmod(degree, len(self.scale))
        return base + (self.tonic - base) % 12 + 12 * octave + self.scale[step]

    def play(self, pattern, bar, sound, louder=0):
        """Read one bar: each sign of the pattern becomes the pitches ``sound(sign)``, held over the dashes after it."""
        notes = []
        for step, sign in enumerate(pattern):
            if sign in "-.":
                continue
            rest = pattern[step + 1 :]
            held = 1 + len(rest) - len(rest.lstrip("-"))
            beat, part = divmod(step, 4)
            late = self.swing * (0, 1 / 12, 1 / 6, 1 / 12)[part]
            start = max(0.0, 4 * bar + beat + part / 4 + late + self.rng.normal(0, 0.008))
            accent = 12 if step % 8 == 0 else 4 if part == 0 else 0
            velocity = self.loud + louder + accent - 25 * (sign == "o") + self.rng.normal(0, 6)
            notes += [(start, start + 0.23 * held, pitch, int(np.clip(velocity, 20, 127))) for pitch in sound(sign)]
        return notes


def compose(genre, band, duration, rng):
    """Write a song of at least `duration` seconds.

    Parameters
    ----------
    genre : str
        A key of GENRES.
    band : Band
    duration : float
        Seconds.
    rng : numpy.random.Generator

    Returns
    -------
    Score
    """
    recipe = GENRES[genre]
    tempo = rng.uniform(*recipe.tempo)
    mode, verse = recipe.progressions[rng.integers(len(recipe.progressions))]
    # The second part of the song goes round the same chords from another place.
    turn = int(rng.integers(1, len(verse)))
    refrain = verse[turn:] + verse[:turn]
    n_bars = int(np.ceil(duration * tempo / 240))
    chords = [(refrain if bar // 4 % 4 == 2 else verse)[bar % 4] for bar in range(n_bars)]
    sheet = _Sheet(rng, int(rng.integers(12)), SCALES[mode], chords, band.swing, rng.uniform(70, 95))
    parts = [
        Part(band.bass, False, int(rng.integers(70, 100)), 0.0, _bass(sheet, recipe)),
        Part(band.comp, False, int(rng.integers(80, 105)), rng.uniform(-0.7, 0.7), _chords(sheet, recipe)),
    ]
    if rng.random() < recipe.drummed:
        parts.append(
            Part(band.kit, True, int(rng.integers(*recipe.beat)), 0.0, _drums(sheet, recipe.drums[band.groove]))
        )
    if rng.random() < recipe.padded:
        parts.append(Part(band.pad, False, int(rng.integers(45, 75)), rng.uniform(-0.7, 0.7), _pad(sheet)))
    if rng.random() < recipe.led:
        parts.append(Part(band.lead, False, int(rng.integers(65, 90)), rng.uniform(-0.4, 0.4), _melody(sheet, recipe)))
    return Score(tempo, TONICS[sheet.tonic], mode, int(rng.integers(*recipe.room)), parts)


def _drums(sheet, groove):
    """Beat the groove, with a fill in every fourth bar and a crash after every second fill."""
    notes = []
    for bar in range(len(sheet.chords)):
        for drum, pattern in groove.items():
            if bar % 4 == 3 and drum in ("snare", "clap", "rim", "bongo"):
                pattern = pattern[:12] + sheet.rng.choice(["x.xx", "oxox", "x..x", "..xx"])
            notes += sheet.play(pattern, bar, lambda sign, drum=drum: [DRUMS[drum]])
        if bar % 8 == 4 and "kick" in groove:
            notes += sheet.play("x", bar, lambda sign: [DRUMS["crash"]], -10)
    return notes


def _bass(sheet, recipe):
    """Repeat one figure below the chords; with full swing, walk from figure to figure."""
    figures = sheet.rng.choice(recipe.bass, size=len(sheet.chords))
    if sheet.swing < 0.6:
        figures[:] = figures[0]
    notes = []
    for bar, degree in enumerate(sheet.chords):
        notes += sheet.play(figures[bar], bar, lambda sign, low=degree - 1: [sheet.pitch(low + int(sign), 28)])
    return notes


def _chords(sheet, recipe):
    """Repeat one figure over the chords, their notes kept within an octave so that they move little."""
    figure = sheet.rng.choice(recipe.comp)
    register = recipe.octave + 12 * int(sheet.rng.random() < 0.15)
    notes = []
    for bar, degree in enumerate(sheet.chords):
        pitches = [sheet.pitch(degree + step, 0) for step in recipe.chord]
        voices = sorted({register + (pitch - register) % 12 for pitch in pitches})
        if 7 in recipe.chord:  # the octave above the root is what makes a power chord
            voices.append(voices[0] + 12)
        notes += sheet.play(figure, bar, lambda sign, v=voices: v if sign == "x" else [v[(int(sign) - 1) % len(v)]], -6)
    return notes


def _pad(sheet):
    """Hold each chord for its bar."""
    notes = []
    for bar, degree in enumerate(sheet.chords):
        triad = [sheet.pitch(degree + step, 48) for step in (0, 2, 4)]
        notes += sheet.play("x" + "-" * (STEPS - 1), bar, lambda sign, triad=triad: triad, -15)
    return notes


def _melody(sheet, recipe):
    """Write a tune: two motifs in turn, bent to the chord of each bar, with a rest in every fourth."""
    motifs = [_motif(sheet.rng, *recipe.notes) for _ in range(2)]
    base = 60 + 12 * int(sheet.rng.integers(2))
    notes = []
    for bar, degree in enumerate(sheet.chords):
        rhythm, contour = motifs[bar % 4 == 2 or bar % 8 == 5]
        if bar % 4 == 3:
            rhythm = rhythm[: STEPS // 2]
        # The upper roots go down an octave, or the tune would leap.
        root = degree - 7 if degree > 4 else degree
        line = iter(contour)
        notes += sheet.play(rhythm, bar, lambda sign, r=root, line=line: [sheet.pitch(r + int(next(line)), base)], 6)
    return notes


def _motif(rng, fewest, most):
    """Draw a rhythm that prefers the beats, and a line of scale steps that begins and ends on the chord."""
    n_notes = int(rng.integers(fewest, most + 1))
    steps = np.sort(rng.choice(STEPS, size=n_notes, replace=False, p=np.tile([4, 1, 2, 1], STEPS // 4) / 32))
    rhythm = "".join("x" if step in steps else "." if step < steps[0] else "-" for step in range(STEPS))
    contour = np.cumsum(rng.choice([-2, -1, -1, 0, 1, 1, 2], size=n_notes)).clip(-4, 7)
    contour[0], contour[-1] = rng.choice([0, 2, 4], size=2)
    return rhythm, contour
