"""Loading of models."""

import contextlib
import io
import json
import os
import warnings
from pathlib import Path
from zipfile import ZipFile

import skops.io
from sklearn.base import BaseEstimator
from sklearn.exceptions import InconsistentVersionWarning

from .. import __version__
from ._archive import MAX_BYTES, MAX_RATIO, ModelFileError, unpack
from ._portable import LOCAL_PARAMETERS
from ._schema import check_schema
from ._traversal import walk
from ._trust import TRUSTED, find_untrusted, update_modules


def load(path, *, max_bytes=MAX_BYTES, max_ratio=MAX_RATIO):
    """Load a model that was saved with `save`.

    No code of the file is executed. Before any object is created, the checksum, the size limits and the name of every
    class are checked. If one class is not on the list of trusted classes, nothing is loaded. A model from an unknown
    source can still return wrong results, see the user guide.

    Parameters
    ----------
    path : str or path-like
        Path of the file.
    max_bytes : int, default=2147483648
        Maximum size of the file and of its decompressed content in bytes.
    max_ratio : float, default=100
        Maximum ratio of the decompressed size to the size of the file.

    Returns
    -------
    estimator
        Loaded estimator. If its training device does not exist on this machine, it uses the device of "auto". A model
        that was trained on a GPU can therefore predict on a CPU.

    Raises
    ------
    ModelFileError
        If the file is damaged, exceeds a limit, contains a class that is not trusted, was not written by `save`, or
        was saved with a newer major or minor version of skvae.

    Warns
    -----
    UserWarning
        If the file was saved with another version of scikit-learn, whose estimators may behave differently.

    See Also
    --------
    save : Save a model.

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
    with path.open("rb") as stream, _convert_errors(path), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        size = os.fstat(stream.fileno()).st_size
        if size > max_bytes:
            raise ModelFileError(
                f"it has {size} bytes, more than max_bytes={max_bytes}. Increase max_bytes if you trust the file"
            )
        model = _create_model(unpack(stream.read(size), max_bytes=max_bytes, max_ratio=max_ratio), max_bytes)
        messages = _combine_version_warnings(caught, path)
    for message in messages:
        warnings.warn(message, stacklevel=2)
    return model


def _create_model(members, max_bytes):
    """Create the model from checked members. All types are checked before the first object is created."""
    _check_version(json.loads(members["skvae.json"])["skvae"])
    schema = json.loads(members["schema.json"])
    check_schema(schema, {k: len(v) for k, v in members.items()}, max_bytes=max_bytes)
    members = members | {"schema.json": json.dumps(update_modules(schema)).encode()}
    # skops reads members without size limits. A new archive contains exactly the content that was checked.
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    data = buffer.getvalue()
    untrusted = find_untrusted(data)
    if untrusted:
        raise ModelFileError(f"it contains {', '.join(sorted(untrusted))}, which skvae does not trust")
    model = skops.io.loads(data, trusted=list(TRUSTED))
    if not isinstance(model, BaseEstimator):
        raise ModelFileError(f"it contains an object of type {type(model).__name__} instead of an estimator")
    for _, value in walk(model):
        for name, default in LOCAL_PARAMETERS.items():
            if getattr(value, name, default) is not default:
                raise ModelFileError(f"its {type(value).__name__} sets {name!r}, which a file must not set")
    return model


def _check_version(version):
    saved, installed = (tuple(int(number) for number in text.split(".")[:2]) for text in (version, __version__))
    if saved > installed:
        raise ModelFileError(f"it was saved with skvae {version}, but skvae {__version__} is installed. Upgrade skvae")


@contextlib.contextmanager
def _convert_errors(path):
    """Convert all errors of zipfile, json, NumPy and skops that an invalid file causes to `ModelFileError`."""
    try:
        yield
    except ModelFileError as error:
        raise ModelFileError(f"{path} cannot be loaded: {error}.") from None
    except Exception as error:
        raise ModelFileError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error


def _combine_version_warnings(caught, path):
    """Combine the warnings about scikit-learn's version into one message, and keep the other warnings."""
    messages, estimators = [], {}
    for warning in caught:
        if isinstance(warning.message, InconsistentVersionWarning):
            saved, installed = warning.message.original_sklearn_version, warning.message.current_sklearn_version
            estimators.setdefault((str(saved), installed), set()).add(warning.message.estimator_name)
        else:
            messages.append(warning.message)
    for (saved, installed), names in estimators.items():
        messages.append(
            f"{path} was saved with scikit-learn {saved}, but scikit-learn {installed} is installed. Check that "
            f"{', '.join(sorted(names))} still return the same results, or install scikit-learn {saved}."
        )
    return messages
