"""How well classes lie apart in a latent."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils import check_consistent_length, check_random_state

from ..internal._silhouette import SAMPLE_SIZE, silhouette_score
from ._summary import check_latent


def class_separation(
    Z, labels, *, groups=None, cv=5, n_neighbors=10, n_permutations=5, sample_size=SAMPLE_SIZE, random_state=0
):
    """Measure how well known classes lie apart in a latent, beside what chance would reach.

    Two classifiers are cross-validated: a linear probe [1]_, for classes that a plane can part, and the nearest
    neighbours, for any others. Their score is the balanced accuracy, the mean over the classes of the share of its rows
    that are found. The silhouette is that of the classes themselves. The table is brought to a variance of 1 a unit by
    one common factor, so that neither a rotation nor a change of unit changes the scores.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_units)
        The latent. Rows that are all NaN are left out.
    labels : array-like of shape (n_samples,)
        Known classes. Rows where it is None or NaN are left out, and those of classes with fewer rows than folds.
    groups : array-like of shape (n_samples,), default=None
        Rows of a group are never split between training and test: artists, or the songs that windows are cut from.
    cv : int, default=5
        Number of stratified folds.
    n_neighbors : int, default=10
        Neighbours that vote, at most as many as there are rows to train on.
    n_permutations : int, default=5
        Shuffles of the labels that ``chance`` averages over.
    sample_size : int or None, default=5000
        Of more rows than this, the silhouette takes a random sample.
    random_state : int, RandomState instance or None, default=0
        Governs folds, shuffles and sample.

    Returns
    -------
    scores : DataFrame
        Rows ``linear_probe``, ``knn`` and ``silhouette``; columns ``score`` and ``chance``, the same with shuffled
        labels. NaN where fewer than two classes are left.

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
    codes = pd.factorize(np.asarray(labels, dtype=object)[kept])[0]  # -1 where missing
    enough = (np.bincount(codes + 1)[codes + 1] >= cv) & (codes != -1)
    Z, codes, kept = Z[enough], codes[enough], kept[enough]
    if len(np.unique(codes)) < 2:
        return pd.DataFrame(np.nan, index=["linear_probe", "knn", "silhouette"], columns=["score", "chance"])
    Z = Z - Z.mean(axis=0)
    Z /= np.sqrt(Z.var(axis=0).mean()) or 1.0
    groups = None if groups is None else np.asarray(groups, dtype=object)[kept]
    rng = check_random_state(random_state)

    def measure(codes):
        splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
        folds = list(splitter(cv, shuffle=True, random_state=rng.randint(2**31)).split(Z, codes, groups))
        fewest = min(len(train) for train, _ in folds)
        models = LogisticRegression(max_iter=1000), KNeighborsClassifier(min(n_neighbors, fewest))
        found = [cross_val_predict(model, Z, codes, cv=folds) for model in models]
        recalls = [recall_score(codes, predicted, average="macro") for predicted in found]
        return *recalls, silhouette_score(Z, codes, sample_size=sample_size, random_state=rng.randint(2**31))

    score = measure(codes)
    chance = np.mean([measure(rng.permutation(codes)) for _ in range(n_permutations)], axis=0)
    return pd.DataFrame({"score": score, "chance": chance}, index=["linear_probe", "knn", "silhouette"])
