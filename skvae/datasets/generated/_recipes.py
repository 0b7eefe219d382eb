"""How each genre of `make_songs` is played: recipes for `_compose`, nothing but data.

A pattern is one bar of sixteen steps. ``-`` holds the last note and ``.`` is silence. In a drum pattern ``x`` and ``o``
are a loud and a soft stroke; in a bass pattern a digit is a degree above the chord's root (1 the root, 5 the fifth, 8
the octave); in a chord pattern ``x`` is the whole chord and a digit one of its notes, counted from below.
Programs are General MIDI numbers counted from 0.
"""

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
    """What the songs of one genre draw from.

    Parameters
    ----------
    tempo : (float, float)
        Range in beats a minute.
    progressions : tuple of (str, tuple of int)
        Scale, and the degree of it (0 the tonic) on which the chord of each bar stands.
    chord : tuple of int
        Scale steps above the root that make a chord.
    swing : (float, float)
        Range of the lateness of off-beats: 0 straight, 1 triplets.
    drums : tuple of dict of str to str
        Grooves, patterns by drum.
    drummed, padded, led : float
        Chance that a song has drums, a held pad, a melody.
    bass, comp : tuple of str
        Patterns.
    basses, comps, pads, leads : tuple of int
        Programs.
    kits : tuple of int
        Programs of the drums.
    beat : (int, int)
        Range of the drums' level, 0 to 127.
    tone : float
        Decibels that the highs gain against the lows in the mix.
    room : (int, int)
        Range of reverberation, 0 to 127.
    octave : int
        Where the chords lie: the MIDI note of the C below them.
    notes : (float, float)
        Range of melody notes in a bar.
    """

    tempo: tuple
    progressions: tuple
    drums: tuple
    bass: tuple
    comp: tuple
    basses: tuple
    comps: tuple
    leads: tuple
    pads: tuple = (48, 50, 89, 16)
    chord: tuple = (0, 2, 4)
    swing: tuple = (0.0, 0.1)
    drummed: float = 1.0
    padded: float = 0.3
    led: float = 0.85
    kits: tuple = (0, 8)
    beat: tuple = (70, 100)
    tone: float = 0.0
    room: tuple = (10, 60)
    octave: int = 48
    notes: tuple = (3, 7)


GENRES = {
    "rock": Genre(
        tempo=(100, 152),
        progressions=(
            ("major", (0, 4, 5, 3)),
            ("major", (0, 3, 4, 3)),
            ("mixolydian", (0, 6, 3, 0)),
            ("minor", (0, 5, 2, 6)),
            ("minor", (0, 6, 5, 6)),
        ),
        drums=(
            {"kick": "x.......x.x.....", "snare": "....x.......x...", "hat": "x.o.x.o.x.o.x.o."},
            {"kick": "x.....x.x.......", "snare": "....x.......x..o", "hat": "x.x.x.x.x.x.x.x."},
            {"kick": "x..x....x.x.....", "snare": "....x.......x...", "hat": "x.xxx.x.x.xxx.x."},
        ),
        bass=("1.1.1.1.1.1.1.1.", "1--.1.1.1--.5.1.", "1-----1.1-----5."),
        comp=("x---x-x-x---x-x-", "x-x-x-x-x-x-x-x-", "x-----x-..x-----", "x---..x-x---x-.."),
        basses=(33, 34),
        comps=(29, 27, 29),
        leads=(29, 27, 18),
        kits=(8, 16),
        tone=-2.0,
        beat=(70, 95),
        padded=0.05,
    ),
    "metal": Genre(
        tempo=(112, 184),
        progressions=(
            ("phrygian", (0, 1, 0, 6)),
            ("minor", (0, 5, 6, 0)),
            ("minor", (0, 0, 2, 6)),
            ("phrygian", (0, 0, 1, 2)),
            ("minor", (0, 5, 2, 6)),
        ),
        chord=(0, 4, 7),
        drums=(
            {"kick": "x.xxx.xxx.xxx.xx", "snare": "....x.......x...", "open": "x...x...x...x..."},
            {"kick": "xxxxxxxxxxxxxxxx", "snare": "....x.......x...", "ride": "x.x.x.x.x.x.x.x."},
            {"kick": "x..x..x.x..x..x.", "snare": "....x.......x...", "open": "x...x...x...x..."},
        ),
        bass=("1.111.111.111.11", "1.1.1.1.1.1.1.1.", "1..1..1.1..1..1."),
        comp=("x.xxx.xxx.xxx.xx", "x-..x.x.x-..x.x.", "x..x..x.x..x..x-", "x-x-x-x-x-x-x-x-"),
        basses=(34, 33),
        comps=(30, 29),
        leads=(30, 29, 81),
        octave=40,
        led=0.6,
        padded=0.2,
        notes=(4, 10),
        kits=(16,),
        tone=5.0,
        beat=(90, 118),
    ),
    "jazz": Genre(
        tempo=(92, 184),
        progressions=(
            ("major", (1, 4, 0, 5)),
            ("major", (0, 5, 1, 4)),
            ("dorian", (0, 0, 3, 0)),
            ("minor", (0, 3, 1, 4)),
        ),
        chord=(0, 2, 4, 6),
        swing=(0.6, 1.0),
        drums=(
            {"ride": "x...x.o.x...x.o.", "pedal": "....x.......x...", "kick": "o.........o....."},
            {"ride": "x...x...x...x.o.", "pedal": "....x.......x...", "snare": "......o.......o."},
            {"ride": "x...x.o.x..ox.o.", "rim": "............x...", "kick": "o.......o......."},
        ),
        bass=("1---3---5---6---", "1---5---6---5---", "8---6---5---3---", "1---2---3---5---", "1-------5-------"),
        comp=("x--...x-....x-..", "..x-......x-....", "x-----....x---..", "x-------x-------"),
        basses=(32, 35),
        comps=(0, 26, 0),
        leads=(66, 65, 56, 11),
        drummed=0.9,
        padded=0.0,
        notes=(4, 9),
        kits=(32, 40),
        tone=-3.0,
        room=(30, 80),
        beat=(55, 85),
    ),
    "folk": Genre(
        tempo=(76, 136),
        progressions=(
            ("major", (0, 3, 0, 4)),
            ("major", (0, 5, 3, 4)),
            ("dorian", (0, 6, 0, 6)),
            ("minor", (0, 6, 5, 4)),
        ),
        drums=(
            {"tambourine": "....x.......x...", "kick": "x.......x......."},
            {"maracas": "x.o.x.o.x.o.x.o.", "bongo": "x..o..x.x..o..x."},
            {"kick": "x.......x.......", "snare": "....o.......o...", "hat": "..o...o...o...o."},
        ),
        bass=("1-------5-------", "1---5---1---5---", "1---------------"),
        comp=("1-3-2-3-1-3-2-3-", "1-2-3-2-1-2-3-2-", "x---x-x-..x-x-x-", "x-..x-x-x-..x-x-", "1.x.2.x.1.x.2.x."),
        basses=(32, 33, 24),
        comps=(25, 24, 105),
        leads=(110, 22, 73, 21),
        drummed=0.25,
        padded=0.05,
        kits=(40, 0),
        tone=4.0,
        beat=(40, 70),
    ),
    "electronic": Genre(
        tempo=(108, 140),
        progressions=(
            ("minor", (0, 5, 2, 6)),
            ("minor", (0, 0, 5, 6)),
            ("major", (5, 3, 0, 4)),
            ("dorian", (0, 0, 3, 3)),
        ),
        drums=(
            {
                "kick": "x...x...x...x...",
                "clap": "....x.......x...",
                "hat": "x.x.x.x.x.x.x.x.",
                "open": "..x...x...x...x.",
            },
            {"kick": "x...x...x...x...", "hat": "xxxxxxxxxxxxxxxx", "open": "..x...x...x...x."},
            {"kick": "x...x...x..xx...", "snare": "....x.......x...", "open": "..x...x...x...x."},
        ),
        bass=("..1...1...1...1.", "1.11.11.1.11.11.", "1-1.1-8.1-1.1-8.", "1---....1---...."),
        comp=("1.2.3.2.1.2.3.2.", "x..x..x...x..x..", "123.123.123.1232", "x---------------", "x-x-..x-x-x-..x-"),
        basses=(38, 39),
        comps=(81, 90, 81),
        leads=(80, 81, 88, 90),
        pads=(89, 50, 88, 48),
        padded=0.9,
        octave=52,
        led=0.6,
        kits=(24,),
        tone=5.0,
        room=(60, 127),
        beat=(80, 105),
    ),
    "hip-hop": Genre(
        tempo=(74, 108),
        progressions=(
            ("minor", (0, 5, 0, 4)),
            ("dorian", (0, 3, 0, 3)),
            ("minor", (0, 0, 5, 6)),
            ("major", (1, 4, 0, 0)),
        ),
        swing=(0.1, 0.6),
        drums=(
            {"kick": "x..x......x.....", "snare": "....x.......x...", "hat": "x.x.x.x.x.x.x.xx"},
            {"kick": "x.....xx..x.....", "clap": "....x.......x...", "hat": "xoxoxoxoxoxoxoxo"},
            {"kick": "x.x.......xx....", "snare": "....x..o....x...", "hat": "x.o.x.o.x.o.x.o."},
        ),
        bass=("1--1......1-....", "1-----1---5-....", "1-......1-1-...."),
        comp=("x-------..x-----", "x---------------", "..x-..x-..x-..x-", "1-2-3---1-2-3---", "x-..x-......x-.."),
        basses=(38, 39),
        comps=(4, 5, 0, 11),
        leads=(73, 80, 45, 11),
        padded=0.15,
        led=0.4,
        notes=(2, 6),
        kits=(25,),
        tone=-5.0,
        beat=(90, 118),
    ),
    "classical": Genre(
        tempo=(60, 128),
        progressions=(
            ("major", (0, 4, 5, 2)),
            ("major", (0, 3, 4, 0)),
            ("minor", (0, 3, 4, 0)),
            ("minor", (0, 5, 3, 4)),
        ),
        drums=({"timpani": "x.......o......."}, {"timpani": "x..............."}),
        bass=("1---------------", "1-------5-------", "1---3---5---3---"),
        comp=("1-3-2-3-1-3-2-3-", "1-2-3-2-1-2-3-2-", "x---------------", "x-------x-------", "1.x.x.x.1.x.x.x."),
        basses=(42, 43, 48, 0),
        comps=(0, 48, 6, 46),
        leads=(40, 68, 73, 71, 42),
        pads=(48, 49, 52, 19),
        drummed=0.15,
        padded=0.85,
        notes=(3, 9),
        kits=(48,),
        tone=-3.0,
        room=(60, 127),
        beat=(40, 70),
    ),
    "reggae": Genre(
        tempo=(66, 98),
        progressions=(
            ("major", (0, 3, 0, 4)),
            ("minor", (0, 3, 0, 3)),
            ("mixolydian", (0, 0, 6, 0)),
            ("major", (0, 1, 4, 0)),
        ),
        swing=(0.1, 0.5),
        drums=(
            {"kick": "........x.......", "rim": "........x.......", "hat": "x.o.x.o.x.o.x.o."},
            {"kick": "x.......x.......", "snare": "........x.......", "hat": "..x...x...x...xo"},
            {"kick": "x...x...x...x...", "rim": "....o...x.....o.", "hat": "x.xox.xox.xox.xo"},
        ),
        bass=("1-1...3-5-..1-..", "1---..5-3-1-....", "..1-1-..5-5-3-..", "1-..1-5-8-..5-.."),
        comp=("....x.......x...", "..x...x...x...x.", "....x.x.....x.x.", "..xx..xx..xx..xx"),
        basses=(33, 35, 38),
        comps=(27, 28, 27, 16),
        leads=(16, 57, 61),
        padded=0.1,
        led=0.6,
        octave=52,
        notes=(2, 6),
        kits=(0,),
        tone=-5.0,
        beat=(65, 95),
    ),
}
