"""Tiny models with random weights, one per family that AudioEmbedder supports, and their embeddings."""

import torch
import transformers

from skvae import AudioEmbedder

SPEECH = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "conv_dim": (8, 8),
    "conv_kernel": (10, 8),
    "conv_stride": (10, 8),
    "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
}
SPECTROGRAM = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_length": 100,
    "num_mel_bins": 32,
}


def clap(fusion):
    audio = {
        "num_mel_bins": 16,
        "spec_size": 64,
        "window_size": 4,
        "patch_size": 2,
        "patch_stride": 2,
        "hidden_size": 32,
        "patch_embeds_hidden_size": 16,
        "depths": [1, 1],
        "num_attention_heads": [2, 2],
        "enable_fusion": fusion,
        "enable_patch_layer_norm": True,
    }
    text = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = transformers.ClapConfig(audio_config=audio, text_config=text | {"vocab_size": 50}, projection_dim=12)
    extractor = transformers.ClapFeatureExtractor(
        feature_size=16, max_length_s=1, truncation="fusion" if fusion else "rand_trunc"
    )
    return transformers.ClapModel(config), extractor


def speech(family, rate=16000):
    config = getattr(transformers, f"{family}Config")(**SPEECH)
    return getattr(transformers, f"{family}Model")(config), transformers.Wav2Vec2FeatureExtractor(sampling_rate=rate)


def spectrogram():
    model = transformers.ASTForAudioClassification(transformers.ASTConfig(**SPECTROGRAM))
    return model, transformers.ASTFeatureExtractor(num_mel_bins=32, max_length=100)


FAMILIES = {
    "clap": lambda: clap(fusion=False),
    "clap-fused": lambda: clap(fusion=True),
    "ast": spectrogram,  # a classifier, whose head the embedder does not use
    "wav2vec2": lambda: speech("Wav2Vec2"),
    "hubert": lambda: speech("Hubert"),
    "wavlm": lambda: speech("WavLM"),
    # MERT is HuBERT with another sample rate. Its code is in the repository of the model.
    "mert": lambda: speech("Hubert", rate=24000),
}
WIDTH = {"clap": 12, "clap-fused": 12}
RATE = {"clap": 48000, "clap-fused": 48000, "mert": 24000}


def save_model(family, folder):
    """Save the model of a family with random weights in a folder."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for part in FAMILIES[family]():
            part.save_pretrained(folder)
    return folder


def embed(folder, X, **parameters):
    return AudioEmbedder(folder, **{"window": 1.0, "on_error": "ignore"} | parameters).fit_transform(X)
