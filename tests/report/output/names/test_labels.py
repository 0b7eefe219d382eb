"""Words from labels."""

import numpy as np
import pandas as pd

from skvae.report import make_playlists


def name_by_labels(labels, **columns):
    tracks = pd.DataFrame({"audio": None} | columns, index=np.arange(len(labels)) + 5)
    return [playlist.name for playlist in make_playlists(tracks, np.zeros((len(labels), 1)), np.array(labels))]


def test_labels_that_separate_the_clusters_are_written_with_their_share():
    language, genre = ["हिन्दी", "हिन्दी", None, "en"], ["R&B/Soul", "jazz", "R&B/Soul", "folk"]
    names = name_by_labels([3, 3, 3, 12], language=language, genre=genre)
    assert names == ["03 R&B Soul 67%, हिन्दी 67%", "12 en 100%, folk 100%"]


def test_the_most_frequent_genre_is_used_if_no_label_separates_the_clusters():
    genre = ["rock", "rock", "pop", "rock", "rock", "rock", "jazz", "pop"]
    assert name_by_labels([0, 0, 0, 1, 1, 1, 1, 1], genre=genre, language="en") == ["00 rock 67%", "01 rock 60%"]


def test_a_label_of_a_minority_does_not_name_a_cluster():
    language = ["es", "es", "en", "en", "fr", "en", "en", "en", "en", "en"]
    assert name_by_labels([0] * 5 + [1] * 5, language=language) == ["00 en 40%", "01 en 100%"]


def test_labels_that_are_known_for_few_songs_give_no_name():
    genre = ["rock", None, None, "rock", "", None]
    assert name_by_labels([0, 0, 0, 1, 1, 1], genre=genre) == ["00 mixed", "01 mixed 2"]


def test_genre_columns_with_other_names_are_used():
    columns = {"track_genre": ["rock", "rock", "jazz", "jazz"], "mood": ["calm", "calm", "wild", "wild"]}
    assert name_by_labels([0, 0, 1, 1], **columns) == ["00 rock 100%", "01 jazz 100%"]


def test_other_text_columns_are_used_without_genre_and_language():
    columns = {"genre": None, "mood": ["calm", "calm", "wild", "wild"], "title": "same", "comment": list("abcd")}
    assert name_by_labels([0, 0, 1, 1], **columns) == ["00 calm 100%", "01 wild 100%"]
