"""Generation of a small music library with known factors."""

from collections.abc import Iterable
from numbers import Integral, Real
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params
from tqdm import tqdm

from ..tracks._load import load_tracks
from ._composition import compose, form_band
from ._recipes import GENRES
from ._rendering import check_renderer, render, write_ogg
from ._verses import FAMILY_NAMES, GIVEN_NAMES, LANGUAGES, write_lyrics

_SONGS_PER_ARTIST = 4
_LOUDNESS = (-20.0, -16.0)  # decibels relative to full scale
_CROSSOVER = 0.03  # probability that an artist uses an instrument of another genre


@validate_params(
    {
        "n_songs": [Interval(Integral, 1, None, closed="left")],
        "lyrics_fraction": [Interval(Real, 0, 1, closed="both")],
        "duration": [Interval(Real, 1, 3600, closed="both")],
    },
    prefer_skip_nested_validation=True,
)
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
    verbose=0,
):
    """Generate a small music library with several genres, and lyrics in several languages.

    The songs are rendered with General MIDI sounds. They differ in these properties:

    - Each genre has its own tempos, grooves, chords and instruments.
    - Each song has its own key, chord progression, melody and mix.
    - Each artist uses the same instruments for about four songs.

    The genres overlap, as in real music: clusters of basic audio features agree only partly with the genres. The topic
    of the lyrics depends on the genre. Language and sound are independent.

    Song number `i` has genre ``i % n_genres``. Each sequence of ``n_genres * n_languages`` songs contains every
    combination of genre and language once.

    Parameters
    ----------
    n_songs : int, default=200
        Number of songs.
    out_dir : str or path-like
        Folder for ``tracks.csv`` and ``audio/GENRE/LANGUAGE/*.ogg``. The folder is created if it does not exist, and
        must be empty otherwise. The audio files also contain title, artist, language, genre and lyrics as tags.
    genres : sequence of str, default=None
        Genres to use: "rock", "metal", "jazz", "folk", "electronic", "hip-hop", "classical", "reggae". If None, all
        genres are used.
    languages : sequence of str, default=("en", "bn", "hi", "ar", "es")
        Languages of the lyrics: English ("en"), Bangla ("bn"), Hindi ("hi"), Arabic ("ar"), Spanish ("es").
    lyrics_fraction : float, default=0.8
        Fraction of the songs that have lyrics, between 0 and 1. These songs are chosen at random.
    duration : float, default=10.0
        Duration of each song in seconds, between 1 and 3600.
    random_state : int, RandomState instance or None, default=None
        Random seed. Pass an int to generate the same files again. The global random state of NumPy is neither used nor
        modified.
    n_jobs : int, default=None
        Number of parallel jobs, as in joblib.
    verbose : int, default=0
        Whether to show a progress bar if the output is a terminal.

    Returns
    -------
    tracks : pandas.DataFrame of shape (n_songs, 10)
        Track table, as `load_tracks` reads it from ``tracks.csv``, with the additional columns ``tempo`` (beats per
        minute), ``key`` and ``mode`` of each song.

    Raises
    ------
    ImportError
        If ``midirenderer`` or ``pretty-midi`` is not installed.
    FileExistsError
        If `out_dir` is not empty.
    TypeError, ValueError
        If a parameter is invalid.

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
    genres = _check_names("genres", genres, GENRES)
    languages = _check_names("languages", languages, LANGUAGES)
    check_renderer()
    out_dir = Path(out_dir)
    if out_dir.exists() and any(out_dir.iterdir()):
        raise FileExistsError(f"out_dir={str(out_dir)!r} is not empty. Pass a new folder.")

    rng = np.random.RandomState() if random_state is None else check_random_state(random_state)
    rng = np.random.default_rng(rng.randint(2**32, size=4, dtype=np.uint32))
    plan = plan_songs(n_songs, genres, languages, lyrics_fraction, rng)
    names = rng.permutation([f"{given} {family}" for given in GIVEN_NAMES for family in FAMILY_NAMES])
    bands = {}
    for number, genre in plan.groupby("band")["genre"].first().items():
        suffix = f" {number // len(names) + 1}" if number >= len(names) else ""
        bands[number] = form_band(genre, rng, _CROSSOVER), names[number % len(names)] + suffix
    rows = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(_make_song)(out_dir, *bands[song.band], song, duration) for song in plan.itertuples()
    )
    rows = list(tqdm(rows, "songs", n_songs, unit="song", disable=None if verbose else True, leave=False))
    table = out_dir / "tracks.csv"
    pd.DataFrame(rows).to_csv(table, index=False, encoding="utf-8", lineterminator="\n")
    return load_tracks(table)


def plan_songs(n_songs, genres, languages, lyrics_fraction, rng):
    """Assign a genre, a language, a band, a seed and the presence of lyrics to each song.

    Parameters
    ----------
    n_songs : int
        Number of songs.
    genres, languages : list of str
        Genres and languages to use.
    lyrics_fraction : float
        Fraction of the songs that have lyrics.
    rng : numpy.random.Generator
        Random number generator.

    Returns
    -------
    DataFrame of shape (n_songs, 6)
        Columns ``name``, ``genre``, ``language``, ``band``, ``has_lyrics`` and ``seed``.
    """
    number = np.arange(n_songs)
    cycle, genre = np.divmod(number, len(genres))
    n_cycles = cycle[-1] + 1
    n_bands = max(1, round(n_cycles / _SONGS_PER_ARTIST))
    return pd.DataFrame(
        {
            "name": [f"song-{i:0{len(str(n_songs - 1))}}" for i in number],
            "genre": np.take(genres, genre),
            # The language changes with each genre and each cycle, so that all combinations are equally frequent.
            "language": np.take(languages, (genre + cycle) % len(languages)),
            "band": genre + cycle * n_bands // n_cycles * len(genres),
            "has_lyrics": rng.permutation(n_songs) < round(lyrics_fraction * n_songs),
            "seed": rng.integers(2**63, size=n_songs),
        }
    )


def _make_song(out_dir, band, artist, song, duration):
    """Write one audio file and return its row of the track table."""
    rng = np.random.default_rng(song.seed)
    score = compose(song.genre, band, duration, rng)
    audio, sample_rate = render(score, duration, treble_gain=band.treble_gain, loudness=rng.uniform(*_LOUDNESS))
    title, lyrics = write_lyrics(song.genre, song.language, rng)
    row = {
        "lyrics": lyrics if song.has_lyrics else None,
        "title": title,
        "artist": artist,
        "language": song.language,
        "genre": song.genre,
    }
    path = Path("audio", song.genre, song.language, f"{song.name}.ogg")
    (out_dir / path).parent.mkdir(parents=True, exist_ok=True)
    write_ogg(out_dir / path, audio, sample_rate, {name: text for name, text in row.items() if text})
    factors = {"tempo": round(score.tempo, 1), "key": score.key, "mode": score.mode}
    return {"track_id": song.name, "audio": path.as_posix(), **row, **factors}


def _check_names(parameter, names, known):
    """Return the names as a list, or raise an error if they are unknown or repeated."""
    if names is None:
        return list(known)
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise TypeError(f"{parameter}={names!r} must be a list of names. Choose from {', '.join(known)}.")
    chosen = list(names)
    unknown = [name for name in chosen if name not in known]
    if unknown or not chosen or len(set(chosen)) < len(chosen):
        raise ValueError(f"{parameter}={names!r} must contain distinct names. Choose from {', '.join(known)}.")
    return chosen
