"""Saving of models."""

import importlib.metadata
import io
import json
from pathlib import Path
from zipfile import ZipFile

import skops.io
from scipy.sparse import load_npz, save_npz
from sklearn.base import BaseEstimator

from .. import __version__
from .._atomic_write import write_atomically
from ._archive import pack
from ._portable import make_portable, reject_objects
from ._schema import compact_schema
from ._traversal import is_external
from ._trust import find_untrusted

_LIBRARIES = ("scikit-learn", "numpy", "torch", "skops")


def save(estimator, path):
    """Save an estimator or a pipeline to a file that contains no code.

    The file is a zip archive. It contains the parameters as JSON, the fitted attributes as JSON and arrays, and the
    versions of skvae, scikit-learn, NumPy and PyTorch. Pickle is not used. Estimators of skvae and scikit-learn can be
    saved, fitted or not, alone or in pipelines.

    The parameters `memory`, `checkpoint_dir` and `trust_remote_code` are saved with their default value. The attribute
    `failed_` of audio transformers is not saved.

    Parameters
    ----------
    estimator : estimator
        Estimator to save. It is not modified.
    path : str or path-like
        Path of the file, usually with the suffix ``.skvae``. The folder must exist. An existing file is replaced
        atomically.

    Raises
    ------
    TypeError
        If `estimator` contains an object that cannot be saved. Examples are estimators of other libraries, user-defined
        functions, callbacks, and the model object of a `LyricsEmbedder`. The message contains its position.
    FileNotFoundError
        If the folder does not exist.

    See Also
    --------
    load : Load the file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> import skvae
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.pipeline import make_pipeline
    >>> X = np.array([[0.0, 1.0], [0.1, 0.9], [5.0, 1.0], [5.1, 1.2]])
    >>> model = make_pipeline(skvae.BlockScaler(), KMeans(2, n_init=1, random_state=0)).fit(X)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     skvae.save(model, Path(folder, "model.skvae"))
    ...     loaded = skvae.load(Path(folder, "model.skvae"))
    >>> bool((loaded.predict(X) == model.predict(X)).all())
    True
    """
    if not isinstance(estimator, BaseEstimator):
        raise TypeError(f"estimator must be a scikit-learn estimator or pipeline, got {estimator!r}.")
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"Cannot write {path}: the folder {str(path.parent)!r} does not exist. Create it first."
        )
    data = pack(_make_members(make_portable(estimator)))
    with write_atomically(path, unique=True) as file:
        file.write(data)


def _make_members(model):
    """Return the members of the archive for the result of `make_portable`."""
    reject_objects(model, is_external, "a model file can only contain estimators of skvae and scikit-learn")
    try:
        dumped = skops.io.dumps(model)
        untrusted = find_untrusted(dumped)
    except Exception as error:
        raise TypeError(f"{type(model).__name__} cannot be saved: {error}") from error
    reject_objects(model, untrusted.__contains__, "it is not on the list of classes and functions that load accepts")
    if untrusted:
        raise TypeError(f"{type(model).__name__} cannot be saved: it contains {', '.join(sorted(untrusted))}.")
    with ZipFile(io.BytesIO(dumped)) as archive:
        contents = {name: _decompress_matrix(name, archive.read(name)) for name in archive.namelist()}
    names = {}
    schema = compact_schema(json.loads(contents["schema.json"]), contents, names)
    versions = {"skvae": __version__} | {name: importlib.metadata.version(name) for name in _LIBRARIES}
    texts = {"skvae.json": versions, "schema.json": schema}
    members = {name: json.dumps(value).encode() for name, value in texts.items()}
    return members | {name: content for content, name in names.items()}


def _decompress_matrix(name, content):
    """Decompress a sparse matrix, because its compression ratio may exceed the limit of `load`."""
    if not name.endswith(".npz"):
        return content
    buffer = io.BytesIO()
    save_npz(buffer, load_npz(io.BytesIO(content)), compressed=False)
    return buffer.getvalue()
