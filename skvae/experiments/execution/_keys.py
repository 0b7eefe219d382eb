"""Keys of stored results, computed from settings and data."""

import hashlib
import json

import joblib
import numpy as np
from sklearn.base import BaseEstimator

# Keys contain the module of each class. These modules are those of version 0.1, so that stored results are still
# found after a class has moved.
_MODULES = {
    "AudioEmbedder": "skvae.audio._embedder",
    "AudioFeatureExtractor": "skvae.audio._extractor",
    "BlockScaler": "skvae.features._scaler",
    "Conv1d": "skvae.networks._conv",
    "Conv2d": "skvae.networks._conv",
    "LyricsEmbedder": "skvae.lyrics._embedder",
    "LyricsVectorizer": "skvae.lyrics._vectorizer",
    "MLP": "skvae.networks._mlp",
    "OneHotCondition": "skvae.features._condition",
    "TransductiveClusterer": "skvae.model_selection._transductive",
    "UMAPTransformer": "skvae.cluster._umap",
    "VAETransformer": "skvae.vae._transformer",
    "VaDEClusterer": "skvae.cluster._vade",
}


def digest(*parts):
    """Compute the key of a result.

    Parameters
    ----------
    *parts : object
        Settings and digests of data, as values that JSON can represent.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    return hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()


def digest_table(values, names=()):
    """Compute the digest of an array of numbers or objects and of its column names."""
    values = np.ascontiguousarray(values)
    content = hashlib.blake2b(f"{values.shape} {values.dtype} {list(names)}".encode(), digest_size=16)
    content.update(repr(values.tolist()).encode() if values.dtype.kind in "OU" else values.data)
    return content.hexdigest()


def to_json(value):
    """Convert a parameter to a JSON value that is equal for equal parameters.

    An estimator becomes its class name and parameters, an array its digest, a function its name, and any other object
    the hash of its content.
    """
    if isinstance(value, type(None) | bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, BaseEstimator):
        return [_full_name(type(value)), to_json(value.get_params(deep=False))]
    if isinstance(value, np.ndarray):
        return digest_table(value)
    return _full_name(value) if hasattr(value, "__qualname__") else [_full_name(type(value)), joblib.hash(value)]


def _full_name(value):
    name, module = value.__qualname__, value.__module__
    if "<" in name:  # lambdas and local functions have no unique name
        raise ValueError(
            f"{value!r} is a lambda or a local definition, so its stored results cannot be identified. "
            "Define it at the top level of a module."
        )
    return f"{_MODULES.get(name, module) if module.startswith('skvae.') else module}.{name}"
