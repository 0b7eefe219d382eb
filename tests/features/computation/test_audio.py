"""Audio features of several transformers: blocks, reasons and tags."""

import numpy as np
import pandas as pd
import pytest

from skvae import AudioEmbedder, AudioFeatureExtractor
from skvae._stage_timer import StageTimer
from skvae.features.computation._audio import extract_audio
from skvae.features.computation._tracks import compute_features

NOISE = np.random.default_rng(0).normal(scale=0.1, size=22050)


def loudness(samples, rate):
    """Return a vector that is infinite for quiet sounds, so that their rows fail."""
    level = samples.std()
    return [level if level > 0.05 else np.inf, len(samples)]


@pytest.fixture
def tracks():
    return pd.DataFrame(
        {"track_id": list("abc"), "audio": [(NOISE, 22050), (NOISE / 10, 22050), "missing.mp3"]}, index=[7, 5, 3]
    )


@pytest.fixture
def blocks(tracks):
    embedder = AudioEmbedder(loudness, window=1.0, timeout=None, on_error="ignore")
    extractor = AudioFeatureExtractor(["rms"], timeout=None, on_error="ignore")
    return {"audio": extractor.fit(tracks["audio"]), "loudness": embedder.fit(tracks["audio"])}


def test_each_transformer_is_a_block_with_its_own_failures(tracks, blocks):
    audio = extract_audio(blocks, tracks)
    assert {name.split("__")[0] for name in audio.features} == {"audio", "loudness"}
    assert audio.features.filter(like="audio__").notna().all(axis=1).tolist() == [True, True, False]
    assert audio.features.filter(like="loudness__").notna().all(axis=1).tolist() == [True, False, False]
    assert audio.seconds.tolist() == [1.0, 1.0, 0.0]
    assert audio.reasons.tolist() == [
        "",
        "loudness: its features contain NaN or infinite values",
        "audio: file not found",
    ]
    assert audio.tags is None


def test_table_contains_all_blocks_of_usable_tracks(tracks):
    blocks = {
        "audio": AudioFeatureExtractor(["rms"], timeout=None, on_error="ignore"),
        "loudness": AudioEmbedder(loudness, window=1.0, timeout=None, on_error="ignore"),
    }
    options = {"condition": None, "lyrics": "tfidf", "timer": StageTimer()}
    computed = compute_features(tracks, modality="audio", audio=blocks, min_tracks=1, **options)
    assert computed.usable.tolist() == [True, True, False]
    assert computed.table["loudness__embedding01"].tolist()[0] == 22050
    assert np.isnan(computed.table["loudness__embedding01"].tolist()[1])
    assert list(computed.about) == ["audio", "loudness"]
    assert {"rms_mean", "embedding00"} <= set(computed.audio)


def test_tags_of_the_table_are_used_if_no_model_predicts_tags(tracks):
    options = {"condition": None, "lyrics": "tfidf", "timer": StageTimer()}
    extractor = AudioFeatureExtractor(["rms"], timeout=None, on_error="ignore")
    tagged = tracks.assign(tags=["rock|pop", None, "folk"])
    computed = compute_features(tagged, modality="audio", audio={"audio": extractor}, min_tracks=1, **options)
    assert computed.tags.tolist() == ["rock|pop", "", "folk"]
