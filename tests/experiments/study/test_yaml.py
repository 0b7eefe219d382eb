"""Errors in study files, with line numbers."""

import contextlib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.experiments import StudyFileError, parse_study

VALID = "representations: [raw]\nclusterers: [kmeans]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (VALID + "sedes: 3\n", "line 3: sedes: unknown key. Did you mean 'seeds'?"),
        (VALID + "seeds: five\n", "line 3: seeds: must be a valid integer, got 'five', or must be a valid list"),
        (VALID + "seeds: 0\n", "line 3: seeds: must be greater than or equal to 1, got 0"),
        (VALID + "seeds: [1, 1]\n", "line 3: seeds: the list contains a seed twice"),
        (VALID + "latent_dim: '3'\n", "line 3: latent_dim: must be a valid integer, got '3'"),
        (VALID + "settings: {betta: 3}\n", "line 3: settings: unknown setting 'betta' of VAETransformer. Did you mean"),
        (VALID + "metrics:\n- ami\n- amy\n", "line 5: metrics[1]: unknown metric 'amy'"),
        (VALID + "describe:\n  excerpts: 0\n", "line 4: describe.excerpts: must be greater than or equal to 1"),
        (VALID + "source:\n  make_songs:\n    n_song: 9\n", "line 5: source.make_songs.n_song: unknown key"),
        (VALID + "labels: [genre]\nn_clusters: mood\n", "line 4: n_clusters: 'mood' is not one of the labels genre"),
        (VALID + "seeds: 1\nseeds: 2\n", "line 4: seeds: duplicate key"),
        (VALID + "keep: maybe\n", "line 3: keep: must be a valid boolean, got 'maybe'"),
        ("representations: [raw]\n", "line 1: the key 'clusterers' is missing"),
        ("representations: []\nclusterers: [kmeans]\n", "line 1: representations: must not be empty"),
        ("clusterers: [kmeans]\nrepresentations: raw\n", "line 2: representations: must be a valid list, got 'raw'"),
        ("clusterers: [kmeans]\nrepresentations:\n- raw\n- pac\n", "line 4: representations[1]: unknown repres"),
        (
            "representations: [raw]\nclusterers: [[gmm]]\n",
            "line 2: clusterers[0]: must be a name, or a mapping with the keys kind",
        ),
        (
            "representations: [raw]\nclusterers:\n- kind: gmm\n  settings: {n: 3}\n",
            "line 3: clusterers[0]: unknown setting 'n' of clusterer",
        ),
        (
            "representations: [conditional-vae]\nclusterers: [gmm]\n",
            "line 1: representations[0]: 'conditional-vae' requires",
        ),
        ("representations: [raw, raw]\nclusterers: [gmm]\n", "line 1: representations: duplicate representation 'raw'"),
        ("- raw\n", "line 1: a study file must contain keys and values"),
        ("", "line 1: a study file must contain keys and values"),
        ("a:\n- [\n", "line 3: expected the node content"),
        ("a: !!python/object:os.system {}\n", "line 1: could not determine a constructor"),
    ],
)
def test_an_error_has_the_line_number_and_the_key(text, message):
    with pytest.raises(StudyFileError) as error:
        parse_study(text, "mine.yaml")
    assert str(error.value).startswith(f"mine.yaml, {message}")
    assert "\n" not in str(error.value)


def test_all_errors_are_reported_together():
    with pytest.raises(StudyFileError) as error:
        parse_study("representations: [pac]\nclusterers: [kmeen]\nsedes: 3\n")
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        f"study.yaml, line {n}" for n in (1, 2, 3)
    ]


@settings(deadline=None, max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(
        ["representations", "clusterers", "seeds", "source", "settings", "labels", "describe", "n_clusters"]
    ),
)
def test_only_study_file_errors_are_raised(value, key):
    parts = {"representations": ["raw"], "clusterers": ["kmeans"]} | {key: value}
    with contextlib.suppress(StudyFileError):
        parse_study(yaml.safe_dump(parts, allow_unicode=True))
