"""Files of fitted feature transformers."""

from pathlib import Path

from sklearn.compose import ColumnTransformer

from ...persistence import load, save
from ..model._library_model import LibraryModel
from ._part_folder import TRANSFORMER


def save_transformer(transformer, path):
    """Save a fitted feature transformer in the folder of its feature table.

    The saved transformer computes comparable features for other tracks.

    Parameters
    ----------
    transformer : ColumnTransformer
        Transformer from `describe_library`.
    path : path-like
        Path of the feature table.

    Returns
    -------
    Path
        Path of the written file. It is `path` with the extension ``.skvae``.

    See Also
    --------
    load_transformer : Load the file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from skvae.report import describe_library, load_transformer, save_transformer
    >>> tracks = pd.DataFrame({"track_id": list("abc"), "audio": None, "lyrics": ["rain", None, "sun"]})
    >>> table, transformer = describe_library(tracks, modality="lyrics")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_transformer(transformer, Path(folder, "features.parquet"))
    ...     again, _ = describe_library(tracks, like=load_transformer(path))
    >>> path.name, again.features.equals(table.features)
    ('features.skvae', True)
    """
    path = Path(path).with_suffix(".skvae")
    save(transformer, path)
    return path


def load_transformer(path):
    """Load a fitted feature transformer, for the parameter `like` of `describe_library` and `describe_to_disk`.

    Parameters
    ----------
    path : path-like
        Feature table file, or the ``.skvae`` file in the same folder. Can also be a feature table folder, the folder of
        a model, or the folder of a run.

    Returns
    -------
    ColumnTransformer
        Fitted transformer.

    Raises
    ------
    FileNotFoundError
        If there is no transformer.
    ValueError
        If the model was fitted on a feature table, or the file is damaged.

    See Also
    --------
    save_transformer : Save a transformer.
    """
    path = Path(path)
    if (path / TRANSFORMER).is_file():
        path /= TRANSFORMER
    elif path.is_dir():
        model = LibraryModel.read(path)
        if not model.takes_tracks:
            raise ValueError(
                f"The model in {path} was fitted on a feature table and cannot compute features from tracks. If "
                "`skvae features` computed this feature table, pass the table instead."
            )
        return model.pipeline[0]
    path = path.with_suffix(".skvae")
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} does not exist. `skvae features` writes this file to the folder of the feature table."
        )
    transformer = load(path)
    if not isinstance(transformer, ColumnTransformer):
        raise ValueError(f"{path} must contain a feature transformer, got {type(transformer).__name__}.")
    return transformer
