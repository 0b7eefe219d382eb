"""Maps of several representations."""

import numpy as np

from skvae.plots import MapGridDisplay, embed_plane


def test_grid_has_one_row_per_representation_and_one_legend_per_label(tmp_path, legend):
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(12, 3))
    latents = {"pca": Z, "conditional-vae-language@audio": np.where(np.arange(12)[:, None] < 2, np.nan, Z)}
    groups = {"genre": ["rock"] * 6 + ["jazz"] * 4 + [None] * 2, "ভাষা": ["বাংলা", "العربية", "हिन्दी"] * 4}
    display = MapGridDisplay.from_latents(latents, groups, random_state=0)
    assert display.axes_.shape == (2, 2)
    assert legend(display.axes_[1, 0]) == ["rock", "jazz", "missing"]
    assert display.axes_[0, 0].get_legend() is None
    drawn = np.concatenate([points.get_offsets() for points in display.axes_[1, 0].collections])
    assert np.isfinite(drawn).all(axis=1).sum() == 10
    display.figure_.savefig(tmp_path / "grid.png")


def test_grid_uses_the_embedding_method():
    Z = np.random.default_rng(0).normal(size=(20, 3))
    display = MapGridDisplay.from_latents({"raw": Z}, {"genre": ["rock"] * 20}, method="pca")
    np.testing.assert_array_equal(display.points["raw"], embed_plane(Z, method="pca")[0])
