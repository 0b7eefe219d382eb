"""VAETransformer: modalities, condition, units, scores."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from skvae import MLP, VAETransformer
from skvae.vae import VAEWarning
from skvae.vae._warnings import warn_about_latent


@pytest.fixture(scope="module")
def halves():
    """Digits as two modalities, left and right half, and their parity; forty rows lack the right, one lacks both."""
    X, y = load_digits(return_X_y=True)
    columns = [f"{'left' if i % 8 < 4 else 'right'}__{i:02d}" for i in range(64)]
    table = pd.DataFrame(X[:600], columns=columns)
    table["parity__odd"] = y[:600] % 2.0
    table["parity__even"] = 1 - table["parity__odd"]
    right = table.columns.str.startswith("right")
    table.iloc[:40, right] = np.nan
    table.iloc[50, :64] = np.nan
    return table


@pytest.fixture(scope="module")
def fused(halves):
    """A conditional VAE of both halves."""
    return VAETransformer(8, modalities="auto", condition="parity", max_epochs=100, random_state=0).fit(halves)


def test_modalities_and_condition_find_their_columns(fused, halves):
    assert list(fused.modalities_) == ["left", "right"]
    assert [len(columns) for columns in fused.modalities_.values()] == [32, 32]
    assert halves.columns[fused.condition_].tolist() == ["parity__odd", "parity__even"]


def test_missing_modalities(fused, halves):
    with pytest.warns(UserWarning, match="All modalities are missing in 1 of 600 rows"):
        Z = fused.transform(halves)
    assert np.isnan(Z).all(axis=1).nonzero()[0].tolist() == [50]
    with pytest.warns(UserWarning, match="1 of 600 rows"):
        filled = fused.impute(halves)
    assert np.isnan(filled).any(axis=1).nonzero()[0].tolist() == [50]
    known = halves.notna().to_numpy()
    assert np.array_equal(filled[known], halves.to_numpy()[known])


@pytest.fixture(scope="module")
def few_rows():
    """Two modalities of skewed columns, of which a table of 16 rows tells little."""
    X = np.random.default_rng(0).normal(size=(16, 20))
    X[:, 0] = -np.exp(0.02 * X[:, 0] - 5)
    modalities = [("a", None, slice(0, 10)), ("b", None, slice(10, 20))]
    return VAETransformer(4, modalities=modalities, max_epochs=2, random_state=0).fit(X), X


@settings(deadline=None, max_examples=15)
@given(far=st.lists(st.floats(-1e12, 1e12), min_size=16, max_size=16))
def test_rows_far_from_the_few_of_fit_are_finite(few_rows, far):
    vae, X = few_rows
    rows = X.copy()
    rows[np.diag_indices(16)] = far
    Z = vae.transform(rows)
    assert np.isfinite(Z).all()
    KMeans(2, n_init=1, random_state=0).fit(Z)


def test_results_that_overflow_are_told(few_rows):
    vae, X = few_rows
    rows = X.astype(np.float32)
    rows[3, 1] = 1e38
    for method in (vae.posterior, vae.score_samples):
        with pytest.warns(UserWarning, match="results of 1 of 16 rows are NaN or infinite, first in row 3"):
            method(rows)


def test_imputing_beats_the_mean(fused, halves):
    rows = halves.iloc[100:]
    right = rows.columns.str.startswith("right")
    left_only = rows.copy()
    left_only.iloc[:, right] = np.nan
    guess = fused.impute(left_only)
    truth = rows.to_numpy()[:, right]
    error = np.square(guess[:, right] - truth).mean()
    assert error < 0.7 * np.square(truth.mean(0) - truth).mean()


def test_a_row_says_the_same_whatever_rows_are_beside_it(fused, halves):
    rows = halves.iloc[60:80]
    assert np.allclose(fused.transform(rows)[3], fused.transform(rows.iloc[[3]])[0], atol=1e-12)
    assert np.allclose(fused.score_samples(rows)[3], fused.score_samples(rows.iloc[[3]])[0], atol=1e-9)
    assert fused.score(rows) == fused.score(rows)


def test_permuting_rows_permutes_the_latent(fused, halves):
    order = np.random.default_rng(0).permutation(500)
    rows = halves.iloc[60:560]
    assert np.allclose(fused.transform(rows)[order], fused.transform(rows.iloc[order]), atol=1e-12)


def test_condition_leaves_the_latent_and_steers_the_decoder():
    rng = np.random.default_rng(0)
    side = rng.integers(0, 2, 400)
    # two factors that have nothing to do with the side, and a side that shifts every column
    columns = rng.normal(size=(400, 2)) @ rng.normal(size=(2, 6)) + 0.3 * rng.normal(size=(400, 6))
    X = pd.DataFrame(columns + 6 * side[:, None], columns=[f"x{i}" for i in range(6)])
    X["side"] = side.astype(float)
    settings = {"latent_dim": 2, "max_epochs": 100, "random_state": 0}
    plain = VAETransformer(**settings).fit(X.drop(columns="side")).transform(X.drop(columns="side"))
    conditional = VAETransformer(condition="side", **settings).fit(X)

    def probe(Z):
        return cross_val_score(LogisticRegression(), Z, side).mean()

    assert probe(plain) > 0.99
    assert probe(conditional.transform(X)) < 0.7
    Z = np.zeros((1, 2))
    low, high = conditional.inverse_transform(Z, [0.0]), conditional.inverse_transform(Z, [1.0])
    assert np.allclose(high[:, :6] - low[:, :6], 6, atol=1.5)
    assert high[0, 6] == 1.0
    assert conditional.sample(3, condition=[1.0], random_state=0)[:, :6].mean() > 4
    with pytest.raises(ValueError, match="Pass `condition` with 1 columns"):
        conditional.sample(3)
    with pytest.raises(ValueError, match="condition must have 1 columns, got 2"):
        conditional.inverse_transform(Z, [0.0, 1.0])


def test_a_score_is_a_bound_that_training_raises(halves):
    X = halves.iloc[60:, :64].to_numpy()
    short, long = (VAETransformer(8, max_epochs=epochs, random_state=0).fit(X) for epochs in (5, 100))
    assert long.score(X) > short.score(X) + 10
    assert np.isclose(long.score(X), long.score_samples(X).mean())


def test_outputs_are_in_the_users_units():
    X = np.random.default_rng(0).normal(size=(300, 2)) @ np.ones((2, 8)) * 1000 + 5e5
    vae = VAETransformer(2, input_noise=0.1, max_epochs=150, random_state=0).fit(X)
    assert np.abs(vae.reconstruct(X) - X).mean() < 0.5 * np.abs(X - X.mean(0)).mean()
    assert np.abs(vae.sample(500, random_state=0).mean() - 5e5) < 1000


@pytest.mark.parametrize("scale", ["standard", "power", None])
def test_every_scale_trains(scale, halves):
    X = halves.iloc[60:260, :64].to_numpy() / 16
    Z = VAETransformer(4, scale=scale, max_epochs=5, random_state=0).fit_transform(X)
    assert np.isfinite(Z).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"modalities": [("a", None, "left"), ("b", None, "left")]}, "belongs to two modalities"),
        ({"modalities": [("a", None, "left"), ("a", None, "right")]}, "not unique"),
        ({"modalities": [("a", None, "left")], "condition": "left__00"}, "belongs to two modalities, or"),
        ({"modalities": [("beta", None, "left")]}, "conflict with constructor arguments"),
        ({"modalities": [("a__b", None, "left")]}, "must not contain __"),
        ({"condition": slice(None)}, "No column is left"),
        ({"condition": "genre"}, "neither a column nor a block"),
    ],
)
def test_impossible_columns_are_refused(settings, message, halves):
    with pytest.raises(ValueError, match=message):
        VAETransformer(2, max_epochs=1, **settings).fit(halves.iloc[60:])


@pytest.mark.parametrize("modalities", [[("a", "left")], ["left"], [("a", "mlp", "left")], [(1, None, "left")]])
def test_modalities_that_are_no_triples_are_refused(modalities, halves):
    with pytest.raises(TypeError, match=r"triples|A modality must be"):
        VAETransformer(2, modalities=modalities).fit(halves)


def test_parameters_inside_triples_are_searchable_and_cloned():
    vae = VAETransformer(network=MLP((3,)), modalities=[("a", MLP((5,)), "left"), ("b", None, "right")])
    copy = clone(vae).set_params(a__hidden=(7,), network__activation="tanh", b=MLP((9,)))
    assert [own.hidden for _, own, _ in copy.modalities] == [(7,), (9,)]
    assert [columns for _, _, columns in copy.modalities] == ["left", "right"]
    assert copy.network.activation == "tanh"
    assert vae.get_params()["a__hidden"] == (5,)
    assert "b__hidden" not in vae.get_params()


def test_partial_missing_names_row_and_column(halves):
    table = halves.iloc[60:].copy()
    table.iloc[7, 3] = np.nan
    with pytest.raises(ValueError, match=r"Row 7 has NaN in column 'left__03'.*Impute"):
        VAETransformer(2, modalities="auto", condition="parity", max_epochs=1).fit(table)


@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_unknown_conditions_are_refused_or_averaged(value, halves):
    table = halves.iloc[60:].copy()
    settings = {"latent_dim": 2, "modalities": "auto", "condition": "parity", "max_epochs": 2, "random_state": 0}
    strict = VAETransformer(**settings).fit(table)
    table.iloc[9, 64:] = value
    for refused in (lambda: strict.transform(table), lambda: VAETransformer(**settings).fit(table)):
        with pytest.raises(ValueError, match=r"condition of row 9 is missing or was not seen.*unknown_condition"):
            refused()
    lenient = VAETransformer(unknown_condition="average", **settings).fit(table)
    known = np.delete(table.iloc[:, 64:].to_numpy(), 9, axis=0).mean(0)
    averaged = table.copy()
    averaged.iloc[9, 64:] = known
    assert np.allclose(lenient.transform(table), lenient.transform(averaged))
    Z = lenient.transform(table)[:1]
    assert np.allclose(lenient.inverse_transform(Z, [value] * 2)[:, :64], lenient.inverse_transform(Z, known)[:, :64])


def test_a_category_that_fit_did_not_see_is_unknown(halves):
    table = halves.iloc[60:].copy()
    table["parity__neither"] = 0.0
    vae = VAETransformer(2, modalities="auto", condition="parity", max_epochs=1).fit(table)
    table.iloc[3, 64:] = [0.0, 0.0, 1.0]
    with pytest.raises(ValueError, match="condition of row 3"):
        vae.transform(table)


def test_auto_needs_names(halves):
    with pytest.raises(ValueError, match="set_output"):
        VAETransformer(2, modalities="auto").fit(halves.to_numpy()[60:])


def test_a_modality_brings_its_own_network(halves):
    own = MLP(hidden=(9,))
    vae = VAETransformer(2, modalities=[("l", own, "left"), ("r", None, "right")], network=MLP((5,)), max_epochs=1)
    vae.fit(halves.iloc[60:])
    encoders = vae.net_.module_.encode.encoders
    assert [encoder[0].out_features for encoder in encoders] == [9, 5]


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 30), st.integers(1, 6)),
    magnitude=st.sampled_from([1e-12, 1.0, 1e12, 1e30]),
    repeat=st.booleans(),
)
def test_any_finite_table_gives_a_finite_latent(seed, shape, magnitude, repeat):
    X = np.random.default_rng(seed).normal(size=shape) * magnitude
    if repeat:
        X[:] = X[0]
    X[:, 0] = magnitude  # a constant column
    vae = VAETransformer(1, max_epochs=2, random_state=0).fit(X)
    Z = vae.transform(X)
    assert np.isfinite(Z).all()
    order = np.random.default_rng(seed).permutation(len(X))
    assert np.allclose(vae.transform(X[order]), Z[order], rtol=1e-9, atol=1e-9)


def test_ten_thousand_columns():
    X = np.random.default_rng(0).normal(size=(20, 10_000))
    assert np.isfinite(VAETransformer(2, network=MLP((8,)), max_epochs=2, random_state=0).fit_transform(X)).all()


def test_values_that_single_precision_cannot_square_are_refused_by_name():
    X = np.random.default_rng(0).normal(size=(20, 3))
    X[4, 1] = 1e30
    assert np.isfinite(VAETransformer(2, max_epochs=2).fit_transform(X)).all()
    with pytest.warns(VAEWarning), pytest.raises(ValueError, match=r"Row 4 has 1e\+30 in column 1"):
        VAETransformer(2, scale=None).fit(X)


def test_a_collapsed_latent_is_warned_of(halves):
    with pytest.warns(VAEWarning, match="Only 0 of 4 latent units are active"):
        VAETransformer(4, beta=1e4, max_epochs=20, random_state=0).fit(halves.iloc[60:, :64])


def test_a_latent_wider_than_the_data_is_warned_of(halves):
    with pytest.warns(VAEWarning, match=r"latent_dim=9 is larger than the number of columns \(5\)"):
        VAETransformer(9, max_epochs=1).fit(halves.iloc[60:, :5])


def test_an_exploding_variance_is_warned_of():
    with pytest.warns(VAEWarning, match="latent unit 1 reached its bound"):
        warn_about_latent(np.eye(4)[:, :2], np.array([[1.0, np.exp(5)]] * 4))
