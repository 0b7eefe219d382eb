"""VAETransformer: modalities, condition, units and scores."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from skvae import MLP, VAETransformer
from skvae.vae import VAEWarning
from skvae.vae._warnings import warn_about_latent

# The power transform takes more time.
SCALES = ["standard", pytest.param("power", marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def halves():
    """Digits with their left and right halves as modalities, and their parity as condition.

    The right half is missing in 40 rows. Both halves are missing in one row.
    """
    X, y = load_digits(return_X_y=True)
    columns = [f"{'left' if i % 8 < 4 else 'right'}__{i:02d}" for i in range(64)]
    table = pd.DataFrame(X[:600], columns=columns)
    table["parity__odd"] = y[:600] % 2.0
    table["parity__even"] = 1 - table["parity__odd"]
    right = table.columns.str.startswith("right")
    table.iloc[:40, right] = np.nan
    table.iloc[50, :64] = np.nan
    return table


@pytest.fixture(scope="module", params=SCALES)
def fused(request, halves):
    """Conditional VAE of both halves."""
    settings = {"max_epochs": 40, "learning_rate": 3e-3, "batch_size": 32, "scale": request.param, "random_state": 0}
    return VAETransformer(8, modalities="auto", condition="parity", **settings).fit(halves)


def test_modalities_and_condition_find_their_columns(fused, halves):
    assert list(fused.modalities_) == ["left", "right"]
    assert [len(columns) for columns in fused.modalities_.values()] == [32, 32]
    assert halves.columns[fused.condition_].tolist() == ["parity__odd", "parity__even"]


def test_rows_without_any_modality_are_nan_and_other_rows_are_imputed(fused, halves):
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
    """Model of two modalities with skewed columns, fitted to 16 rows only."""
    X = np.random.default_rng(0).normal(size=(16, 20))
    X[:, 0] = -np.exp(0.02 * X[:, 0] - 5)
    modalities = [("a", None, slice(0, 10)), ("b", None, slice(10, 20))]
    return VAETransformer(4, modalities=modalities, max_epochs=2, random_state=0).fit(X), X


@settings(deadline=None, max_examples=15)
@given(far=st.lists(st.floats(-1e12, 1e12), min_size=16, max_size=16))
def test_results_of_rows_far_from_the_training_rows_are_finite(few_rows, far):
    vae, X = few_rows
    rows = X.copy()
    rows[np.diag_indices(16)] = far
    Z = vae.transform(rows)
    assert np.isfinite(Z).all()
    KMeans(2, n_init=1, random_state=0).fit(Z)


def test_results_that_overflow_cause_a_warning(few_rows):
    vae, X = few_rows
    rows = X.astype(np.float32)
    rows[3, 1] = 1e38
    for method in (vae.posterior, vae.score_samples):
        with pytest.warns(UserWarning, match="results of 1 of 16 rows are NaN or infinite, first in row 3"):
            method(rows)


def test_imputation_is_better_than_the_mean(fused, halves):
    rows = halves.iloc[100:]
    right = rows.columns.str.startswith("right")
    left_only = rows.copy()
    left_only.iloc[:, right] = np.nan
    guess = fused.impute(left_only)
    truth = rows.to_numpy()[:, right]
    error = np.square(guess[:, right] - truth).mean()
    assert error < 0.7 * np.square(truth.mean(0) - truth).mean()


def test_results_of_a_row_do_not_depend_on_the_other_rows(fused, halves):
    rows = halves.iloc[60:80]
    assert np.allclose(fused.transform(rows)[3], fused.transform(rows.iloc[[3]])[0], atol=1e-12)
    assert np.allclose(fused.score_samples(rows)[3], fused.score_samples(rows.iloc[[3]])[0], atol=1e-9)
    assert fused.score(rows) == fused.score(rows)


def test_permuted_rows_have_a_permuted_latent_representation(fused, halves):
    order = np.random.default_rng(0).permutation(500)
    rows = halves.iloc[60:560]
    assert np.allclose(fused.transform(rows)[order], fused.transform(rows.iloc[order]), atol=1e-12)


@pytest.mark.parametrize("scale", SCALES)
def test_condition_is_removed_from_the_latent_space_and_controls_the_decoder(scale):
    rng = np.random.default_rng(0)
    side = rng.integers(0, 2, 400)
    # Two factors that are independent of the side, and a side that shifts all columns.
    columns = rng.normal(size=(400, 2)) @ rng.normal(size=(2, 6)) + 0.3 * rng.normal(size=(400, 6))
    X = pd.DataFrame(columns + 6 * side[:, None], columns=[f"x{i}" for i in range(6)])
    X["side"] = side.astype(float)
    settings = {"latent_dim": 2, "max_epochs": 50, "learning_rate": 2e-3, "scale": scale, "random_state": 0}
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


def test_training_increases_the_score(halves):
    X = halves.iloc[60:, :64].to_numpy()
    short, long = (VAETransformer(8, scale="standard", max_epochs=epochs, random_state=0).fit(X) for epochs in (3, 40))
    assert long.score(X) > short.score(X) + 10
    assert np.isclose(long.score(X), long.score_samples(X).mean())


def test_outputs_are_in_the_units_of_the_table():
    X = np.random.default_rng(0).normal(size=(300, 2)) @ np.ones((2, 8)) * 1000 + 5e5
    vae = VAETransformer(2, input_noise=0.1, max_epochs=60, learning_rate=3e-3, random_state=0).fit(X)
    assert np.abs(vae.reconstruct(X) - X).mean() < 0.5 * np.abs(X - X.mean(0)).mean()
    assert np.abs(vae.sample(500, random_state=0).mean() - 5e5) < 1000


@pytest.mark.parametrize("scale", ["standard", "power", None])
def test_each_scale_gives_a_finite_latent_representation(scale, halves):
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
def test_invalid_columns_raise_an_error(settings, message, halves):
    with pytest.raises(ValueError, match=message):
        VAETransformer(2, max_epochs=1, **settings).fit(halves.iloc[60:])


@pytest.mark.parametrize("modalities", [[("a", "left")], ["left"], [("a", "mlp", "left")], [(1, None, "left")]])
def test_modalities_that_are_not_triples_raise_an_error(modalities, halves):
    with pytest.raises(TypeError, match=r"triples|A modality must be"):
        VAETransformer(2, modalities=modalities).fit(halves)


def test_parameters_of_modality_networks_can_be_set_and_cloned():
    vae = VAETransformer(network=MLP((3,)), modalities=[("a", MLP((5,)), "left"), ("b", None, "right")])
    copy = clone(vae).set_params(a__hidden=(7,), network__activation="tanh", b=MLP((9,)))
    assert [own.hidden for _, own, _ in copy.modalities] == [(7,), (9,)]
    assert [columns for _, _, columns in copy.modalities] == ["left", "right"]
    assert copy.network.activation == "tanh"
    assert vae.get_params()["a__hidden"] == (5,)
    assert "b__hidden" not in vae.get_params()


def test_error_of_partly_missing_modality_names_row_and_column(halves):
    table = halves.iloc[60:].copy()
    table.iloc[7, 3] = np.nan
    with pytest.raises(ValueError, match=r"Row 7 has NaN in column 'left__03'.*Impute"):
        VAETransformer(2, modalities="auto", condition="parity", max_epochs=1).fit(table)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_unknown_conditions_raise_an_error_or_are_averaged(value, scale, halves):
    table = halves.iloc[60:260].copy()
    settings = {"latent_dim": 2, "modalities": "auto", "condition": "parity", "max_epochs": 1, "scale": scale}
    settings |= {"random_state": 0}
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


def test_categories_that_did_not_occur_in_fit_are_unknown(halves):
    table = halves.iloc[60:].copy()
    table["parity__neither"] = 0.0
    vae = VAETransformer(2, modalities="auto", condition="parity", scale="standard", max_epochs=1).fit(table)
    table.iloc[3, 64:] = [0.0, 0.0, 1.0]
    with pytest.raises(ValueError, match="condition of row 3"):
        vae.transform(table)


def test_automatic_modalities_require_column_names(halves):
    with pytest.raises(ValueError, match="set_output"):
        VAETransformer(2, modalities="auto").fit(halves.to_numpy()[60:])


def test_modalities_use_their_own_network_or_a_clone_of_the_default(halves):
    own = MLP(hidden=(9,))
    modalities = [("l", own, "left"), ("r", None, "right")]
    vae = VAETransformer(2, modalities=modalities, network=MLP((5,)), scale="standard", max_epochs=1)
    vae.fit(halves.iloc[60:160])
    encoders = vae.net_.module_.encode.encoders
    assert [encoder[0].out_features for encoder in encoders] == [9, 5]


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 30), st.integers(1, 6)),
    magnitude=st.sampled_from([1e-12, 1.0, 1e12, 1e30]),
    repeat=st.booleans(),
)
def test_finite_tables_give_a_finite_latent_representation(seed, shape, magnitude, repeat):
    X = np.random.default_rng(seed).normal(size=shape) * magnitude
    if repeat:
        X[:] = X[0]
    X[:, 0] = magnitude  # a constant column
    vae = VAETransformer(1, max_epochs=2, random_state=0).fit(X)
    Z = vae.transform(X)
    assert np.isfinite(Z).all()
    order = np.random.default_rng(seed).permutation(len(X))
    assert np.allclose(vae.transform(X[order]), Z[order], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("scale", SCALES)
def test_tables_with_ten_thousand_columns_can_be_fitted(scale):
    X = np.random.default_rng(0).normal(size=(20, 10_000))
    vae = VAETransformer(2, network=MLP((8,)), scale=scale, max_epochs=2, random_state=0)
    assert np.isfinite(vae.fit_transform(X)).all()


def test_error_of_values_too_large_for_single_precision_names_row_and_column():
    X = np.random.default_rng(0).normal(size=(20, 3))
    X[4, 1] = 1e30
    assert np.isfinite(VAETransformer(2, max_epochs=2).fit_transform(X)).all()
    with pytest.warns(VAEWarning), pytest.raises(ValueError, match=r"Row 4 has 1e\+30 in column 1"):
        VAETransformer(2, scale=None).fit(X)


def test_posterior_collapse_causes_a_warning(halves):
    with pytest.warns(VAEWarning, match="Only 0 of 4 latent units are active"):
        VAETransformer(4, beta=1e4, scale="standard", max_epochs=10, random_state=0).fit(halves.iloc[60:260, :64])


def test_more_latent_units_than_columns_cause_a_warning(halves):
    with pytest.warns(VAEWarning, match=r"latent_dim=9 is larger than the number of columns \(5\)"):
        VAETransformer(9, max_epochs=1).fit(halves.iloc[60:, :5])


def test_exploding_variance_causes_a_warning():
    with pytest.warns(VAEWarning, match="latent unit 1 reached its bound"):
        warn_about_latent(np.eye(4)[:, :2], np.array([[1.0, np.exp(5)]] * 4))


def test_warnings_point_to_the_line_of_the_caller(fused, halves):
    for method in (fused.transform, fused.posterior, fused.score):
        with pytest.warns(UserWarning, match="All modalities are missing") as caught:
            method(halves)
        assert {warning.filename for warning in caught} == {__file__}


def test_unfitted_models_raise_an_error(halves):
    vae = VAETransformer(2)
    for call in (vae.transform, vae.reconstruct, vae.impute, vae.score, vae.scaled_input, vae.inverse_transform):
        with pytest.raises(NotFittedError):
            call(halves.to_numpy()[:, :2])
    with pytest.raises(NotFittedError):
        vae.sample()
