"""What a study file may say: what is wrong in one is told in a line each, with the place."""

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ...metrics import METRICS
from ...vae import VAETransformer
from ._clusterers import parse_clusterers
from ._names import check_settings
from ._representations import parse_representations

TWICE = None  # after the place of a key that stands twice


class StudyFileError(ValueError):
    r"""A study file that cannot be used; a line of the message for each fault, with its place.

    Examples
    --------
    >>> from skvae.experiments import StudyFileError, parse_study
    >>> try:
    ...     parse_study("representations: [raw, pac]\nclusterers: [kmeans]\nsedes: 3\n")
    ... except StudyFileError as error:
    ...     print(error)
    study.yaml, line 1: representations[1]: there is no representation 'pac'; did you mean 'pca'?
    study.yaml, line 3: sedes: there is no such key; did you mean 'seeds'?
    """


def _representation(entry):
    # the bare kind needs columns, which another key names
    _method(parse_representations, entry, ["any"])
    return entry


def _clusterer(entry):
    _method(parse_clusterers, entry)
    return entry


def _method(parse, entry, *more):
    if not isinstance(entry, str | dict):
        raise ValueError(f"must be a name, or the keys kind, name and settings, not {entry!r}")
    parse([entry], *more)


def _metric(name):
    if name not in METRICS:
        raise ValueError(f"there is no metric {name!r}; known are {', '.join(METRICS)}")
    return name


def _settings(settings):
    check_settings(settings, (VAETransformer,), "a VAETransformer")
    return settings


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Songs(_Strict):
    """Songs to make."""

    n_songs: Annotated[int, Field(ge=8)] = 200
    duration: Annotated[float, Field(ge=1)] = 10.0
    random_state: Annotated[int, Field(ge=0)] = 0


class Made(_Strict):
    make_songs: _Songs


class _Description(_Strict):
    """How tracks are described."""

    modality: Literal["both", "audio", "lyrics"] = "both"
    lyrics: str = "tfidf"
    duration: Annotated[float, Field(ge=0.5)] = 30.0
    excerpts: Annotated[int, Field(ge=1)] | None = 5


Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Study(_Strict):
    """What a study file may say: the parameters of `compare`, and where the songs are.

    Parameters
    ----------
    name : str, default="study"
        Name of the study; of a file its own.
    source : str, dict or None, default=None
        Path, from the folder of the file, of what `skvae cluster` takes; or ``make_songs`` with its parameters.
    representations, clusterers : list of str or dict
        As in `compare`, as all that follows.
    seeds : int or list of int, default=10
        Seeds, or their number.
    labels : list of str or None, default=None
        Columns that clusters are compared with.
    condition : str, list of str or None, default=None
        Columns that "conditional-vae" stands for.
    n_clusters : int, str or None, default=None
        Number of clusters.
    latent_dim : int, default=16
        Width of the latents.
    settings : dict, default={}
        Parameters of every `VAETransformer`.
    metrics : list of str or None, default=None
        Metrics.
    alone : bool, default=True
        Whether each block stands beside all of them.
    describe : dict, default={}
        How to describe tracks.
    keep : bool, default=False
        Whether to keep models.

    See Also
    --------
    read_study : Reads one.

    Examples
    --------
    >>> from skvae.experiments import read_study
    >>> read_study("easy").representations
    ['raw', 'pca', 'vae']
    """

    name: str = "study"
    source: str | Made | None = None
    representations: Annotated[list[Annotated[Any, BeforeValidator(_representation)]], Field(min_length=1)]
    clusterers: Annotated[list[Annotated[Any, BeforeValidator(_clusterer)]], Field(min_length=1)]
    seeds: Annotated[int, Field(ge=1)] | Annotated[list[Seed], Field(min_length=1)] = 10
    labels: list[str] | None = None
    condition: str | list[str] | None = None
    n_clusters: Annotated[int, Field(ge=2)] | str | None = None
    latent_dim: Annotated[int, Field(ge=1)] = 16
    settings: Annotated[dict[str, Any], BeforeValidator(_settings)] = {}
    metrics: list[Annotated[str, BeforeValidator(_metric)]] | None = None
    alone: bool = True
    describe: _Description = _Description()
    keep: bool = False


def parse_study(text, file="study.yaml"):
    """Read the text of a study file.

    Parameters
    ----------
    text : str
        YAML.
    file : str, default="study.yaml"
        Name of the file, for messages and for the study.

    Returns
    -------
    Study
        What it says.

    Raises
    ------
    StudyFileError
        If something in it is not known, of the wrong type, or does not go with something else.

    Examples
    --------
    >>> from skvae.experiments import parse_study
    >>> parse_study("{representations: [raw], clusterers: [kmeans], seeds: 3}").seeds
    3
    """
    lines, faults = {}, {}
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        _locate(node, (), lines, faults)
        given = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise StudyFileError(f"{file}, line {mark.line + 1 if mark else 1}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise StudyFileError(f"{file} is no YAML: {' '.join(str(error).split())}") from error
    finally:
        loader.dispose()
    if not isinstance(given, dict):
        raise StudyFileError(f"{file}, line 1: a study is keys and values, such as 'representations: [raw, pca, vae]'")
    study = None
    try:
        study = Study.model_validate({"name": Path(file).stem} | given)
    except ValidationError as error:
        for fault in error.errors():
            place, told = _place(fault["loc"], lines), _tell(fault)
            faults[place] = f"{faults[place]}, or {told}" if place in faults else told
        # of a value that could be several things, what is wrong within it says the most
        inner = [place for place in faults if not any(other[: len(place)] == place != other for other in faults)]
        faults = {place: faults[place] for place in inner}
    if study is not None:
        faults |= dict(_combinations(study))
    if faults:
        said = sorted((lines.get(place, 1), _spell(place) + told) for place, told in faults.items())
        raise StudyFileError("\n".join(f"{file}, line {line}: {told}" for line, told in said))
    return study


def _combinations(study):
    """Faults of parts that are each in order."""
    condition = [study.condition] if isinstance(study.condition, str) else study.condition or []
    for i, entry in enumerate(study.representations):
        if entry == "conditional-vae" and not condition:
            yield ("representations", i), "'conditional-vae' needs a column: name it in condition, or after the name"
    for key, parse in (
        ("representations", lambda entries: parse_representations(entries, condition or ["any"])),
        ("clusterers", parse_clusterers),
    ):
        try:
            parse(getattr(study, key))
        except ValueError as error:  # a name stands twice
            yield (key,), str(error)
    if isinstance(study.n_clusters, str) and study.n_clusters not in (study.labels or [study.n_clusters]):
        yield ("n_clusters",), f"{study.n_clusters!r} is none of the labels {', '.join(study.labels)}"
    if isinstance(study.seeds, list) and len(set(study.seeds)) < len(study.seeds):
        yield ("seeds",), "a seed stands twice"


def _locate(node, place, lines, faults, seen=None):
    """Note the line of every key and item, and keys that stand twice."""
    seen = set() if seen is None else seen
    if node is None or id(node) in seen:  # which an alias repeats
        return
    seen.add(id(node))
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            if inner in lines:
                lines[*inner, TWICE] = key.start_mark.line + 1
                faults[*inner, TWICE] = "it stands twice"
            lines.setdefault(inner, key.start_mark.line + 1)
            _locate(value, inner, lines, faults, seen)
    elif isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            _locate(item, (*place, i), lines, faults, seen)


def _place(loc, lines):
    """Place in the file that pydantic means, without the types that it tried."""
    place = ()
    for part in loc:
        place = (*place, part) if (*place, part) in lines else place
    return place


def _spell(place):
    """Write a place as people do: ``representations[1]: ``."""
    parts = [part for part in place if part != TWICE]
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return f"{text[1:]}: " if text else ""


def _tell(fault):
    """Say what is wrong at a place."""
    kind, key = fault["type"], fault["loc"][-1]
    if kind == "missing":
        return f"the key {key!r} is missing"
    if kind == "extra_forbidden":
        known = [name for model in (Study, Made, _Songs, _Description) for name in model.model_fields]
        near = difflib.get_close_matches(str(key), known, n=1)
        return "there is no such key; " + (f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}")
    if kind == "value_error":
        return str(fault["ctx"]["error"])
    if kind == "too_short":
        return "is empty"
    return f"{fault['msg'].replace('Input should', 'must')}, not {repr(fault['input'])[:60]}"
