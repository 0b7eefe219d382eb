"""Common properties of the estimators that read texts. scikit-learn runs only one check on such estimators."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.utils.estimator_checks import check_estimator

from skvae import LyricsEmbedder, LyricsVectorizer

TEXTS = ["row row row your boat", None, "frère Jacques, dormez-vous", "আমার সোনার বাংলা", " ", "gently down the stream"]
MISSING = np.array([False, True, False, False, True, False])


class CountingLetters:
    """Simple model: counts of eight letters."""

    def encode(self, texts):
        return np.array([[text.count(letter) for letter in "aeinorsu"] for text in texts], dtype=float)


@pytest.fixture(params=["vectorizer", "embedder"])
def transformer(request):
    return {
        "vectorizer": LyricsVectorizer(n_components=3, random_state=0),
        "embedder": LyricsEmbedder(CountingLetters(), window=10),
    }[request.param]


def test_scikit_learn_checks(transformer):
    with pytest.warns(SkipTestWarning, match="Can't test estimator"):
        check_estimator(transformer)


def test_shape_dtype_and_missing_rows(transformer):
    Z = transformer.fit_transform(TEXTS)
    assert Z.dtype == np.float32
    assert Z.shape == (len(TEXTS), len(transformer.get_feature_names_out()))
    np.testing.assert_array_equal(np.isnan(Z), np.repeat(MISSING[:, None], Z.shape[1], axis=1))


def test_fit_then_transform_equals_fit_transform(transformer):
    Z = transformer.fit_transform(TEXTS)
    np.testing.assert_allclose(transformer.transform(TEXTS), Z, rtol=1e-6)
    np.testing.assert_allclose(clone(transformer).fit(TEXTS).transform(TEXTS), Z, rtol=1e-6)


def test_rows_are_reproducible_and_the_global_state_is_unchanged(transformer):
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    np.testing.assert_array_equal(clone(transformer).fit_transform(TEXTS), clone(transformer).fit_transform(TEXTS))
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_rows_do_not_depend_on_each_other(transformer):
    Z = transformer.fit(TEXTS).transform(TEXTS)
    order = np.array([3, 5, 1, 0, 2, 4, 0])
    np.testing.assert_allclose(transformer.transform(np.array(TEXTS, dtype=object)[order]), Z[order], rtol=1e-6)
    np.testing.assert_allclose(np.vstack([transformer.transform([text]) for text in TEXTS]), Z, rtol=1e-6)


def test_transform_accepts_only_missing_texts(transformer):
    Z = transformer.fit(TEXTS).transform([None, np.nan])
    assert Z.shape == (2, len(transformer.get_feature_names_out()))
    assert np.isnan(Z).all()


def test_pickle_and_clone(transformer):
    Z = transformer.fit(TEXTS).transform(TEXTS)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(transformer)).transform(TEXTS), Z)
    assert clone(transformer).get_params().keys() == transformer.get_params().keys()
    with pytest.raises(NotFittedError):
        clone(transformer).transform(TEXTS)
    with pytest.raises(NotFittedError):
        clone(transformer).get_feature_names_out()


def test_pandas_output_has_the_index_of_the_input(transformer):
    lyrics = pd.Series(TEXTS, index=[f"song {i}" for i in range(len(TEXTS))], name="lyrics")
    table = transformer.set_output(transform="pandas").fit_transform(lyrics)
    assert list(table.index) == list(lyrics.index)
    assert list(table.columns) == list(transformer.get_feature_names_out())
    assert not any("__" in name for name in table.columns)
    assert set(table.dtypes) == {np.dtype("float32")}


@pytest.mark.parametrize("columns", ["lyrics", ["lyrics"]])
def test_inside_a_column_transformer(transformer, columns):
    table = pd.DataFrame({"title": list("abcdef"), "lyrics": TEXTS})
    joined = ColumnTransformer([("lyrics", transformer, columns)]).set_output(transform="pandas")
    out = joined.fit_transform(table)
    assert list(out.columns) == [
        f"lyrics__{name}" for name in joined.named_transformers_["lyrics"].get_feature_names_out()
    ]
    np.testing.assert_array_equal(out.isna().all(axis=1), MISSING)


def test_invalid_texts_and_parameters_raise_errors(transformer):
    with pytest.raises(TypeError, match="row 1 of X"):
        transformer.fit(["la", 3])
    with pytest.raises(TypeError, match="row 0 of X"):
        transformer.fit(TEXTS).transform([3])
    first = "n_components" if isinstance(transformer, LyricsVectorizer) else "batch_size"
    with pytest.raises(ValueError, match=first):
        transformer.set_params(**{first: 0}).fit(TEXTS)
