"""Each command has the same parameter names and defaults as the function that it calls."""

import inspect

import pytest

from skvae.cli._cluster import cluster
from skvae.cli._compare import compare
from skvae.cli._demo import demo
from skvae.cli._features import features
from skvae.cli._predict import predict
from skvae.datasets import make_songs
from skvae.experiments import run_study
from skvae.report import cluster_library, describe_library, describe_to_disk, predict_library


def names_of(function):
    return set(inspect.signature(function).parameters)


@pytest.mark.parametrize(
    ("command", "function", "only_command", "only_function"),
    [
        # `cluster` loads the tracks from `source` and `folders`, and writes the result to `out`.
        (cluster, cluster_library, {"source", "folders", "out"}, {"tracks", "verbose"}),
        (predict, predict_library, set(), {"verbose"}),
        (features, describe_to_disk, set(), {"verbose"}),
        (features, describe_library, {"source", "folders", "out", "part_size"}, {"tracks", "verbose"}),
        # `compare` accepts several studies to merge, and passes `seeds` and `keep` as `changes`.
        (compare, run_study, {"studies", "out", "merge", "seeds", "keep"}, {"study", "out_dir", "changes", "verbose"}),
    ],
)
def test_command_and_function_have_the_same_parameters(command, function, only_command, only_function):
    assert names_of(command) - names_of(function) == only_command
    assert names_of(function) - names_of(command) == only_function


@pytest.mark.parametrize(
    ("command", "function"), [(cluster, cluster_library), (predict, predict_library), (features, describe_to_disk)]
)
def test_command_and_function_have_the_same_defaults(command, function):
    options, parameters = inspect.signature(command).parameters, inspect.signature(function).parameters
    for name in names_of(command) & names_of(function):
        if name in ("n_jobs", "out"):
            continue  # commands use all processors; `predict` derives `out` from `append`
        expected = parameters[name].default
        actual = options[name].default
        assert getattr(actual, "value", actual) == expected, name


def test_demo_uses_the_parameter_names_of_make_songs_and_cluster_library():
    assert names_of(demo) - names_of(make_songs) - names_of(cluster_library) == {"out"}
