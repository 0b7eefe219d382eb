"""Public estimators with parameters that make fits fast."""

from skvae import (
    MLP,
    AudioEmbedder,
    AudioFeatureExtractor,
    BlockScaler,
    LyricsEmbedder,
    LyricsVectorizer,
    VaDEClusterer,
    VAETransformer,
)

SMALL_VAE = VAETransformer(latent_dim=2, network=MLP(hidden=(64,)), input_noise=0.1, learning_rate=5e-3, max_epochs=80)

# Estimators of two-dimensional tables, for scikit-learn's checks. Instances of the same class cover different code.
TABLE_ESTIMATORS = {
    "BlockScaler": BlockScaler(),
    "BlockScaler, power, equalized": BlockScaler("power", equalize=True),
    "VAETransformer": VAETransformer(latent_dim=2, max_epochs=3),
    "VAETransformer, one named modality": VAETransformer(2, modalities=[("all", None, slice(None))], max_epochs=3),
    "VaDEClusterer, gmm": VaDEClusterer(3, vae=SMALL_VAE, init="gmm", n_init=2, max_epochs=3),
    "VaDEClusterer, umap": VaDEClusterer(3, vae=SMALL_VAE, n_init=1, max_epochs=3),
}

# Estimators of paths or texts. tests/audio and tests/lyrics contain similar tests for them.
TRACK_ESTIMATORS = {AudioEmbedder, AudioFeatureExtractor, LyricsEmbedder, LyricsVectorizer}
