"""Sources, leaks and error messages of compare."""

import numpy as np
import pandas as pd
import pytest

from skvae import VAETransformer
from skvae.datasets import FeatureTable
from skvae.experiments import compare
from skvae.vae import VAEWarning


def test_reconstruction_error_is_in_units_of_the_standard_deviation(songs, options):
    comparison = compare(songs, ["raw", "pca"], alone=False, **options | {"latent_dim": 8}).table_
    errors = comparison.groupby("representation")["reconstruction_error"].first()
    assert np.isnan(errors["raw"])  # keeps all columns
    assert 0 < errors["pca"] < 0.1  # 8 of 9 components


def test_impossible_representations_are_reported_before_any_fit(songs, options):
    audio = songs.filter(like="audio")
    comparison = compare(
        audio, ["multimodal-vae-late", "raw@lyrics", "conditional-vae-mood", "raw"], labels=[], **options
    )
    assert comparison.errors_["reason"].tolist() == [
        "fusion requires at least two blocks, but the table has only 'audio'",
        "the table has no block 'lyrics'. Its blocks are audio",
        "the condition column 'mood' is not in the table. Add it, or use another condition.",
    ]


def test_a_feature_equal_to_a_label_is_leaked(songs, options):
    table = songs.assign(audio__is_rock=(songs["genre"] == "rock").astype(float))
    comparison = compare(table, ["raw"], **options).table_
    leaked = comparison[comparison["leaked"]]
    assert set(leaked["representation"]) == {"raw", "raw@audio"}
    assert set(leaked["label"]) == {"genre"}


def test_a_condition_that_determines_a_label_is_leaked(songs, options):
    table = songs.assign(dialect=songs["language"] + songs["genre"])
    comparison = compare(
        table, ["conditional-vae-dialect"], labels=["genre", "language"], alone=False, **options
    ).table_
    assert comparison.loc[comparison["label"] != "", "leaked"].all()


def test_missing_blocks_that_predict_a_label_give_a_warning(songs, options):
    table = songs.copy()
    table.loc[songs["language"] == "bn", songs.filter(like="lyrics").columns] = np.nan
    with pytest.warns(UserWarning, match="language"):
        comparison = compare(table, ["raw"], **options)
    assert "language" in comparison.about_["notes"][0]


def test_the_condition_of_an_estimator_is_leaked(songs, options):
    vae = VAETransformer(2, modalities="auto", condition="genre", max_epochs=2)
    comparison = compare(songs, [("given", vae)], alone=False, **options).table_
    assert set(comparison.loc[comparison["leaked"], "label"]) == {"genre"}


def test_feature_tables_arrays_and_track_tables_are_accepted(songs, without_seconds, options):
    features = songs.filter(like="__").astype(np.float32)
    tracks = songs[["genre", "language"]].assign(track_id=[f"t{i}" for i in range(48)], audio=None)
    blocks = {name: [c for c in features if c.startswith(name)] for name in ("audio", "lyrics")}
    comparison = compare(FeatureTable(tracks, features, blocks, {}, {}), ["raw"], **options)
    array = compare(
        features.to_numpy(), ["raw"], labels={"genre": songs["genre"], "language": songs["language"]}, **options
    )
    ours = without_seconds(comparison).query("representation == 'raw@audio' and metric == 'ami' and label == 'genre'")
    assert ours["value"].iloc[0] > 0.5
    assert set(array.table_["representation"]) == {"raw"}
    assert comparison.known_.index[0] == "t0"
    texts = pd.DataFrame({"lyrics": ["rain " * i + "sun" for i in range(1, 9)] + [None], "genre": list("ababababa")})
    described = compare(texts, ["raw"], describe={"modality": "lyrics"}, n_clusters=2, **options)
    assert described.about_["set_aside"] == {"8": "no lyrics"}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"representations": ["vea"]}, "unknown representation 'vea'. Did you mean 'vae'"),
        ({"representations": ["vae-3"]}, "unknown representation 'vae-3'. 'vae' takes no argument"),
        ({"representations": ["beta-vae-zero"]}, "greater than 0"),
        ({"representations": ["multimodal-vae-mid"]}, "early, late, attention, poe"),
        ({"representations": ["conditional-vae"]}, "requires a column name"),
        ({"representations": ["raw", "raw"]}, "duplicate representation 'raw'"),
        ({"representations": []}, "list of representations is empty"),
        (
            {"representations": [{"kind": "vae", "settings": {"beeta": 2}}]},
            "unknown setting 'beeta' of representation 'vae'. Did you mean 'beta'",
        ),
        ({"representations": [{"kind": "vae", "nme": "x"}]}, "unknown key 'nme'"),
        ({"representations": [{"kind": "vae", "name": "../x"}]}, "Use letters"),
        ({"representations": [{"kind": "beta-vae", "name": "x"}]}, "is short for beta-vae-0.5"),
        ({"clusterers": ["kmeans@pca"]}, "must end in @umap"),
        ({"settings": {"latent": 2}}, "unknown setting 'latent' of VAETransformer"),
        ({"labels": ["mood"]}, "label 'mood' is not a column"),
        ({"labels": {"mood": ["a"]}}, "must have shape"),
        ({"condition": "mood"}, "condition 'mood' is not a column"),
        ({"labels": ["genre"]}, "columns .'language'. are not numeric"),
        ({"n_clusters": "mood"}, "one of the labels"),
        ({"n_clusters": 48}, "from 2 to 47"),
        ({"seeds": [1, 1]}, "different"),
        ({"seeds": [-1]}, "from 0 to .* got -1"),
        ({"metrics": ["amy"]}, "unknown metric 'amy'"),
        ({"keep": True}, "requires out_dir"),
        ({"describe": {"duration": 3}}, "requires a track table"),
    ],
)
def test_invalid_parameters_raise_errors(songs, parameters, message):
    with pytest.raises(ValueError, match=message):
        compare(songs, **parameters)


def test_other_types_of_representations_raise_an_error(songs):
    with pytest.raises(TypeError, match="a representation must be a name"):
        compare(songs, [3])


def test_vae_warnings_do_not_reach_the_caller(songs, recwarn, options):
    compare(songs, ["vae"], alone=False, **options | {"latent_dim": 12})
    assert not [w for w in recwarn if issubclass(w.category, VAEWarning)]
