"""Parsing of study files. Errors contain the line number and the key."""

import difflib
from pathlib import Path

import yaml
from pydantic import ValidationError

from ._clusterers import parse_clusterers
from ._representations import parse_representations
from ._schema import KEYS, Study

DUPLICATE = None  # last element of the location of a duplicate key


class StudyFileError(ValueError):
    r"""Error in a study file. The message has one line per problem, with the line number and the key.

    Examples
    --------
    >>> from skvae.experiments import StudyFileError, parse_study
    >>> try:
    ...     parse_study("representations: [raw, pac]\nclusterers: [kmeans]\nsedes: 3\n")
    ... except StudyFileError as error:
    ...     print(error)
    study.yaml, line 1: representations[1]: unknown representation 'pac'. Did you mean 'pca'?
    study.yaml, line 3: sedes: unknown key. Did you mean 'seeds'?
    """


def parse_study(text, file="study.yaml"):
    """Parse the text of a study file.

    Parameters
    ----------
    text : str
        YAML text.
    file : str, default="study.yaml"
        File name. It is used in error messages, and without suffix as the default name of the study.

    Returns
    -------
    Study
        Content of the file.

    Raises
    ------
    StudyFileError
        If the text is not valid: unknown keys or names, wrong types, or values that contradict each other.

    Examples
    --------
    >>> from skvae.experiments import parse_study
    >>> parse_study("{representations: [raw], clusterers: [kmeans], seeds: 3}").seeds
    3
    """
    lines, errors = {}, {}
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        _locate(node, (), lines, errors)
        content = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise StudyFileError(f"{file}, line {mark.line + 1 if mark else 1}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise StudyFileError(f"{file} is not valid YAML: {' '.join(str(error).split())}") from error
    finally:
        loader.dispose()
    if not isinstance(content, dict):
        raise StudyFileError(
            f"{file}, line 1: a study file must contain keys and values, such as 'representations: [raw, pca, vae]'"
        )
    study = None
    try:
        study = Study.model_validate({"name": Path(file).stem} | content)
    except ValidationError as invalid:
        for error in invalid.errors():
            location, message = _file_location(error["loc"], lines), _error_message(error)
            errors[location] = f"{errors[location]}, or {message}" if location in errors else message
        # An error inside a value explains more than the error that the value has the wrong type.
        outer = {location[:i] for location in errors for i in range(len(location))}
        errors = {location: message for location, message in errors.items() if location not in outer}
    if study is not None:
        errors |= dict(_contradictions(study))
    if errors:
        found = sorted((lines.get(location, 1), _key_path(location) + message) for location, message in errors.items())
        raise StudyFileError("\n".join(f"{file}, line {line}: {message}" for line, message in found))
    return study


def _contradictions(study):
    """Yield errors in combinations of keys that are valid on their own."""
    condition = [study.condition] if isinstance(study.condition, str) else study.condition or []
    for i, entry in enumerate(study.representations):
        if entry == "conditional-vae" and not condition:
            yield (
                ("representations", i),
                "'conditional-vae' requires a column. Set the key condition, or add the column after the name",
            )
    for key, parse in (
        ("representations", lambda entries: parse_representations(entries, condition or ["any"])),
        ("clusterers", parse_clusterers),
    ):
        try:
            parse(getattr(study, key))
        except ValueError as error:  # duplicate name
            yield (key,), str(error)
    if isinstance(study.n_clusters, str) and study.n_clusters not in (study.labels or [study.n_clusters]):
        yield ("n_clusters",), f"{study.n_clusters!r} is not one of the labels {', '.join(study.labels)}"
    if isinstance(study.seeds, list) and len(set(study.seeds)) < len(study.seeds):
        yield ("seeds",), "the list contains a seed twice"


def _locate(node, location, lines, errors, visited=None):
    """Record the line of each key and list item, and an error for each duplicate key."""
    visited = set() if visited is None else visited
    if node is None or id(node) in visited:  # aliases refer to the same node
        return
    visited.add(id(node))
    lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*location, str(key.value))
            if inner in lines:
                lines[*inner, DUPLICATE] = key.start_mark.line + 1
                errors[*inner, DUPLICATE] = "duplicate key"
            lines.setdefault(inner, key.start_mark.line + 1)
            _locate(value, inner, lines, errors, visited)
    elif isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            _locate(item, (*location, i), lines, errors, visited)


def _file_location(loc, lines):
    """Return the location in the file for a location of pydantic, which also contains the types that it tried."""
    location = ()
    for key in loc:
        location = (*location, key) if (*location, key) in lines else location
    return location


def _key_path(location):
    """Format a location as ``representations[1]: ``."""
    keys = [key for key in location if key != DUPLICATE]
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return f"{text[1:]}: " if text else ""


def _error_message(error):
    """Return the message for an error of pydantic."""
    kind, key = error["type"], error["loc"][-1]
    if kind == "missing":
        return f"the key {key!r} is missing"
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(str(key), KEYS, n=1)
        return "unknown key. " + (f"Did you mean {close[0]!r}?" if close else f"Valid keys: {', '.join(KEYS)}")
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "too_short":
        return "must not be empty"
    return f"{error['msg'].replace('Input should', 'must')}, got {repr(error['input'])[:60]}"
