"""Selection of the number of clusters with several criteria."""

from dataclasses import dataclass
from functools import partial
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, validate_params
from sklearn.utils.validation import _num_samples

from ..cluster import VaDEClusterer
from ..metrics.internal._resampling import RESAMPLE_FRACTION, clone_with_seed
from ..vae import VAETransformer
from .criteria._gap import compute_gap
from .criteria._information import compute_information_criteria
from .criteria._stability import compute_stability

CRITERIA = ("bic", "icl", "stability", "gap")


@dataclass
class NClusters:
    """Result of `select_n_clusters`.

    Attributes
    ----------
    curve : DataFrame
        One row for each criterion and candidate, with the columns ``criterion``, ``n_clusters``, ``value`` and
        ``error``. See `select_n_clusters` for the definition of the error.
    choices : DataFrame
        One row for each criterion. ``n_clusters`` is the choice of the criterion. ``low`` and ``high`` are the smallest
        and the largest candidate whose difference from the choice is at most the error.
    n_clusters : int
        Candidate that is in the ranges of the most criteria. If there are several such candidates, the one closest to
        the median of the choices.
    low : int
        Smallest candidate that is in the ranges of all criteria. Otherwise, the smallest candidate that is in
        the range of any criterion.
    high : int
        Largest candidate, with the same definition.
    agree : bool
        Whether any candidate is in the ranges of all criteria.

    See Also
    --------
    select_n_clusters : Select the number of clusters.
    skvae.plots.NClustersDisplay : Plot of the curves.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import make_blobs
    >>> from skvae.model_selection import select_n_clusters
    >>> X, _ = make_blobs(100, centers=2, random_state=0)
    >>> result = select_n_clusters(KMeans(), X, [1, 2, 3], criteria=["bic"], n_resamples=2, random_state=0)
    >>> result.n_clusters, result.curve.columns.tolist()
    (2, ['criterion', 'n_clusters', 'value', 'error'])
    """

    curve: pd.DataFrame
    choices: pd.DataFrame
    n_clusters: int
    low: int
    high: int
    agree: bool


@validate_params(
    {
        "estimator": [HasMethods(["fit_predict", "get_params"])],
        "candidates": ["array-like"],
        "criteria": ["array-like"],
        "n_resamples": [Interval(Integral, 2, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [None, Integral],
    },
    prefer_skip_nested_validation=True,
)
def select_n_clusters(estimator, X, candidates, *, criteria=CRITERIA, n_resamples=10, random_state=None, n_jobs=None):
    r"""Select the number of clusters with several criteria.

    Real tables seldom have one correct number of clusters. The result therefore contains a curve, a choice and a range
    for each criterion. The range contains the candidates that do not differ from the choice by more than the error.

    ``"bic"`` and ``"icl"``
        Bayesian information criterion (BIC) [1]_ and integrated completed likelihood (ICL) [2]_ of a Gaussian mixture
        of the latent representation. :math:`p` is the number of parameters, :math:`L` the likelihood and :math:`t` the
        memberships. Lower is better. ICL prefers separate clusters:

        .. math:: BIC = p \log n - 2 \log L, \qquad ICL = BIC - 2 \sum_i \sum_c t_{ic} \log t_{ic}

    ``"stability"``
        Mean adjusted Rand index between clusterings of resamples with 80 % of the rows, on the rows that two resamples
        share [3]_. Higher is better. The largest of equally stable candidates is chosen. Small numbers of clusters are
        often stable. The stability of one cluster is undefined, so this criterion never excludes one cluster.
    ``"gap"``
        Logarithm of the scatter within clusters of uniform reference tables, minus that of the latent representation.
        The reference tables are in the box along the principal axes [4]_. The criterion chooses the smallest candidate
        whose gap is at least the gap of the next candidate minus its error. Its range ends at the largest gap.

    Parameters
    ----------
    estimator : clusterer or Pipeline
        Clusterer with a parameter ``n_clusters`` or ``n_components``, or a pipeline that ends with such a clusterer.
        The steps before it compute the latent representation. They are fitted once for "bic", "icl" and "gap", and once
        on each resample for "stability". If this takes too long, pass a clusterer, and a latent representation as `X`.

        The mixture of "bic" and "icl" is the clusterer if it is a `GaussianMixture`, and otherwise a mixture with
        diagonal covariances. If the clusterer is a `VaDEClusterer`, "bic", "icl" and "gap" use a diagonal mixture of
        the latent representation of its `vae`. The latent spaces of VaDE with different numbers of clusters are not
        comparable. Only "stability" fits the `VaDEClusterer`, for each resample and candidate.
    X : array-like of shape (n_samples, n_features)
        Table.
    candidates : array-like of int
        Numbers of clusters to compare, such as ``range(2, 21)``.
    criteria : sequence of {"bic", "icl", "stability", "gap"}, default=("bic", "icl", "stability", "gap")
        Criteria to compute.
    n_resamples : int, default=10
        Number of resamples for "stability" and for the errors of "bic" and "icl", and number of reference tables of
        "gap".
    random_state : int, RandomState instance or None, default=None
        Random seed of the resamples, the reference tables and all steps of `estimator`.
    n_jobs : int or None, default=None
        Number of parallel jobs, as in joblib.

    Returns
    -------
    NClusters
        Curves and choices. The error of "bic" and "icl" is the standard error of the difference from the choice. It is
        estimated by the delete-d jackknife over the resamples. The error of "stability" is the standard deviation of
        this difference over the resamples. The error of "gap" is defined in [4]_. A candidate is in the
        range of a criterion if its difference from the choice is at most its error.

    Raises
    ------
    ValueError
        If a candidate or a criterion is invalid, there are too few rows, or `estimator` has neither ``n_clusters`` nor
        ``n_components``.

    See Also
    --------
    skvae.metrics.stability_score : Stability of one clusterer.
    skvae.plots.NClustersDisplay : Plot of the curves.

    References
    ----------
    .. [1] G. Schwarz, "Estimating the dimension of a model", Annals of Statistics 6, 1978.
    .. [2] C. Biernacki, G. Celeux and G. Govaert, "Assessing a mixture model for clustering with the integrated
       completed likelihood", IEEE Transactions on Pattern Analysis and Machine Intelligence 22, 2000.
    .. [3] A. Ben-Hur, A. Elisseeff and I. Guyon, "A stability based method for discovering structure in clustered
       data", Pacific Symposium on Biocomputing, 2002.
    .. [4] R. Tibshirani, G. Walther and T. Hastie, "Estimating the number of clusters in a data set via the gap
       statistic", Journal of the Royal Statistical Society B 63, 2001.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import make_blobs
    >>> from skvae.model_selection import select_n_clusters
    >>> X, _ = make_blobs(150, n_features=4, random_state=0)
    >>> result = select_n_clusters(KMeans(n_init=3), X, range(1, 6), n_resamples=4, random_state=0)
    >>> result.n_clusters, result.choices["n_clusters"].to_dict()
    (3, {'bic': 3, 'icl': 3, 'stability': 3, 'gap': 3})
    """
    candidates = _check_candidates(candidates, _num_samples(X))
    criteria = _check_criteria(criteria, candidates)
    transformer, clusterer, encoder, latent_clusterer = _split_estimator(estimator)
    rng = check_random_state(random_state)
    seeds = rng.randint(np.iinfo(np.int32).max, size=n_resamples + 1).tolist()
    curves = {}
    if {"bic", "icl", "gap"} & set(criteria):
        Z = np.asarray(X if encoder is None else clone_with_seed(encoder, seeds[0]).fit_transform(X), dtype=np.float64)
        Z = Z[~np.isnan(Z).all(axis=1)]  # Remove rows without any modality.
    if {"bic", "icl"} & set(criteria):
        samples = _draw_samples(len(Z), n_resamples, rng)
        curves["bic"], curves["icl"] = compute_information_criteria(
            Z, candidates, _get_mixture_factory(clusterer, Z), samples, seeds[0], n_jobs
        )
    if "stability" in criteria:
        samples = _draw_samples(_num_samples(X), n_resamples, rng)
        make = partial(_set_n_clusters, clusterer)
        curves["stability"] = compute_stability(X, candidates, transformer, make, samples, seeds[1:], n_jobs)
    if "gap" in criteria:
        has_clusterer = latent_clusterer is not None
        make = partial(_set_n_clusters, latent_clusterer) if has_clusterer else _get_mixture_factory(clusterer, Z)
        curves["gap"] = compute_gap(Z, candidates, make, seeds, n_jobs)
    return _summarize({name: curves[name] for name in criteria}, candidates)


def _check_candidates(candidates, n_rows):
    """Return the candidates as sorted unique integers."""
    numbers = np.unique(np.asarray(candidates))
    if numbers.dtype.kind not in "iu" or not numbers.size or numbers[0] < 1:
        raise ValueError(f"candidates must contain at least one integer, all of them positive, got {candidates!r}.")
    if numbers[-1] >= RESAMPLE_FRACTION * n_rows:
        raise ValueError(
            f"The largest candidate must be smaller than {RESAMPLE_FRACTION:.0%} of the {n_rows} rows, the size of a "
            f"resample, got {numbers[-1]}. Use smaller candidates."
        )
    return numbers.tolist()


def _check_criteria(criteria, candidates):
    """Return the criteria as a list of unique valid names."""
    criteria = list(dict.fromkeys(criteria))
    for name in criteria:
        if name not in CRITERIA:
            raise ValueError(f"criteria must be a subset of {', '.join(CRITERIA)}, got {name!r}.")
    if not criteria:
        raise ValueError(f"criteria must contain at least one of {', '.join(CRITERIA)}, got none.")
    if "stability" in criteria and candidates == [1]:
        raise ValueError(
            "The criterion 'stability' is undefined for one cluster. Add another candidate or remove the criterion."
        )
    return criteria


def _split_estimator(estimator):
    """Split an estimator into the parts that the criteria need.

    Returns
    -------
    transformer : transformer or None
        Steps before the clusterer.
    clusterer : clusterer
        Last step.
    encoder : transformer or None
        Computes the latent representation.
    latent_clusterer : clusterer or None
        Clusterer of the latent representation. None for a Gaussian mixture.
    """
    steps = [step for _, step in estimator.steps] if isinstance(estimator, Pipeline) else [estimator]
    *before, clusterer = steps
    transformer = make_pipeline(*map(clone, before)) if before else None
    if _get_parameter_name(clusterer) is None:
        raise ValueError(
            f"{type(clusterer).__name__} has neither n_clusters nor n_components. Use a clusterer with one of these "
            "parameters."
        )
    if not isinstance(clusterer, VaDEClusterer):
        return transformer, clusterer, transformer, clusterer
    vae = VAETransformer() if clusterer.vae is None else clone(clusterer.vae)
    return transformer, clusterer, make_pipeline(*map(clone, before), vae), None


def _get_parameter_name(clusterer):
    """Return the name of the parameter for the number of clusters, or None."""
    return next((name for name in ("n_clusters", "n_components") if name in clusterer.get_params()), None)


def _set_n_clusters(clusterer, k, seed):
    return clone_with_seed(clusterer, seed).set_params(**{_get_parameter_name(clusterer): k})


def _get_mixture_factory(clusterer, Z):
    """Return a function that creates a mixture for a number of components and a seed."""
    if not isinstance(clusterer, GaussianMixture):
        # The lower bound of the variances avoids components that cover only a few rows.
        floor = 1e-3 * float(Z.var(axis=0).mean()) or 1e-6
        clusterer = GaussianMixture(covariance_type="diag", n_init=5, max_iter=500, reg_covar=floor)
    return partial(_set_n_clusters, clusterer)


def _draw_samples(n_rows, n_resamples, rng):
    """Return the sorted rows of each resample."""
    return [np.sort(rng.choice(n_rows, round(RESAMPLE_FRACTION * n_rows), replace=False)) for _ in range(n_resamples)]


def _summarize(curves, candidates):
    """Combine the curves into tables, and choose the candidate that most criteria support."""
    numbers = np.array(candidates)
    curve = pd.concat(
        pd.DataFrame({"criterion": name, "n_clusters": numbers, "value": found.values, "error": found.errors})
        for name, found in curves.items()
    ).reset_index(drop=True)
    ranges = {
        name: (numbers[found.chosen], numbers[found.inside].min(), numbers[found.inside].max())
        for name, found in curves.items()
    }
    choices = pd.DataFrame.from_dict(ranges, orient="index", columns=["n_clusters", "low", "high"])
    choices = choices.rename_axis("criterion")
    votes = sum(((numbers >= low) & (numbers <= high)).astype(int) for _, low, high in ranges.values())
    median = choices["n_clusters"].median()
    best = numbers[votes == votes.max()]
    agree = votes.max() == len(ranges)
    within = best if agree else numbers[votes > 0]
    return NClusters(
        curve,
        choices,
        n_clusters=int(best[np.abs(best - median).argmin()]),
        low=int(within.min()),
        high=int(within.max()),
        agree=bool(agree),
    )
