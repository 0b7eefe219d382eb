"""Definition of a genre of generated songs, scales and drums."""

from dataclasses import dataclass

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}

DRUMS = {
    "kick": 36, "rim": 37, "snare": 38, "clap": 39, "hat": 42, "pedal": 44, "open": 46, "tom": 45, "crash": 49,
    "ride": 51, "tambourine": 54, "maracas": 70, "conga": 64, "bongo": 60, "timpani": 41,
}  # fmt: skip


@dataclass(frozen=True)
class Genre:
    """Distributions from which the songs of one genre are drawn.

    Parameters
    ----------
    tempo : (float, float)
        Range of the tempo in beats per minute.
    progressions : tuple of (str, tuple of int)
        Name of a scale, and the scale degree of the chord of each bar. Degree 0 is the tonic.
    drum_patterns : tuple of dict of str to str
        Grooves. A groove contains one pattern per drum.
    bass_patterns, chord_patterns : tuple of str
        Patterns of the bass and of the chords.
    bass_programs, chord_programs, lead_programs, pad_programs, kit_programs : tuple of int
        Programs of the bass, the chords, the melody, the pad and the drum kit.
    chord_steps : tuple of int
        Scale steps above the root that form a chord.
    swing : (float, float)
        Range of the delay of off-beats. 0 is straight, 1 is a triplet rhythm.
    drum_probability, pad_probability, lead_probability : float
        Probability that a song contains drums, a pad and a melody.
    drum_level : (int, int)
        Range of the level of the drums, 0 to 127.
    treble_gain : float
        Mean gain of high frequencies relative to low frequencies, in decibels.
    reverb : (int, int)
        Range of the reverberation, 0 to 127.
    chord_base : int
        MIDI number of the lowest note of the chords.
    notes_per_bar : (int, int)
        Range of the number of melody notes per bar.
    """

    tempo: tuple
    progressions: tuple
    drum_patterns: tuple
    bass_patterns: tuple
    chord_patterns: tuple
    bass_programs: tuple
    chord_programs: tuple
    lead_programs: tuple
    pad_programs: tuple = (48, 50, 89, 16)
    chord_steps: tuple = (0, 2, 4)
    swing: tuple = (0.0, 0.1)
    drum_probability: float = 1.0
    pad_probability: float = 0.3
    lead_probability: float = 0.85
    kit_programs: tuple = (0, 8)
    drum_level: tuple = (70, 100)
    treble_gain: float = 0.0
    reverb: tuple = (10, 60)
    chord_base: int = 48
    notes_per_bar: tuple = (3, 7)
