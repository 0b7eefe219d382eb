"""compare: the table, what leaks, what fails, and units of work that are done once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from skvae import VAETransformer, load
from skvae.datasets import FeatureTable
from skvae.experiments import Comparison, compare, knee
from skvae.experiments.execution import _tasks as _units
from skvae.experiments.execution._comparison import TABLE_COLUMNS
from skvae.vae import VAEWarning

SECONDS = ["fit_seconds", "cluster_seconds"]
QUICK = {"max_epochs": 2}
SOME = {"metrics": ["silhouette", "ami", "purity"], "seeds": 1, "settings": QUICK, "latent_dim": 2}


class Fails(BaseEstimator):
    """No transformer that works."""

    def fit(self, X, y=None):
        raise RuntimeError("out of\nluck")

    def transform(self, X):
        return X


@pytest.fixture(scope="module")
def songs():
    """Two blocks, one of which a third of the rows lack; three genres, two languages."""
    rng = np.random.default_rng(0)
    row = np.arange(48)
    genre, language = row % 3, row // 3 % 2
    audio = 3 * rng.normal(size=(3, 5))[genre] + rng.normal(size=(48, 5))
    lyrics = 3 * rng.normal(size=(2, 4))[language] + rng.normal(size=(48, 4))
    lyrics[rng.random(48) < 0.3] = np.nan
    columns = [f"audio__{i}" for i in range(5)] + [f"lyrics__{i}" for i in range(4)]
    table = pd.DataFrame(np.hstack([audio, lyrics]), columns=columns)
    return table.assign(genre=np.array(["rock", "jazz", "folk"])[genre], language=np.array(["en", "bn"])[language])


@pytest.fixture(scope="module")
def study(songs, tmp_path_factory):
    """A study of every kind of part, kept."""
    return compare(
        songs,
        ["raw", "vae", "conditional-vae", ("own pca", make_pipeline(PCA(2)))],
        ["kmeans", "hdbscan", ("three", KMeans(3, n_init=1))],
        condition="language",
        out_dir=tmp_path_factory.mktemp("study"),
        keep=True,
        **SOME | {"seeds": 2},
    )


def test_table_is_tidy(study):
    table = study.table_
    assert table.columns.tolist() == TABLE_COLUMNS
    assert not table.duplicated(["representation", "clusterer", "seed", "label", "metric", "space"]).any()
    assert set(table["study"]) == {"study"}
    assert set(table["n_rows"]) == {48}
    scores = table[table["clusterer"] != ""]
    assert set(scores.loc[scores["label"] != "", "space"]) == {""}
    assert set(scores.loc[scores["label"] == "", "space"]) == {"input", "latent"}
    assert set(table.loc[table["clusterer"] == "", "space"]) == {"latent"}


def test_blocks_alone_stand_beside_all(study):
    names = study.table_["representation"].unique().tolist()
    assert names[:3] == ["raw", "raw@audio", "raw@lyrics"]
    assert {"vae@audio", "vae@lyrics", "conditional-vae-language@audio", "own pca@audio"} <= set(names)


def test_rows_that_a_representation_cannot_see_are_in_no_cluster(study, songs):
    silent = songs["lyrics__0"].isna().to_numpy()
    for name in ("raw@lyrics", "vae@lyrics"):
        assert (np.isnan(study.latent(name, 0)).all(axis=1) == silent).all()
        assert ((study.labels(name, "kmeans", 0) == -1) == silent).all()
    row = study.table_.query("representation == 'vae@lyrics' and clusterer == 'kmeans'").iloc[0]
    assert row["n_noise"] == silent.sum()


def test_scores_on_the_condition_are_leaked(study):
    given = study.table_["representation"].str.startswith("conditional") & (study.table_["label"] == "language")
    assert given.any()
    assert (study.table_["leaked"] == given).all()


def test_chance_stands_beside_every_score(study):
    scores = study.table_[study.table_["label"] != ""].dropna(subset="value")
    assert scores["chance"].notna().all()
    assert scores.query("metric == 'ami'")["chance"].abs().max() < 0.2
    assert (scores.query("metric == 'purity' and label == 'genre'")["chance"] >= 1 / 3).all()


def test_reconstruction_is_measured_in_standard_deviations(songs):
    found = compare(songs, ["raw", "pca"], alone=False, **SOME | {"latent_dim": 8}).table_
    errors = found.groupby("representation")["reconstruction_error"].first()
    assert np.isnan(errors["raw"])  # which loses nothing
    assert 0 < errors["pca"] < 0.1  # eight of nine components


def test_a_failure_is_a_reason_and_rows_of_nan(study, songs):
    reasons = study.errors_.set_index("representation")["reason"]
    assert reasons["own pca"].str.contains("NaN").all()  # a PCA takes no gaps, and the study went on
    found = compare(songs, [("broken", Fails()), "raw"], [("bad", Fails()), "kmeans"], alone=False, **SOME)
    broken, bad = found.errors_.to_dict("records")
    assert (broken["representation"], broken["clusterer"], broken["seed"]) == ("broken", "", 0)
    assert broken["reason"] == "RuntimeError: out of luck"
    assert (bad["representation"], bad["clusterer"]) == ("raw", "bad")
    values = found.table_[found.table_["clusterer"] != ""].groupby(["representation", "clusterer"])["value"]
    assert values.count().to_dict() == {
        ("broken", "bad"): 0,
        ("broken", "kmeans"): 0,
        ("raw", "bad"): 0,
        ("raw", "kmeans"): 6,
    }
    assert set(values.size()) == {6}
    assert "1 latents and 1 clusterings failed" in found.describe()
    with pytest.raises(KeyError, match="broken"):
        found.latent("broken", 0)


def test_what_cannot_be_made_is_told_before_anything_is_fitted(songs):
    audio = songs.filter(like="audio")
    found = compare(audio, ["multimodal-vae-late", "raw@lyrics", "conditional-vae-mood", "raw"], labels=[], **SOME)
    assert found.errors_["reason"].tolist() == [
        "there is nothing to fuse: all columns are of the one block 'audio'",
        "there is no block 'lyrics': the table has audio",
        "there is no column 'mood' to condition on",
    ]


def test_warnings_of_units_are_kept(study):
    assert study.warnings_["reason"].str.contains("units are active|columns of the data|No row").any()
    assert set(study.warnings_["representation"]) <= set(study.table_["representation"])


def strip(comparison):
    return comparison.table_.drop(columns=SECONDS)


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_equal_seeds_make_equal_tables(study, songs, n_jobs):
    again = compare(
        songs,
        ["vae", "conditional-vae"],
        ["kmeans", ("three", KMeans(3, n_init=1))],
        condition=["language"],
        n_jobs=n_jobs,
        **SOME,
    )
    table = strip(study).query("seed == 0 and clusterer != 'hdbscan'")
    table = table[table["representation"].str.contains("vae")].reset_index(drop=True)
    pd.testing.assert_frame_equal(table, strip(again))


def test_results_are_read_again_as_they_were(study):
    folder = study.store_.folder.parents[1]
    again = Comparison.load(folder)
    pd.testing.assert_frame_equal(again.table_, study.table_, check_dtype=False)
    pd.testing.assert_frame_equal(again.errors_, study.errors_, check_dtype=False)
    assert again.known_.to_dict() == study.known_.to_dict()
    assert again.describe() == study.describe()
    assert (again.labels("vae", "kmeans", 1) == study.labels("vae", "kmeans", 1)).all()


def test_kept_models_make_the_latents(study, songs):
    runs = study.store_.folder.parents[1] / "runs"
    model = load(runs / "vae" / "1" / "model.skvae")
    with np.load(runs / "vae" / "1" / "latent.npz") as file:
        assert_allclose(model.transform(songs.filter(like="__").astype(np.float32)), file["latent"], rtol=1e-5)
    assert len(pd.read_csv(runs / "vae" / "1" / "history.csv")) == QUICK["max_epochs"]
    labels = pd.read_csv(runs / "vae" / "1" / "labels.csv")
    assert (labels["kmeans"] == study.labels("vae", "kmeans", 1)).all()
    assert "own pca" not in [path.name for path in runs.iterdir()]


def test_units_are_done_once(songs, tmp_path):
    options = SOME | {"alone": False, "out_dir": tmp_path}
    # the library's VAE at beta 1 with its own fusion, three times
    first = compare(songs, ["vae", "beta-vae-1", "multimodal-vae-poe"], **options)
    assert len({name for key, name in first.entries_.items() if len(key) == 2}) == 1
    units = {path: path.stat().st_mtime_ns for path in tmp_path.glob("cache/units/*/*.npz")}
    again = compare(songs, ["vae", "beta-vae-1", "multimodal-vae-poe"], **options)
    assert units == {path: path.stat().st_mtime_ns for path in tmp_path.glob("cache/units/*/*.npz")}
    pd.testing.assert_frame_equal(first.table_, again.table_)  # the seconds, too


def test_damaged_units_are_made_anew(songs, tmp_path):
    options = SOME | {"alone": False, "out_dir": tmp_path}
    first = compare(songs, ["pca"], **options)
    for path in tmp_path.glob("cache/units/*/*.npz"):
        path.write_bytes(path.read_bytes()[:100])
    pd.testing.assert_frame_equal(strip(first), strip(compare(songs, ["pca"], **options)))


@pytest.mark.slow
def test_umap_is_a_space_of_its_own(songs):
    found = compare(songs, ["raw"], ["hdbscan", "hdbscan@umap", "kmeans@umap"], alone=False, **SOME)
    assert found.errors_.empty, found.errors_
    within = found.table_.query("label == '' and clusterer != ''")
    assert set(within.loc[within["space"] == "umap", "clusterer"]) == {"hdbscan@umap", "kmeans@umap"}


def test_vade_clusters_by_itself(songs):
    vade = {"kind": "vade", "settings": {"init": "gmm"}}
    found = compare(songs, [vade], ["kmeans"], alone=False, n_clusters="genre", **SOME)
    assert found.table_["clusterer"].unique().tolist() == ["", "kmeans", "own"]
    assert set(found.labels("vade", "own", 0)) <= {0, 1, 2}


def test_a_pipeline_may_cluster_by_itself(songs):
    both = make_pipeline(SimpleImputer(), KMeans(3, n_init=1))
    found = compare(songs, [("distances", both)], ["kmeans"], alone=False, **SOME)
    assert found.latent("distances", 0).shape == (48, 3)
    assert set(found.labels("distances", "own", 0)) == {0, 1, 2}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_every_clusterer_and_network(songs):
    names = ["kmeans", "minibatch-kmeans", "agglomerative", "agglomerative-average", "dbscan", "hdbscan", "spectral"]
    found = compare(
        songs, ["raw", "conv1d-vae", "conv2d-vae", "autoencoder"], [*names, "gmm", "birch"], alone=False, **SOME
    )
    assert found.errors_.empty, found.errors_
    measured = found.table_.query("representation == 'raw' and metric == 'ami' and label == 'genre'")
    assert measured.set_index("clusterer")["value"].notna().to_dict() == dict.fromkeys([*names, "gmm", "birch"], True)


def test_a_clusterer_that_is_given_a_sample_says_so_and_labels_every_row(songs, monkeypatch):
    monkeypatch.setattr(_units, "SAMPLE_PAIRS", 30)
    found = compare(songs, ["raw"], ["kmeans", "agglomerative"], alone=False, **SOME)
    assert found.errors_.empty, found.errors_
    (said,) = found.warnings_["reason"]
    assert "AgglomerativeClustering compares all pairs: it was given 30 of the 48 rows" in said
    assert (found.table_["n_noise"] == 0).all()


def test_features_that_are_labels_leak(songs):
    table = songs.assign(audio__is_rock=(songs["genre"] == "rock").astype(float))
    found = compare(table, ["raw"], **SOME).table_
    leaked = found[found["leaked"]]
    assert set(leaked["representation"]) == {"raw", "raw@audio"}
    assert set(leaked["label"]) == {"genre"}


def test_a_condition_that_determines_a_label_leaks(songs):
    table = songs.assign(dialect=songs["language"] + songs["genre"])
    found = compare(table, ["conditional-vae-dialect"], labels=["genre", "language"], alone=False, **SOME).table_
    assert found.loc[found["label"] != "", "leaked"].all()


def test_gaps_that_predict_a_label_are_warned_of(songs):
    table = songs.copy()
    table.loc[songs["language"] == "bn", songs.filter(like="lyrics").columns] = np.nan
    with pytest.warns(UserWarning, match="language"):
        found = compare(table, ["raw"], **SOME)
    assert "language" in found.about_["notes"][0]


def test_estimators_say_what_they_are_conditioned_on(songs):
    vae = VAETransformer(2, modalities="auto", condition="genre", max_epochs=2)
    found = compare(songs, [("given", vae)], alone=False, **SOME).table_
    assert set(found.loc[found["leaked"], "label"]) == {"genre"}


def test_sources(songs):
    features = songs.filter(like="__").astype(np.float32)
    tracks = songs[["genre", "language"]].assign(track_id=[f"t{i}" for i in range(48)], audio=None)
    blocks = {name: [c for c in features if c.startswith(name)] for name in ("audio", "lyrics")}
    found = compare(FeatureTable(tracks, features, blocks, {}, {}), ["raw"], **SOME)
    array = compare(
        features.to_numpy(), ["raw"], labels={"genre": songs["genre"], "language": songs["language"]}, **SOME
    )
    ours = strip(found).query("representation == 'raw@audio' and metric == 'ami' and label == 'genre'")
    assert ours["value"].iloc[0] > 0.5
    assert set(array.table_["representation"]) == {"raw"}
    assert found.known_.index[0] == "t0"
    texts = pd.DataFrame({"lyrics": ["rain " * i + "sun" for i in range(1, 9)] + [None], "genre": list("ababababa")})
    told = compare(texts, ["raw"], describe={"modality": "lyrics"}, n_clusters=2, **SOME)
    assert told.about_["set_aside"] == {"8": "no lyrics"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"representations": ["vea"]}, "no representation 'vea'; did you mean 'vae'"),
        ({"representations": ["vae-3"]}, "'vae-3' is not known"),
        ({"representations": ["beta-vae-zero"]}, "greater than 0"),
        ({"representations": ["multimodal-vae-mid"]}, "early, late, attention, poe"),
        ({"representations": ["conditional-vae"]}, "needs the name of a column"),
        ({"representations": ["raw", "raw"]}, "'raw' stands twice"),
        ({"representations": []}, "no representation is asked for"),
        ({"representations": [{"kind": "vae", "settings": {"beeta": 2}}]}, "no setting 'beeta'; did you mean 'beta'"),
        ({"representations": [{"kind": "vae", "nme": "x"}]}, "has the key 'nme'"),
        ({"representations": [{"kind": "vae", "name": "../x"}]}, "must be letters"),
        ({"representations": [{"kind": "beta-vae", "name": "x"}]}, "stands for beta-vae-0.5"),
        ({"clusterers": ["kmeans@pca"]}, "must end in @umap"),
        ({"settings": {"latent": 2}}, "no setting 'latent'"),
        ({"labels": ["mood"]}, "label 'mood' is no column"),
        ({"labels": {"mood": ["a"]}}, "has shape"),
        ({"condition": "mood"}, "condition 'mood' is no column"),
        ({"labels": ["genre"]}, "columns .'language'. are no numbers"),
        ({"n_clusters": "mood"}, "one of the labels"),
        ({"n_clusters": 48}, "from 2 to 47"),
        ({"seeds": [1, 1]}, "different"),
        ({"seeds": [-1]}, "seed -1"),
        ({"metrics": ["amy"]}, "no metric 'amy'"),
        ({"keep": True}, "needs out_dir"),
        ({"describe": {"duration": 3}}, "goes with a track table"),
    ],
)
def test_faults_are_named(songs, options, message):
    with pytest.raises(ValueError, match=message):
        compare(songs, **options)


def test_other_types_are_refused(songs):
    with pytest.raises(TypeError, match="no representation"):
        compare(songs, [3])


def test_merge_joins_seeds_and_studies(songs):
    options = SOME | {"alone": False}
    parts = [compare(songs, ["vae"], **options | {"seeds": [seed]}) for seed in (0, 1)]
    whole = compare(songs, ["vae"], **options | {"seeds": 2})
    merged = Comparison.merge([*parts, parts[0]])
    keys = ["clusterer", "seed", "label", "metric", "space"]
    ours, theirs = (strip(one).sort_values(keys, ignore_index=True) for one in (merged, whole))
    pd.testing.assert_frame_equal(ours, theirs)
    with pytest.raises(ValueError, match="name the studies apart"):
        Comparison.merge([parts[0], compare(songs, ["vae"], **options | {"latent_dim": 3})])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=30), st.floats(0.5, 10))
def test_knee_is_a_distance_whatever_their_unit(distances, unit):
    found = knee(distances)
    assert found in distances
    assert knee([unit * d for d in sorted(distances)]) in [unit * d for d in distances]


def test_knee_of_blobs_lies_between_them():
    inner, outer = np.full(90, 1.0), np.full(10, 20.0)
    assert knee(np.r_[outer, inner]) == 1.0


def test_vae_warnings_do_not_reach_the_caller(songs, recwarn):
    compare(songs, ["vae"], alone=False, **SOME | {"latent_dim": 12})
    assert not [w for w in recwarn if issubclass(w.category, VAEWarning)]
