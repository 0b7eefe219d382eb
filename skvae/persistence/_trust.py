"""Classes and functions that a model file may contain."""

from skops.io import get_untrusted_types

from ..networks._registry import NETWORKS

# Additions to skops' own list, which contains scikit-learn's estimators, plain containers, and NumPy's arrays, numbers
# and elementwise functions. The list contains full names, never a module or a prefix. If all of scikit-learn and NumPy
# were trusted, a file could contain a FunctionTransformer with a function of numpy.testing that executes code.
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
    "skvae.audio.pretrained._embedder.AudioEmbedder",
    "skvae.audio.extraction._extractor.AudioFeatureExtractor",
    "skvae.cluster._umap.UMAPTransformer",
    "skvae.cluster._vade.VaDEClusterer",
    "skvae.features._condition.OneHotCondition",
    "skvae.features._scaler.BlockScaler",
    "skvae.lyrics._embedder.LyricsEmbedder",
    "skvae.lyrics._vectorizer.LyricsVectorizer",
    "skvae.model_selection._transductive.TransductiveClusterer",
    "skvae.vae.table._codec.TableCodec",
    "skvae.vae.table._condition.KnownCondition",
    "skvae.vae.table._layout.Layout",
    "skvae.vae.table._scaling.ConditionScaler",
    "skvae.vae._transformer.VAETransformer",
    *(f"{network.__module__}.{network.__name__}" for network in NETWORKS.values()),
)

# Current module of each trusted class of skvae. The class names are unique.
_MODULES = {name.rpartition(".")[2]: name.rpartition(".")[0] for name in TRUSTED if name.startswith("skvae.")}


def find_untrusted(data):
    """Find the names in a skops archive that are not trusted, without importing any of them.

    Parameters
    ----------
    data : bytes
        Archive written by skops.

    Returns
    -------
    set of str
        Full names.
    """
    return set(get_untrusted_types(data=data)) - set(TRUSTED)


def update_modules(node):
    """Replace the modules of skvae's classes in the tree of a model by their current modules.

    A file contains the module in which a class was defined when the file was saved. Classes have moved since version
    0.1. Only trusted classes are renamed.

    Parameters
    ----------
    node : dict or list, or a plain value
        The tree, or a part of it. It is not changed.

    Returns
    -------
    dict or list, or a plain value
        The tree with current modules.
    """
    if isinstance(node, list):
        return [update_modules(child) for child in node]
    if not isinstance(node, dict):
        return node
    node = {key: update_modules(child) for key, child in node.items()}
    module, name = node.get("__module__"), node.get("__class__")
    if isinstance(module, str) and module.startswith("skvae.") and isinstance(name, str) and name in _MODULES:
        node["__module__"] = _MODULES[name]
    return node
