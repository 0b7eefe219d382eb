"""Reading study files and the studies included in skvae."""

import difflib
from importlib import resources
from pathlib import Path

from ._yaml import StudyFileError, parse_study

PRESETS = ("easy", "medium", "hard")


def read_study(source):
    """Read a study file.

    Parameters
    ----------
    source : path-like
        Path of a study file, or "easy", "medium" or "hard" for a study included in skvae.

    Returns
    -------
    Study
        Content of the file. A relative path in its ``source`` is resolved against the folder of the file.

    Raises
    ------
    StudyFileError
        If the file is not valid: unknown keys or names, wrong types, or values that contradict each other.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> from skvae.experiments import read_study
    >>> study = read_study("hard")
    >>> study.condition, study.n_clusters
    (['language', 'genre'], 'genre')
    """
    if str(source) in PRESETS:
        text = resources.files(__package__).joinpath("presets", f"{source}.yaml").read_text("utf-8")
        return parse_study(text, f"{source}.yaml")
    path = Path(source)
    if not path.is_file():
        close = difflib.get_close_matches(str(source), PRESETS, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Included studies: {', '.join(PRESETS)}"
        raise FileNotFoundError(f"the study file {str(source)!r} does not exist. {hint}")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise StudyFileError(f"{path.name} is not encoded in UTF-8: {error}") from error
    study = parse_study(text, path.name)
    if isinstance(study.source, str):
        study.source = str(path.parent / study.source)
    return study
