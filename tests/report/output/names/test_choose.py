"""Choice of words: order of the sources, distinct names."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.report import make_playlists
from skvae.report.output.names._choose import choose_words, name_clusters
from skvae.report.output.names._file_names import is_safe_name
from skvae.report.output.names._sound import WORDS
from skvae.report.output.names._word_source import WordSource, join_words

SOUND = [column for *_, columns in WORDS for column in columns]
EIGHT = np.repeat([0, 1], 4)


def make_tracks(n_tracks, **columns):
    return pd.DataFrame({"audio": None} | columns, index=range(n_tracks))


def make_sound(rng, n_tracks, **means):
    return pd.DataFrame({column: rng.standard_normal(n_tracks) + means.get(column, 0) for column in SOUND})


def test_names_start_with_the_label_and_minus_one_has_no_playlist():
    playlists = make_playlists(make_tracks(4), np.zeros((4, 1)), np.array([-1, 7, 120, -1]))
    assert [(playlist.label, playlist.name) for playlist in playlists] == [(7, "007 mixed"), (120, "120 mixed")]


def test_no_clusters_have_no_names():
    assert make_playlists(make_tracks(2), np.zeros((2, 1)), np.array([-1, -1]), tags=["a", "b"]) == []


def test_tags_come_before_sound_columns_and_labels():
    rng = np.random.default_rng(0)
    audio = make_sound(rng, 8, rms_mean=20 * EIGHT)
    features = pd.DataFrame({"energy": 20.0 * EIGHT})
    tracks = make_tracks(8, genre=np.where(EIGHT, "opera", "polka"))
    tags = np.where(EIGHT, "rock|fast", "folk|slow")
    assert name_clusters(EIGHT, tracks, audio, tags=tags, features=features)[0] == "folk, slow"
    assert name_clusters(EIGHT, tracks, audio, features=features)[0].split()[0] == "quiet"
    assert name_clusters(EIGHT, tracks, features=features)[0] == "low energy"
    assert name_clusters(EIGHT, tracks)[0] == "polka 100%"


def test_a_cluster_without_characteristic_tags_gets_words_of_the_next_source():
    labels = np.repeat([0, 1, 2], 4)
    tags = np.array(["rock"] * 4 + ["rock", "jazz", "pop", "folk"] + ["jazz"] * 4)
    names = name_clusters(labels, make_tracks(12), tags=tags, features=pd.DataFrame({"energy": 1.0 * (labels == 1)}))
    assert names == {0: "rock", 1: "high energy", 2: "jazz"}


def test_songs_without_a_cluster_are_ignored():
    tags = ["rock", "rock", "jazz", "jazz"] + ["rock"] * 20
    labels = np.array([0, 0, 1, 1] + [-1] * 20)
    assert name_clusters(labels, make_tracks(24), tags=tags) == {0: "rock", 1: "jazz"}


def test_clusters_with_the_same_words_get_a_word_that_separates_them():
    labels = np.repeat([0, 1, 2], 10)
    tags = np.array(["rock"] * 10 + ["rock|sad"] + ["rock"] * 9 + ["jazz"] * 10)
    tracks = make_tracks(30, genre=np.repeat(["metal", "grunge", "bebop"], 10))
    # The tag "sad" separates less clearly than the genre.
    names = name_clusters(labels, tracks, tags=tags)
    assert names == {0: "rock, metal 100%", 1: "rock", 2: "jazz"}
    # Without genre, the small difference is used.
    assert name_clusters(labels, make_tracks(30), tags=tags) == {0: "rock", 1: "rock, sad", 2: "jazz"}


def test_the_last_of_three_words_is_replaced():
    scores = pd.DataFrame({"loud": [9, 9], "bright": [8, 8], "noisy": [7, 7], "dense": [0.1, 0.5], "dark": [0.9, 0.7]})
    source = WordSource(scores, minimum=1, separator=" ", max_words=3)
    chosen = choose_words([source], {0: [], 1: []})
    assert [join_words(words) for words in chosen.values()] == ["loud bright noisy", "loud bright dense"]


def test_a_number_separates_clusters_that_nothing_else_separates():
    labels = np.repeat([0, 1, 2], 4)
    tags = ["rock"] * 8 + ["jazz"] * 4
    assert name_clusters(labels, make_tracks(12), tags=tags) == {0: "rock", 1: "rock 2", 2: "jazz"}


texts = st.text() | st.sampled_from(["rock", "Rock", "indie rock", "a/b", "হিন্দি", "80s", "", "x" * 40, "2", "rock 2"])
numbers = st.floats(width=32) | st.integers(-2, 2).map(float)


@st.composite
def libraries(draw):
    """Return labels, track table, and the other arguments of `name_clusters`. Each of them can be missing."""
    n_tracks = draw(st.integers(1, 12))

    def column(values):
        return draw(st.lists(values, min_size=n_tracks, max_size=n_tracks))

    labels = np.array(column(st.integers(-1, 5)))
    given = {name: column(texts | st.none()) for name in ("genre", "language", "mood") if draw(st.booleans())}
    tags = column(st.lists(texts, max_size=6).map("|".join)) if draw(st.booleans()) else None
    some = st.lists(st.sampled_from([*SOUND, "energy", "f__tempo", "mfcc_1"]), max_size=4, unique=True)
    names = draw(some | st.just(SOUND))
    audio = pd.DataFrame({name: column(numbers) for name in names}, dtype="float32") if names else None
    return labels, make_tracks(n_tracks, **given), audio, tags


def split_name(name):
    """Return the words of a name as a set. Sound words are separated by spaces, and other words by commas."""
    phrases = name.casefold().split(", ")
    return frozenset(word for phrase in phrases for word in (phrase.split() if is_sound(phrase) else [phrase]))


def is_sound(phrase):
    return set(phrase.split()) <= {word for high, low, _ in WORDS for word in (high, low)}


@given(libraries(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=50)
def test_names_are_distinct_valid_and_independent_of_the_order_of_songs(library, random):
    labels, tracks, audio, tags = library
    names = name_clusters(labels, tracks, audio, tags=tags)
    assert list(names) == sorted(set(labels[labels >= 0]))
    assert all(is_safe_name(f"{label:02d} {name}") for label, name in names.items())
    if set(names.values()) != {"mixed"}:
        assert len({split_name(name) for name in names.values()}) == len(names)
    order = list(range(len(labels)))
    random.shuffle(order)
    audio = None if audio is None else audio.iloc[order]
    tags = None if tags is None else np.array(tags, dtype=object)[order]
    assert name_clusters(labels[order], tracks.iloc[order], audio, tags=tags) == names
