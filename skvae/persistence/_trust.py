"""The classes that a model file may hold, by full name."""

from skops.io import get_untrusted_types

# Beside skops' own list: scikit-learn's estimators, plain containers, and NumPy's arrays, numbers and elementwise
# functions. Never a module or a prefix: trusting scikit-learn and NumPy as such would trust FunctionTransformer with a
# function of numpy.testing that runs a text. A name stays here as long as files with it are about.
TRUSTED = (
    "builtins.object",
    "numpy.dtype",
    "numpy.floating",
    "numpy.integer",
    "numpy.mean",
    "numpy.number",
    "scipy.sparse._csr.csr_array",
    "scipy.sparse._csr.csr_matrix",
    "sklearn.cluster._bisect_k_means._BisectingTree",
    "sklearn.compose._column_transformer.make_column_selector",
    "skvae.audio._embedder.AudioEmbedder",
    "skvae.audio._extractor.AudioFeatureExtractor",
    "skvae.cluster._umap.UMAPTransformer",
    "skvae.cluster._vade.VaDEClusterer",
    "skvae.features._condition.OneHotCondition",
    "skvae.features._scaler.BlockScaler",
    "skvae.lyrics._embedder.LyricsEmbedder",
    "skvae.lyrics._vectorizer.LyricsVectorizer",
    "skvae.model_selection._transductive.TransductiveClusterer",
    "skvae.networks._conv.Conv1d",
    "skvae.networks._conv.Conv2d",
    "skvae.networks._mlp.MLP",
    "skvae.vae._codec.TableCodec",
    "skvae.vae._condition.KnownCondition",
    "skvae.vae._layout.Layout",
    "skvae.vae._scaling.ConditionScaler",
    "skvae.vae._transformer.VAETransformer",
)


def untrusted(data):
    """Full names of what a file holds beside the trusted classes; nothing of it is imported.

    Parameters
    ----------
    data : bytes
        An archive of skops.

    Returns
    -------
    set of str
        The names.
    """
    return set(get_untrusted_types(data=data)) - set(TRUSTED)
