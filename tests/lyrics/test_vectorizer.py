"""LyricsVectorizer: width, spelling, scripts and languages."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score

from skvae import LyricsVectorizer


@pytest.mark.parametrize(
    ("texts", "width"), [(["la"], 1), (["la la lo"] * 5, 1), (["one song", "two songs", None], 2)], ids=str
)
def test_width_is_limited_by_distinct_texts_and_ngrams(texts, width):
    vectorizer = LyricsVectorizer(random_state=0)
    assert vectorizer.fit_transform(texts).shape == (len(texts), width)
    assert vectorizer.n_components_ == width
    assert vectorizer.transform(["something else", "entirely", "new"]).shape == (3, width)


def test_max_features_limits_the_width():
    texts = [f"song number {i} of many" for i in range(30)]
    assert LyricsVectorizer(max_features=7, random_state=0).fit_transform(texts).shape == (30, 7)


def test_fit_requires_a_text():
    with pytest.raises(ValueError, match="All 3 texts of X are missing"):
        LyricsVectorizer().fit([None, " ", np.nan])


def test_spelling_does_not_matter():
    vectorizer = LyricsVectorizer(random_state=0).fit(["café noir", "thé vert", "eau de mer"])
    composed, decomposed = vectorizer.transform(["Café  NOIR", "cafe\u0301 noir"])
    np.testing.assert_array_equal(composed, decomposed)


def test_text_of_unknown_letters_is_a_row_of_zeros():
    Z = LyricsVectorizer(random_state=0).fit(["row your boat", "down the stream"]).transform(["歌"])
    np.testing.assert_array_equal(Z, 0)


def test_scripts_are_separated():
    hindi = ["दिल की बात", "दिल की रात", "दिल की बात रात"]
    arabic = ["يا ليل يا عين", "يا ليل طويل", "يا عين يا ليل"]
    Z = LyricsVectorizer(n_components=3, random_state=0).fit_transform(hindi + arabic)
    labels = KMeans(2, n_init=3, random_state=0).fit_predict(Z)
    assert len(set(labels[:3])) == len(set(labels[3:])) == 1
    assert labels[0] != labels[3]


def test_languages_of_real_songs_are_separated(lieder):
    texts = lieder["lyrics"].str.slice(0, 300)
    Z = LyricsVectorizer(random_state=0).fit_transform(texts)
    assert Z.shape == (len(lieder), 64)
    labels = KMeans(3, n_init=3, random_state=0).fit_predict(Z)
    assert adjusted_mutual_info_score(lieder["language"], labels) > 0.7  # chance is 0
