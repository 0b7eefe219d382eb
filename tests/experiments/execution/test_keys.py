"""Keys of stored results."""

import pytest
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from skvae import VaDEClusterer, VAETransformer
from skvae.cluster import UMAPTransformer
from skvae.experiments.execution._keys import digest, digest_table, to_json
from skvae.features import BlockScaler
from skvae.networks import MLP, Conv1d, Conv2d


@pytest.mark.parametrize(
    ("estimator", "module"),
    [
        (BlockScaler(), "skvae.features._scaler"),
        (Conv1d(), "skvae.networks._conv"),
        (Conv2d((2, 2)), "skvae.networks._conv"),
        (MLP(), "skvae.networks._mlp"),
        (UMAPTransformer(), "skvae.cluster._umap"),
        (VAETransformer(), "skvae.vae._transformer"),
        (VaDEClusterer(), "skvae.cluster._vade"),
        (PCA(), "sklearn.decomposition._pca"),
    ],
)
def test_keys_contain_the_modules_of_version_0_1(estimator, module):
    assert to_json(estimator)[0] == f"{module}.{type(estimator).__name__}"


def test_keys_depend_on_nested_parameters_and_data():
    one, two = make_pipeline(PCA(1)), make_pipeline(PCA(2))
    assert digest(to_json(one)) == digest(to_json(make_pipeline(PCA(1)))) != digest(to_json(two))
    assert digest_table([[1.0]], ["a"]) != digest_table([[2.0]], ["a"]) != digest_table([[2.0]], ["b"])
    assert digest("latent", 1) == "835c4a85bdd8daeadcab93160e126bb9"


def test_lambdas_have_no_key():
    with pytest.raises(ValueError, match="lambda or a local definition"):
        to_json(lambda x: x)
