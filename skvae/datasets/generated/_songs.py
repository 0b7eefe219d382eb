"""make_songs: a small music library that can be listened to, with everything about it known."""

from collections.abc import Iterable
from numbers import Integral, Real
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.utils import check_random_state

from ..tracks._load import load_tracks
from ._composition import compose, form_band
from ._recipes import GENRES
from ._rendering import check_sounds, perform, write_ogg
from ._verses import FAMILY_NAMES, GIVEN_NAMES, LINES, write_lyrics

_SONGS_BY_ARTIST = 4
_LOUDNESS = (-20.0, -16.0)  # dB relative to full scale
_CROSSOVER = 0.03  # chance that an artist takes an instrument from another genre


def make_songs(
    n_songs=200,
    *,
    out_dir,
    genres=None,
    languages=("en", "bn", "hi", "ar", "es"),
    lyrics_fraction=0.8,
    duration=10.0,
    random_state=None,
    n_jobs=None,
):
    """Make a small music library: songs by genre, with verses in several languages.

    Each genre has its own tempi, grooves, chords and instruments, played with General MIDI sounds; each song its own
    key, progression, tune and mix; each artist a line-up that stays through four songs. Genres overlap, as they do in
    the world: clusters of plain audio features find them in part. What the verses speak of goes by genre, in what
    words by language. Language and sound are independent.

    Song number `i` has genre ``i % n_genres``, and each run of ``n_genres * n_languages`` songs has every genre in
    every language once.

    Parameters
    ----------
    n_songs : int, default=200
        Number of songs.
    out_dir : str or path-like
        Folder for ``tracks.csv`` and ``audio/GENRE/LANGUAGE/*.ogg``; made when absent, otherwise empty. The sound
        files carry title, artist, language, genre and lyrics as tags, too.
    genres : sequence of str, default=None
        Some of "rock", "metal", "jazz", "folk", "electronic", "hip-hop", "classical", "reggae"; None for all.
    languages : sequence of str, default=("en", "bn", "hi", "ar", "es")
        Some of English, Bangla, Hindi, Arabic and Spanish, by code.
    lyrics_fraction : float, default=0.8
        Share of the songs that have lyrics, in [0, 1]; the others are chosen at random.
    duration : float, default=10.0
        Length of each song in seconds, at least 1.
    random_state : int, RandomState instance or None, default=None
        Governs everything; the same number gives the same bytes. None draws fresh chance. The global state of NumPy
        is neither read nor changed.
    n_jobs : int, default=None
        Songs made at a time, as in joblib.

    Returns
    -------
    tracks : pandas.DataFrame of shape (n_songs, 10)
        ``tracks.csv`` as `load_tracks` reads it: its columns, and the factors ``tempo`` (beats a minute), ``key`` and
        ``mode`` that the songs were made with.

    Raises
    ------
    ImportError
        The optional packages of ``skvae[demo]`` are missing.
    FileExistsError
        `out_dir` holds something.
    TypeError, ValueError
        A parameter is out of its range.

    See Also
    --------
    load_tracks : Load the library again.

    Examples
    --------
    >>> import tempfile
    >>> from skvae.datasets import make_songs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tracks = make_songs(4, genres=["jazz", "folk"], languages=["en", "bn"], duration=1, random_state=0,
    ...                         out_dir=folder)
    >>> tracks[["track_id", "language", "genre"]]
      track_id language genre
    0   song-0       en  jazz
    1   song-1       bn  folk
    2   song-2       bn  jazz
    3   song-3       en  folk
    """
    genres = _chosen("genres", genres, GENRES)
    languages = _chosen("languages", languages, LINES)
    _check("n_songs", n_songs, Integral, 1, np.inf)
    _check("lyrics_fraction", lyrics_fraction, Real, 0, 1)
    _check("duration", duration, Real, 1, 3600)
    check_sounds()
    out_dir = Path(out_dir)
    if out_dir.exists() and any(out_dir.iterdir()):
        raise FileExistsError(f"out_dir={str(out_dir)!r} is not empty; give a new folder, nothing is overwritten")

    rng = np.random.RandomState() if random_state is None else check_random_state(random_state)
    root = np.random.default_rng(rng.randint(2**32, size=4, dtype=np.uint32))
    plan = _plan(n_songs, genres, languages, lyrics_fraction, root)
    names = root.permutation([f"{given} {family}" for given in GIVEN_NAMES for family in FAMILY_NAMES])
    bands = {}
    for number, genre in plan.groupby("band")["genre"].first().items():
        again = f" {number // len(names) + 1}" if number >= len(names) else ""
        bands[number] = form_band(genre, root, _CROSSOVER), names[number % len(names)] + again
    rows = Parallel(n_jobs=n_jobs)(
        delayed(_make_song)(out_dir, *bands[song.band], song, duration) for song in plan.itertuples()
    )
    table = out_dir / "tracks.csv"
    pd.DataFrame(rows).to_csv(table, index=False, encoding="utf-8", lineterminator="\n")
    return load_tracks(table)


def _plan(n_songs, genres, languages, lyrics_fraction, rng):
    """Say for each song which genre, language and band it is, whether it has lyrics, and its seed."""
    number = np.arange(n_songs)
    turn, genre = np.divmod(number, len(genres))
    n_turns = turn[-1] + 1
    n_bands = max(1, round(n_turns / _SONGS_BY_ARTIST))
    return pd.DataFrame(
        {
            "name": [f"song-{i:0{len(str(n_songs - 1))}}" for i in number],
            "genre": np.take(genres, genre),
            # The languages move on by one from genre to genre and from turn to turn: a balanced crossing.
            "language": np.take(languages, (genre + turn) % len(languages)),
            "band": genre + turn * n_bands // n_turns * len(genres),
            "has_lyrics": rng.permutation(n_songs) < round(lyrics_fraction * n_songs),
            "seed": rng.integers(2**63, size=n_songs),
        }
    )


def _make_song(out_dir, band, artist, song, duration):
    """Write one audio file and return its row of the table."""
    rng = np.random.default_rng(song.seed)
    score = compose(song.genre, band, duration, rng)
    sound, sample_rate = perform(score, duration, tone=band.tone, loudness=rng.uniform(*_LOUDNESS))
    title, lyrics = write_lyrics(song.genre, song.language, rng)
    row = {
        "lyrics": lyrics if song.has_lyrics else None,
        "title": title,
        "artist": artist,
        "language": song.language,
        "genre": song.genre,
    }
    audio = Path("audio", song.genre, song.language, f"{song.name}.ogg")
    (out_dir / audio).parent.mkdir(parents=True, exist_ok=True)
    write_ogg(out_dir / audio, sound, sample_rate, {name: text for name, text in row.items() if text})
    factors = {"tempo": round(score.tempo, 1), "key": score.key, "mode": score.mode}
    return {"track_id": song.name, "audio": audio.as_posix(), **row, **factors}


def _chosen(name, given, known):
    """Make a list of what is given, all of it known and different."""
    if given is None:
        return list(known)
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(f"{name}={given!r} must be a list of names out of {', '.join(known)}")
    chosen = list(given)
    unknown = [value for value in chosen if value not in known]
    if unknown or not chosen or len(set(chosen)) < len(chosen):
        raise ValueError(f"{name}={given!r} must be distinct names out of {', '.join(known)}")
    return chosen


def _check(name, value, kind, low, high):
    """Raise an error that names the parameter, unless its value is a number in range."""
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{name}={value!r} must be {'an integer' if kind is Integral else 'a number'}")
    if not low <= value <= high:
        raise ValueError(f"{name}={value!r} must be in [{low}, {high}]")
