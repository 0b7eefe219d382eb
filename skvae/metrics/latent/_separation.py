"""Separation of known classes in a latent space."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils import check_consistent_length, check_random_state

from ..internal._silhouette import silhouette_score
from ..internal._validation import SAMPLE_SIZE
from ._validation import check_latent

SCORES = ["linear_probe", "knn", "silhouette"]


def class_separation(
    Z, labels, *, groups=None, cv=5, n_neighbors=10, n_permutations=5, sample_size=SAMPLE_SIZE, random_state=0
):
    """Measure the separation of known classes in a latent space, and its chance level.

    Two classifiers are cross-validated. A linear probe [1]_ detects classes that are separated by a plane. A
    nearest-neighbor classifier also detects classes of other shapes. The score of both is the balanced accuracy: the
    mean over the classes of the fraction of correctly predicted rows. The silhouette is computed with the classes as
    clusters.

    All units are divided by a common factor, so that the mean variance of a unit is 1. Rotations and changes of scale
    therefore do not change the scores.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        Latent representation. Rows with only NaN are ignored.
    labels : array-like of shape (n_samples,)
        Known classes. Rows with None or NaN are ignored, and so are classes with fewer than `cv` rows.
    groups : array-like of shape (n_samples,), default=None
        Group of each row, for example the artist, or the song of a window. A group is never split between training and
        test rows.
    cv : int, default=5
        Number of stratified folds.
    n_neighbors : int, default=10
        Number of neighbors, at most the number of training rows.
    n_permutations : int, default=5
        Number of permutations of the labels for the chance level.
    sample_size : int or None, default=5000
        Maximum number of rows for the silhouette. Larger tables are sampled at random.
    random_state : int, RandomState instance or None, default=0
        Seed for the folds, the permutations and the random sample.

    Returns
    -------
    scores : DataFrame
        Rows ``linear_probe``, ``knn`` and ``silhouette``, columns ``score`` and ``chance``. ``chance`` is the mean
        score with shuffled labels. All values are NaN if fewer than two classes remain.

    See Also
    --------
    mig_score : Whether single units represent known factors.

    References
    ----------
    .. [1] Alain and Bengio (2017). Understanding intermediate layers using linear classifier probes. ICLR workshop.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skvae.metrics import class_separation
    >>> X, y = load_iris(return_X_y=True)
    >>> class_separation(X, y).round(2)
                  score  chance
    linear_probe   0.97    0.33
    knn            0.97    0.31
    silhouette     0.50   -0.04
    """
    check_consistent_length(Z, labels, groups)
    Z, kept = check_latent(Z)
    kept = np.flatnonzero(kept)
    codes = pd.factorize(np.asarray(labels, dtype=object)[kept])[0]  # -1 if missing
    frequent = (np.bincount(codes + 1)[codes + 1] >= cv) & (codes != -1)
    Z, codes, kept = Z[frequent], codes[frequent], kept[frequent]
    if len(np.unique(codes)) < 2:
        return pd.DataFrame(np.nan, index=SCORES, columns=["score", "chance"])
    Z = Z - Z.mean(axis=0)
    Z /= np.sqrt(Z.var(axis=0).mean()) or 1.0
    groups = None if groups is None else np.asarray(groups, dtype=object)[kept]
    rng = check_random_state(random_state)

    def measure(codes):
        splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
        folds = list(splitter(cv, shuffle=True, random_state=rng.randint(2**31)).split(Z, codes, groups))
        fewest = min(len(train) for train, _ in folds)
        models = LogisticRegression(max_iter=1000), KNeighborsClassifier(min(n_neighbors, fewest))
        predictions = [cross_val_predict(model, Z, codes, cv=folds) for model in models]
        recalls = [recall_score(codes, predicted, average="macro") for predicted in predictions]
        return *recalls, silhouette_score(Z, codes, sample_size=sample_size, random_state=rng.randint(2**31))

    score = measure(codes)
    chance = np.mean([measure(rng.permutation(codes)) for _ in range(n_permutations)], axis=0)
    return pd.DataFrame({"score": score, "chance": chance}, index=SCORES)
