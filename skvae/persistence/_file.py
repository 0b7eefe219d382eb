"""save and load."""

import contextlib
import importlib.metadata
import io
import json
import os
import uuid
import warnings
from pathlib import Path
from zipfile import ZipFile

import skops.io
from scipy.sparse import load_npz, save_npz
from sklearn.base import BaseEstimator
from sklearn.exceptions import InconsistentVersionWarning

from .. import __version__
from ._archive import MAX_BYTES, MAX_RATIO, ModelFileError, pack, unpack
from ._parts import OWN_DECISIONS, is_foreign, portable, refuse, walk
from ._schema import check, compact
from ._trust import TRUSTED, find_untrusted, update_modules

_LIBRARIES = ("scikit-learn", "numpy", "torch", "skops")


def save(estimator, path):
    """Write an estimator or a pipeline to a file that holds no code.

    The file is a zip archive of settings as JSON and of arrays, without pickle, with the versions of skvae,
    scikit-learn, NumPy and torch. It holds estimators of skvae and of scikit-learn, fitted or not, alone or in
    pipelines. What is for whoever loads it to decide has its default in it: `memory`, `checkpoint_dir`,
    `trust_remote_code`. The report on the recordings of the last fit (`failed_`) is left out.

    Parameters
    ----------
    estimator : estimator
        What to save; it is not changed.
    path : str or path-like
        The file, by custom ``.skvae``; one that is there is replaced, at once and as a whole. Its folder has to exist.

    Raises
    ------
    TypeError
        If a part cannot be in the file; the message says which: the step of another library, a function of your own,
        a model object of `LyricsEmbedder`, callbacks.
    FileNotFoundError
        If the folder does not exist.

    See Also
    --------
    load : Reads the file.

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
    ...     again = skvae.load(Path(folder, "model.skvae"))
    >>> bool((again.predict(X) == model.predict(X)).all())
    True
    """
    if not isinstance(estimator, BaseEstimator):
        raise TypeError(f"estimator must be a scikit-learn estimator or pipeline, got {estimator!r}.")
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path} cannot be written: there is no folder {str(path.parent)!r}; make it first.")
    _replace(path, pack(_members(portable(estimator))))


def load(path, *, max_bytes=MAX_BYTES, max_ratio=MAX_RATIO):
    """Read what `save` wrote.

    Nothing of the file runs. Its checksum, its limits and the name of every class in it are looked at before anything
    is built, and it is refused as a whole if one is not on skvae's list. Still, a model can only be as good as its
    maker: see the user guide.

    Parameters
    ----------
    path : str or path-like
        The file.
    max_bytes : int, default=2147483648
        Most bytes that the file may have, and unpack to.
    max_ratio : float, default=100
        Most times its own size that the file may unpack to.

    Returns
    -------
    estimator
        The estimator, on this machine's device: one trained on a GPU predicts on a CPU.

    Raises
    ------
    ModelFileError
        If the file is damaged, passes a limit, holds a class that is not on the list, was saved by a newer skvae (its
        major or minor version is higher than this one's), or is none of `save`'s.

    Warns
    -----
    UserWarning
        If it was saved with another version of scikit-learn, in which the same parts may work differently.

    See Also
    --------
    save : Writes the file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import skvae
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "model.skvae")
    ...     skvae.save(skvae.MLP(hidden=(32,)), path)
    ...     skvae.load(path)
    MLP(hidden=(32,))
    """
    path = Path(path)
    with path.open("rb") as stream, _one_error(path), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        size = os.fstat(stream.fileno()).st_size
        if size > max_bytes:
            raise ModelFileError(f"it has {size} bytes, more than max_bytes={max_bytes}")
        model = _build(unpack(stream.read(size), max_bytes=max_bytes, max_ratio=max_ratio), max_bytes)
        notes = _notes(caught, path)
    for note in notes:
        warnings.warn(note, stacklevel=2)
    return model


def _members(model):
    """Members of the file of a model that `portable` made."""
    refuse(model, is_foreign, "a model file holds estimators of skvae and scikit-learn")
    try:
        dumped = skops.io.dumps(model)
        unknown = find_untrusted(dumped)
    except Exception as error:
        raise TypeError(f"{type(model).__name__} cannot be saved: {error}") from error
    refuse(model, unknown.__contains__, "it is not among the classes and functions that load trusts")
    if unknown:
        raise TypeError(f"{type(model).__name__} cannot be saved: it holds {', '.join(sorted(unknown))}.")
    with ZipFile(io.BytesIO(dumped)) as archive:
        contents = {name: _stored(name, archive.read(name)) for name in archive.namelist()}
    names = {}
    schema = compact(json.loads(contents["schema.json"]), contents, names)
    versions = {"skvae": __version__} | {name: importlib.metadata.version(name) for name in _LIBRARIES}
    texts = {"skvae.json": versions, "schema.json": schema}
    members = {name: json.dumps(value).encode() for name, value in texts.items()}
    return members | {name: content for content, name in names.items()}


def _stored(name, content):
    """Unpack a sparse matrix, which may shrink more than any limit lets it."""
    if not name.endswith(".npz"):
        return content
    buffer = io.BytesIO()
    save_npz(buffer, load_npz(io.BytesIO(content)), compressed=False)
    return buffer.getvalue()


def _replace(path, data):
    """Write a file under another name and rename it, so that no reader ever sees half of it."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with part.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _build(members, max_bytes):
    """Make the model of checked members; every type is looked at before the first object is made."""
    _check_version(json.loads(members["skvae.json"])["skvae"])
    schema = json.loads(members["schema.json"])
    check(schema, {k: len(v) for k, v in members.items()}, max_bytes=max_bytes)
    members = members | {"schema.json": json.dumps(update_modules(schema)).encode()}
    # An archive of what was checked and nothing else: skops reads members with no limit of its own.
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    data = buffer.getvalue()
    unknown = find_untrusted(data)
    if unknown:
        raise ModelFileError(f"it holds {', '.join(sorted(unknown))}, which skvae does not trust")
    model = skops.io.loads(data, trusted=list(TRUSTED))
    if not isinstance(model, BaseEstimator):
        raise ModelFileError(f"it holds a {type(model).__name__}, not an estimator")
    for _, part in walk(model):
        for name, value in OWN_DECISIONS.items():
            if getattr(part, name, value) is not value:
                raise ModelFileError(f"its {type(part).__name__} decides on {name!r}, which is for whoever loads it")
    return model


def _check_version(version):
    saved, own = (tuple(int(part) for part in text.split(".")[:2]) for text in (version, __version__))
    if saved > own:
        raise ModelFileError(f"skvae {version} saved it, and this is skvae {__version__}: upgrade skvae")


@contextlib.contextmanager
def _one_error(path):
    """Whatever zipfile, json, NumPy or skops says of a file that is not as it should be, is one error."""
    try:
        yield
    except ModelFileError as error:
        raise ModelFileError(f"{path} cannot be loaded: {error}.") from None
    except Exception as error:
        raise ModelFileError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error


def _notes(caught, path):
    """Make one warning of all on scikit-learn's versions; others stay as they came."""
    notes, parts = [], {}
    for warning in caught:
        if isinstance(warning.message, InconsistentVersionWarning):
            saved, own = warning.message.original_sklearn_version, warning.message.current_sklearn_version
            parts.setdefault((str(saved), own), set()).add(warning.message.estimator_name)
        else:
            notes.append(warning.message)
    for (saved, own), names in parts.items():
        notes.append(
            f"{path} was saved with scikit-learn {saved} and this is {own}: check that what it says is still the same "
            f"({', '.join(sorted(names))}), or install that version."
        )
    return notes
