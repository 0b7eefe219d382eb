"""Study files: faults with their place, presets, and studies that are killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.experiments import Comparison, StudyFileError, parse_study, read_study, run_study
from skvae.experiments.study._files import PRESETS

GOOD = "representations: [raw]\nclusterers: [kmeans]\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "sedes: 3\n", "line 3: sedes: there is no such key; did you mean 'seeds'?"),
        (GOOD + "seeds: five\n", "line 3: seeds: must be a valid integer, not 'five', or must be a valid list"),
        (GOOD + "seeds: 0\n", "line 3: seeds: must be greater than or equal to 1, not 0"),
        (GOOD + "seeds: [1, 1]\n", "line 3: seeds: a seed stands twice"),
        (GOOD + "latent_dim: '3'\n", "line 3: latent_dim: must be a valid integer, not '3'"),
        (GOOD + "settings: {betta: 3}\n", "line 3: settings: a VAETransformer has no setting 'betta'; did you mean"),
        (GOOD + "metrics:\n- ami\n- amy\n", "line 5: metrics[1]: there is no metric 'amy'"),
        (GOOD + "describe:\n  excerpts: 0\n", "line 4: describe.excerpts: must be greater than or equal to 1"),
        (GOOD + "source:\n  make_songs:\n    n_song: 9\n", "line 5: source.make_songs.n_song: there is no such key"),
        (GOOD + "labels: [genre]\nn_clusters: mood\n", "line 4: n_clusters: 'mood' is none of the labels genre"),
        (GOOD + "seeds: 1\nseeds: 2\n", "line 4: seeds: it stands twice"),
        (GOOD + "keep: maybe\n", "line 3: keep: must be a valid boolean, not 'maybe'"),
        ("representations: [raw]\n", "line 1: the key 'clusterers' is missing"),
        ("representations: []\nclusterers: [kmeans]\n", "line 1: representations: is empty"),
        ("clusterers: [kmeans]\nrepresentations: raw\n", "line 2: representations: must be a valid list, not 'raw'"),
        ("clusterers: [kmeans]\nrepresentations:\n- raw\n- pac\n", "line 4: representations[1]: there is no repres"),
        ("representations: [raw]\nclusterers: [[gmm]]\n", "line 2: clusterers[0]: must be a name, or the keys kind"),
        ("representations: [raw]\nclusterers:\n- kind: gmm\n  settings: {n: 3}\n", "line 3: clusterers[0]: clusterer"),
        (
            "representations: [conditional-vae]\nclusterers: [gmm]\n",
            "line 1: representations[0]: 'conditional-vae' nee",
        ),
        ("representations: [raw, raw]\nclusterers: [gmm]\n", "line 1: representations: representation 'raw' stands"),
        ("- raw\n", "line 1: a study is keys and values"),
        ("", "line 1: a study is keys and values"),
        ("a:\n- [\n", "line 3: expected the node content"),
        ("a: !!python/object:os.system {}\n", "line 1: could not determine a constructor"),
    ],
)
def test_each_fault_is_one_line_with_its_place(text, told):
    with pytest.raises(StudyFileError) as error:
        parse_study(text, "mine.yaml")
    message = str(error.value)
    assert message.startswith(f"mine.yaml, {told}")
    assert "\n" not in message


def test_all_faults_are_told_at_once():
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
def test_no_file_raises_anything_else(value, key):
    parts = {"representations": ["raw"], "clusterers": ["kmeans"]} | {key: value}
    with contextlib.suppress(StudyFileError):
        parse_study(yaml.safe_dump(parts, allow_unicode=True))


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_good(name):
    study = read_study(name)
    assert study.name == name
    assert study.seeds >= 6  # with fewer nothing can be significant


def test_no_study_of_that_name(tmp_path):
    with pytest.raises(FileNotFoundError, match="no study 'hrad'; did you mean 'hard'"):
        read_study("hrad")
    path = tmp_path / "study.yaml"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(StudyFileError, match="UTF-8"):
        read_study(path)


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """Table of features of sixty songs, as a file."""
    rng = np.random.default_rng(0)
    genre = np.arange(60) % 3
    values = 2 * rng.normal(size=(3, 8))[genre] + rng.normal(size=(60, 8))
    table = pd.DataFrame(values, columns=[f"audio__{i}" for i in range(4)] + [f"lyrics__{i}" for i in range(4)])
    table.insert(0, "track_id", [f"song-{i}" for i in range(60)])
    path = tmp_path_factory.mktemp("songs") / "songs.csv"
    table.assign(genre=genre, language=np.arange(60) % 2).to_csv(path, index=False)
    return path


def test_source_lies_beside_the_file(songs, tmp_path):
    path = songs.parent / "study.yaml"
    path.write_text(GOOD + "source: songs.csv\nseeds: 1\nmetrics: [ami]\nalone: false\n")
    found = run_study(path, tmp_path / "out")
    assert found.about_["labels"] == ["genre", "language"]
    assert found.table_.query("metric == 'ami' and label == 'genre'")["value"].iloc[0] > 0.3
    with pytest.raises(ValueError, match="has no source"):
        run_study(parse_study(GOOD), tmp_path / "out")


TO_BE_KILLED = """
representations: [pca, vae, beta-vae-4]
alone: false
clusterers: [kmeans]
seeds: 2
latent_dim: 2
settings: {max_epochs: 30}
metrics: [ami]
"""


@pytest.mark.slow
def test_a_killed_study_goes_on_and_ends_alike(songs, tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text(TO_BE_KILLED)
    out = tmp_path / "out"
    options = ["compare", study, "--source", songs, "--out", out, "--jobs", "2"]
    code = f"from skvae.cli import main; main({[str(option) for option in options]})"
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    deadline = time.monotonic() + 200
    while len(found := list(out.glob("cache/units/*/*.npz"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)  # workers and all
    process.communicate()
    assert found
    assert not (out / "results.csv").exists()
    before = {path: path.stat().st_mtime_ns for path in out.glob("cache/units/*/*.npz")}
    resumed = run_study(study, out, source=songs, n_jobs=1)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    whole = run_study(study, tmp_path / "whole", source=songs, n_jobs=1)
    assert len(list(out.glob("cache/units/*/*.npz"))) == len(list((tmp_path / "whole").glob("cache/units/*/*.npz")))
    seconds = ["fit_seconds", "cluster_seconds"]
    pd.testing.assert_frame_equal(resumed.table_.drop(columns=seconds), whole.table_.drop(columns=seconds))
    assert resumed.errors_.empty
    assert len(Comparison.load(out).table_) == len(whole.table_)
