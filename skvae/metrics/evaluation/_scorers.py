"""Scorers for a search: callables (estimator, X, y=None) -> float, higher is better.

They label rows by `estimator.predict` alone, so that a test fold is scored by a model that has not seen it: a
`fit_predict` would refit the model on it, and `labels_` belong to the training rows.
"""

import difflib

import numpy as np
from sklearn.pipeline import Pipeline

from ..internal._silhouette import silhouette_score
from ._cluster_metrics import METRICS


class _LabelScorer:
    """A metric of predicted clusters against `y`."""

    def __init__(self, name, metric):
        self.name = name
        self.metric = metric  # a worker process may not have the entries that a user added to METRICS

    def __call__(self, estimator, X, y=None):
        if y is None:
            raise ValueError(f"the {self.name!r} scorer needs true labels: give y, as in search.fit(X, y)")
        score = self.metric.function(y, _predict(estimator, X, self.name))
        return score if self.metric.direction == "higher" else -score

    def __repr__(self):
        return f"get_scorer({self.name!r})"


def elbo_scorer(estimator, X, y=None):
    """Mean of `score_samples` of the last step that has it, on `X` as the steps before it pass it on.

    For a VAE that is the evidence lower bound in nats per track. Rows without a score (every modality missing) do not
    take part. A mixture that follows the VAE has `score_samples` too, and would be measured in its place.
    """
    step, X = _enter_last_step(estimator, X, "score_samples", "elbo")
    scores = np.asarray(step.score_samples(X))
    scores = scores[~np.isnan(scores)]
    if not len(scores):
        raise ValueError(f"the 'elbo' scorer found no score: score_samples of {step} is NaN in every row")
    return float(scores.mean())


def silhouette_scorer(estimator, X, y=None):
    """Silhouette of the predicted clusters in the scaled table that enters the VAE.

    The table is `scaled_input(X)` of the last step that has it, the same whatever latent is being chosen. It is -1,
    the worst value, where the silhouette is not defined, as with a single cluster.
    """
    labels = _predict(estimator, X, "silhouette")
    step, X = _enter_last_step(estimator, X, "scaled_input", "silhouette")
    return _silhouette(step.scaled_input(X), labels)


def silhouette_latent_scorer(estimator, X, y=None):
    """Silhouette of the predicted clusters in the space that they were found in: to look at, not to choose by.

    It must not be used to choose beta, the latent dimension, or one model before another: each of them has a latent
    of its own, and one that has collapsed, or holds less of the music, easily has the better silhouette. Choose by
    "silhouette", "elbo" or true labels.

    The space is what enters the last step, or the latent of the last step where that is itself a VAE that clusters.
    It is -1, the worst value, where the silhouette is not defined.
    """
    labels = _predict(estimator, X, "silhouette_latent")
    *before, last = _steps(estimator)
    if hasattr(last, "scaled_input"):
        before.append(last)
    return _silhouette(_transform(before, X), labels)


def _scorers():
    labelled = {name: _LabelScorer(name, metric) for name, metric in METRICS.items() if metric.needs_labels}
    return labelled | {
        "elbo": elbo_scorer,
        "silhouette": silhouette_scorer,
        "silhouette_latent": silhouette_latent_scorer,
    }


def get_scorer_names():
    """Return the names that `get_scorer` knows.

    Returns
    -------
    names : list of str
        In alphabetical order.

    Examples
    --------
    >>> from skvae.metrics import get_scorer_names
    >>> get_scorer_names()
    ['accuracy', 'ami', 'ari', 'completeness', 'elbo', 'fowlkes_mallows', 'homogeneity', 'nmi', 'nmi_geometric',
     'nmi_max', 'nmi_min', 'purity', 'silhouette', 'silhouette_latent', 'v_measure']
    """
    return sorted(_scorers())


def get_scorer(name):
    """Return a scorer by name, for `scoring=` of scikit-learn's searches and of `cross_validate`.

    For several at once give a dict of them. All but "elbo" call `predict` on rows held out; a clusterer without it
    (such as `AgglomerativeClustering`) is a `TypeError`, unless wrapped in
    `skvae.model_selection.TransductiveClusterer`. Without `cv` a search cuts the folds of a clusterer in the
    order of the table: give a shuffled splitter for one sorted by genre. scikit-learn's own registry of scorers is
    left as it is.

    Parameters
    ----------
    name : str
        - "ami", "ari", and every other name of `METRICS` that needs labels: predicted clusters against `y`. Only these
          two are adjusted for chance: search over the number of clusters by one of them, since the others change with
          it also where clusters mean nothing.
        - "elbo": mean of `score_samples` of the last step that has it: for a VAE, nats per track at beta 1.
        - "silhouette": in the scaled table that enters the VAE, `scaled_input(X)`, with a random sample of more than
          5000 rows. A single cluster scores -1.
        - "silhouette_latent": in the space that the clusters were found in. It must not be used to choose beta, the
          latent dimension or a model, each of which has a latent of its own.

    Returns
    -------
    scorer : callable
        `scorer(estimator, X, y=None) -> float`, higher is better; it can be pickled.

    Raises
    ------
    ValueError
        If there is no scorer of that name.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import GridSearchCV, StratifiedKFold
    >>> from skvae.metrics import get_scorer
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(
    ...     KMeans(random_state=0),
    ...     {"n_clusters": [2, 3, 10]},
    ...     scoring={name: get_scorer(name) for name in ("ami", "purity")},
    ...     refit="ami",
    ...     cv=StratifiedKFold(3, shuffle=True, random_state=0),
    ... ).fit(X, y)
    >>> search.cv_results_["mean_test_purity"].round(2)
    array([0.67, 0.9 , 0.97])
    >>> search.best_params_
    {'n_clusters': 3}
    """
    scorers = _scorers()
    if name not in scorers:
        near = difflib.get_close_matches(str(name), scorers, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"there is no scorer {name!r}{hint}; known are {', '.join(get_scorer_names())}")
    return scorers[name]


def _predict(estimator, X, name):
    if not hasattr(estimator, "predict"):
        last = type(_steps(estimator)[-1]).__name__
        raise TypeError(
            f"the {name!r} scorer needs predict, which {last} has not: it labels only the rows it was fitted on; "
            "wrap it in TransductiveClusterer and search with cv=AllRows(), or end in KMeans, GaussianMixture or "
            "VaDEClusterer"
        )
    return estimator.predict(X)


def _silhouette(X, labels):
    score = silhouette_score(X, labels)
    return -1.0 if np.isnan(score) else score


def _steps(estimator):
    """Return the estimators that X passes through in turn, those of nested Pipelines among them."""
    if hasattr(estimator, "row_hashes_"):  # a TransductiveClusterer: rows pass through what it holds
        return _steps(estimator.clusterer_)
    if not isinstance(estimator, Pipeline):
        return [estimator]
    steps = (step for _, step in estimator.steps if step is not None and not isinstance(step, str))
    return [inner for step in steps for inner in _steps(step)]


def _transform(steps, X):
    for step in steps:
        X = step.transform(X)
    return X


def _enter_last_step(estimator, X, method, name):
    """Return the last step that has a method, and X as it enters that step."""
    steps = _steps(estimator)
    position = next((i for i in reversed(range(len(steps))) if hasattr(steps[i], method)), None)
    if position is None:
        names = ", ".join(type(step).__name__ for step in steps)
        raise TypeError(f"the {name!r} scorer needs a step with {method}, such as VAETransformer; there are {names}")
    return steps[position], _transform(steps[:position], X)
