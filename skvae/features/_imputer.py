"""make_block_imputer: a table with missing blocks as baselines need it."""

from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from ._scaler import BlockScaler


def make_block_imputer(method="power"):
    """Make the transformer that readies a table with missing blocks for PCA, K-means and other baselines.

    Columns are brought to mean 0 and variance 1 over the rows that have them, each block is given one say, and what is
    missing becomes 0, the mean of its column: a missing block neither draws a row anywhere nor makes two rows differ.
    But all rows that lack it agree in it, so that clusters may part rows with lyrics from rows without: compare the
    clusters with the missing rows, by AMI. `VAETransformer` needs no filling.

    Parameters
    ----------
    method : {"power", "standard"}, default="power"
        How `BlockScaler` scales.

    Returns
    -------
    Pipeline
        Steps ``blockscaler`` and ``simpleimputer``. A column that no row of `fit` has stays, as zeros.

    See Also
    --------
    BlockScaler : The first step alone, which leaves NaN where it is.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from skvae.features import make_block_imputer
    >>> X = pd.DataFrame({"audio__rms": [1.0, 2, 3, 4], "lyrics__0": [0, np.nan, 4, 0], "lyrics__1": [1, np.nan, 0, 1]})
    >>> make_block_imputer("standard").set_output(transform="pandas").fit_transform(X).round(2)
       audio__rms  lyrics__0  lyrics__1
    0       -1.34       -0.5        0.5
    1       -0.45        0.0        0.0
    2        0.45        1.0       -1.0
    3        1.34       -0.5        0.5
    >>> baseline = make_pipeline(make_block_imputer(), PCA(2), KMeans(2, random_state=0))
    >>> baseline.fit_predict(X).shape
    (4,)
    """
    fill = SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)
    return make_pipeline(BlockScaler(method, equalize=True), fill)
