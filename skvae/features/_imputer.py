"""Imputation of missing blocks for methods that require complete tables."""

from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from ._scaler import BlockScaler


def make_block_imputer(method="power"):
    """Create a transformer that scales a table and replaces missing blocks.

    Use it before PCA, k-means and other methods that require complete tables. `VAETransformer` accepts missing blocks.

    Each column is scaled to mean 0 and variance 1, computed from the rows without NaN in this column. All blocks are
    scaled to the same total variance. Missing values are replaced by 0, the mean of the column. A missing block
    therefore does not contribute to the distance between two rows without this block.

    All rows without a block have the same values in it. Clusters may therefore separate tracks with lyrics from tracks
    without lyrics. `skvae.metrics.check_missingness` detects this.

    Parameters
    ----------
    method : {"power", "standard"}, default="power"
        Scaling method, as in `BlockScaler`.

    Returns
    -------
    Pipeline
        Pipeline with the steps ``blockscaler`` and ``simpleimputer``. A column without any value in `fit` becomes a
        column of zeros.

    See Also
    --------
    BlockScaler : Scale a table and keep missing values.
    skvae.metrics.check_missingness : Detect clusters that separate rows by missing blocks.

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
