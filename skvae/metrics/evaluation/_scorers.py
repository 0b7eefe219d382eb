"""Scorers for model selection: callables (estimator, X, y=None) -> float, higher is better.

Scorers label rows with `estimator.predict`. A test fold is therefore scored by a model that was not fitted on it.
`fit_predict` would refit the model, and `labels_` belong to the training rows.
"""

import difflib

import numpy as np
from sklearn.pipeline import Pipeline

from ..internal._silhouette import silhouette_score
from ._registry import METRICS


class _LabelScorer:
    """Scorer that compares predicted clusters with `y`."""

    def __init__(self, name, metric):
        self.name = name
        self.metric = metric  # not looked up by name: worker processes do not have metrics that the user added

    def __call__(self, estimator, X, y=None):
        if y is None:
            raise ValueError(f"The {self.name!r} scorer requires true labels. Pass y, as in search.fit(X, y).")
        score = self.metric.function(y, _predict(estimator, X, self.name))
        return score if self.metric.direction == "higher" else -score

    def __repr__(self):
        return f"get_scorer({self.name!r})"


def elbo_scorer(estimator, X, y=None):
    """Mean of `score_samples` of the last step that has this method.

    The score of a VAE is the evidence lower bound (ELBO) in nats per track. Rows whose score is NaN, because every
    modality is missing, are ignored. A mixture model after the VAE also has `score_samples`. In this
    case, the mixture model is scored instead of the VAE.
    """
    step, X = _transform_to_step(estimator, X, "score_samples", "elbo")
    scores = np.asarray(step.score_samples(X))
    scores = scores[~np.isnan(scores)]
    if not len(scores):
        raise ValueError(f"The 'elbo' scorer found no valid score: score_samples of {step} returned NaN for every row.")
    return float(scores.mean())


def silhouette_scorer(estimator, X, y=None):
    """Silhouette of the predicted clusters in the scaled input of the VAE.

    The scaled input is `scaled_input(X)` of the last step that has this method. It does not depend on the latent space,
    so that models with different latent spaces are comparable. The score is -1, the worst value, if the silhouette is
    undefined, for example with a single cluster.
    """
    labels = _predict(estimator, X, "silhouette")
    step, X = _transform_to_step(estimator, X, "scaled_input", "silhouette")
    return _silhouette_or_worst(step.scaled_input(X), labels)


def silhouette_latent_scorer(estimator, X, y=None):
    """Silhouette of the predicted clusters in the space in which they were found. Only for inspection.

    This score must not be used to choose beta, the latent dimension or a model. Each model has a different latent
    space. A collapsed latent space, or one with less information about the music, often has a better silhouette. Use
    "silhouette", "elbo" or true labels to choose a model.

    The space is the input of the last step. If the last step is a VAE that assigns clusters, the space is its latent
    space. The score is -1, the worst value, if the silhouette is undefined.
    """
    labels = _predict(estimator, X, "silhouette_latent")
    *steps, last = _flatten_steps(estimator)
    if hasattr(last, "scaled_input"):
        steps.append(last)
    return _silhouette_or_worst(_transform(steps, X), labels)


def _make_scorers():
    label_scorers = {name: _LabelScorer(name, metric) for name, metric in METRICS.items() if metric.needs_labels}
    return label_scorers | {
        "elbo": elbo_scorer,
        "silhouette": silhouette_scorer,
        "silhouette_latent": silhouette_latent_scorer,
    }


def get_scorer_names():
    """Return the names of the available scorers.

    Returns
    -------
    names : list of str
        Names in alphabetical order.

    See Also
    --------
    get_scorer : Returns a scorer.

    Examples
    --------
    >>> from skvae.metrics import get_scorer_names
    >>> get_scorer_names()
    ['accuracy', 'ami', 'ari', 'completeness', 'elbo', 'fowlkes_mallows', 'homogeneity', 'nmi', 'nmi_geometric',
     'nmi_max', 'nmi_min', 'purity', 'silhouette', 'silhouette_latent', 'v_measure']
    """
    return sorted(_make_scorers())


def get_scorer(name):
    """Return a scorer by name, for the `scoring` parameter of scikit-learn's searches and of `cross_validate`.

    Pass a dict of scorers to compute several scores at once. All scorers except "elbo" call `predict` on the test rows.
    A clusterer without `predict`, such as `AgglomerativeClustering`, raises `TypeError` unless it is wrapped in
    `skvae.model_selection.TransductiveClusterer`.

    Searches over clusterers use unshuffled folds by default. Pass a shuffled splitter as `cv` if the table is sorted,
    for example by genre.

    The scorers are not added to the scorer registry of scikit-learn.

    Parameters
    ----------
    name : str
        - "ami", "ari", and every other name in `METRICS` that needs true labels: agreement of predicted clusters with
          `y`. Use "ami" or "ari" to search over the number of clusters. The other metrics are not adjusted for chance.
          They change with the number of clusters, even if the clusters are random.
        - "elbo": mean of `score_samples` of the last step that has this method. The score of a VAE is the ELBO at
          beta = 1 in nats per track.
        - "silhouette": silhouette in the scaled input of the VAE, `scaled_input(X)`. Tables with more than 5000 rows
          are sampled at random. A single cluster scores -1.
        - "silhouette_latent": silhouette in the space in which the clusters were found. It must not be used to choose
          beta, the latent dimension or a model, because each model has a different latent space.

    Returns
    -------
    scorer : callable
        `scorer(estimator, X, y=None) -> float`, higher is better. It can be pickled.

    Raises
    ------
    ValueError
        If the name is unknown.

    See Also
    --------
    get_scorer_names : Names of the available scorers.

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
    scorers = _make_scorers()
    if name not in scorers:
        similar = difflib.get_close_matches(str(name), scorers, n=1)
        hint = f" Did you mean {similar[0]!r}?" if similar else ""
        raise ValueError(f"Unknown scorer {name!r}.{hint} Available scorers: {', '.join(get_scorer_names())}.")
    return scorers[name]


def _predict(estimator, X, name):
    if not hasattr(estimator, "predict"):
        last = type(_flatten_steps(estimator)[-1]).__name__
        raise TypeError(
            f"The {name!r} scorer requires an estimator with a predict method, but {last} has none. It labels only the "
            "rows on which it was fitted. Wrap it in TransductiveClusterer and search with cv=AllRows(), or use "
            "KMeans, GaussianMixture or VaDEClusterer."
        )
    return estimator.predict(X)


def _silhouette_or_worst(X, labels):
    score = silhouette_score(X, labels)
    return -1.0 if np.isnan(score) else score


def _flatten_steps(estimator):
    """Return the steps that X passes through, including the steps of nested pipelines."""
    if hasattr(estimator, "row_hashes_"):  # TransductiveClusterer
        return _flatten_steps(estimator.clusterer_)
    if not isinstance(estimator, Pipeline):
        return [estimator]
    steps = (step for _, step in estimator.steps if step is not None and not isinstance(step, str))
    return [inner for step in steps for inner in _flatten_steps(step)]


def _transform(steps, X):
    for step in steps:
        X = step.transform(X)
    return X


def _transform_to_step(estimator, X, method, name):
    """Return the last step that has a method, and X transformed by the steps before it."""
    steps = _flatten_steps(estimator)
    position = next((i for i in reversed(range(len(steps))) if hasattr(steps[i], method)), None)
    if position is None:
        names = ", ".join(type(step).__name__ for step in steps)
        raise TypeError(
            f"The {name!r} scorer requires a step with a {method} method, such as VAETransformer. Steps: {names}."
        )
    return steps[position], _transform(steps[:position], X)
