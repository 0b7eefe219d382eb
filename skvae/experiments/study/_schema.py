"""Keys, types and valid values of a study file."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ...metrics import METRICS
from ...vae import VAETransformer
from ._clusterers import parse_clusterers
from ._names import check_settings
from ._representations import parse_representations


def _check_representation(entry):
    # A placeholder column, because the key `condition` with the real columns is a different field.
    _check_entry(parse_representations, entry, ["any"])
    return entry


def _check_clusterer(entry):
    _check_entry(parse_clusterers, entry)
    return entry


def _check_entry(parse, entry, *conditions):
    if not isinstance(entry, str | dict):
        raise ValueError(f"must be a name, or a mapping with the keys kind, name and settings, got {entry!r}")
    parse([entry], *conditions)


def _check_metric(name):
    if name not in METRICS:
        raise ValueError(f"unknown metric {name!r}. Available metrics: {', '.join(METRICS)}")
    return name


def _check_vae_settings(settings):
    check_settings(settings, (VAETransformer,), "VAETransformer")
    return settings


class _StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SongOptions(_StrictModel):
    """Parameters of `make_songs`."""

    n_songs: Annotated[int, Field(ge=8)] = 200
    duration: Annotated[float, Field(ge=1)] = 10.0
    random_state: Annotated[int, Field(ge=0)] = 0


class GeneratedSource(_StrictModel):
    """Source of a study whose songs are generated."""

    make_songs: SongOptions


class DescribeOptions(_StrictModel):
    """Options for the features of a track table."""

    modality: Literal["both", "audio", "lyrics"] = "both"
    audio: str | list[str] = "descriptors"
    lyrics: str = "tfidf"
    duration: Annotated[float, Field(ge=0.5)] = 30.0
    excerpts: Annotated[int, Field(ge=1)] | None = 5


Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Study(_StrictModel):
    """Content of a study file: the parameters of `compare` and the source of the songs.

    Parameters
    ----------
    name : str, default="study"
        Name of the study. `read_study` uses the name of the file as the default.
    source : str, dict or None, default=None
        Path of a music folder, track table or feature table, relative to the folder of the study file. A dict with
        the key ``make_songs`` contains the parameters of generated songs.
    representations, clusterers : list of str or dict
        Representations and clusterers, as in `compare`.
    seeds : int or list of int, default=10
        Number of seeds, or list of seeds.
    labels : list of str or None, default=None
        Columns with the labels to compare with. None uses "genre" and "language" if they exist.
    condition : str, list of str or None, default=None
        Columns used for "conditional-vae" without a column name.
    n_clusters : int, str or None, default=None
        Number of clusters, or the label with that number of values.
    latent_dim : int, default=16
        Number of latent units.
    settings : dict, default={}
        Parameters of every `VAETransformer`.
    metrics : list of str or None, default=None
        Metrics to compute. None uses the default of `compare`.
    alone : bool, default=True
        Whether to also evaluate each representation on every single block.
    describe : dict, default={}
        Options for the features of a track table.
    keep : bool, default=False
        Whether to save the fitted models.

    See Also
    --------
    read_study : Read a study file.

    Examples
    --------
    >>> from skvae.experiments import read_study
    >>> read_study("easy").representations
    ['raw', 'pca', 'vae']
    """

    name: str = "study"
    source: str | GeneratedSource | None = None
    representations: Annotated[list[Annotated[Any, BeforeValidator(_check_representation)]], Field(min_length=1)]
    clusterers: Annotated[list[Annotated[Any, BeforeValidator(_check_clusterer)]], Field(min_length=1)]
    seeds: Annotated[int, Field(ge=1)] | Annotated[list[Seed], Field(min_length=1)] = 10
    labels: list[str] | None = None
    condition: str | list[str] | None = None
    n_clusters: Annotated[int, Field(ge=2)] | str | None = None
    latent_dim: Annotated[int, Field(ge=1)] = 16
    settings: Annotated[dict[str, Any], BeforeValidator(_check_vae_settings)] = {}
    metrics: list[Annotated[str, BeforeValidator(_check_metric)]] | None = None
    alone: bool = True
    describe: DescribeOptions = DescribeOptions()
    keep: bool = False


KEYS = [name for model in (Study, GeneratedSource, SongOptions, DescribeOptions) for name in model.model_fields]
"""Keys of all levels of a study file."""
