"""How many clusters: a curve and a range, by several criteria."""

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
from ..metrics.internal import RESAMPLE_FRACTION, clone_with_seed
from ..vae import VAETransformer
from .criteria._gap import compute_gap
from .criteria._information import compute_information_criteria
from .criteria._stability import compute_stability

CRITERIA = ("bic", "icl", "stability", "gap")


@dataclass
class NClusters:
    """How many clusters a table has, as far as it tells; made by `select_n_clusters`.

    Attributes
    ----------
    curve : DataFrame
        Columns ``criterion``, ``n_clusters``, ``value`` and ``error``; see `select_n_clusters`.
    choices : DataFrame
        A row for each criterion: ``n_clusters`` that it chooses, and ``low`` and ``high``, the least and greatest
        number that it cannot tell from that one.
    n_clusters : int
        The number that lies in the ranges of most criteria; of several, that nearest to the median of their choices.
    low : int
        The least number that lies in all ranges; where there is none, in any.
    high : int
        The greatest.
    agree : bool
        Whether there is one that lies in all.
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
    r"""Ask several criteria how many clusters a table has.

    Real tables seldom have one right number: what comes back is a curve for each criterion, its choice, and the range
    of numbers that it cannot tell from it.

    ``"bic"`` and ``"icl"``
        Of a mixture of :math:`k` Gaussians on the latent, with :math:`p` parameters, likelihood :math:`L` and
        memberships :math:`t` [1]_ [2]_; lower is better, and ICL also wants clusters apart:

        .. math:: BIC = p \log n - 2 \log L, \qquad ICL = BIC - 2 \sum_i \sum_c t_{ic} \log t_{ic}

    ``"stability"``
        Mean adjusted Rand index between refits on resamples of 80 % of the rows, on the rows that two of them share
        [3]_; higher is better, and of equally stable numbers the largest is chosen. Small numbers are stable easily; of
        one cluster it says nothing, and does not rule it out.
    ``"gap"``
        By how much the logarithm of the scatter within clusters falls below that of uniform tables in the box of the
        principal axes [4]_. It chooses the smallest number whose gap is at least that of the next less its error; its
        range goes on to the widest gap.

    Parameters
    ----------
    estimator : clusterer or Pipeline
        With a parameter ``n_clusters`` or ``n_components``, itself or its last step. What stands before the last step
        makes the latent. It is fitted once for "bic", "icl" and "gap", and once on each resample for "stability": hand
        in the latent and a clusterer where that takes too long. The mixture of "bic" and "icl" is the last step, if
        that is a `GaussianMixture`, else one of diagonal Gaussians. The latent of a `VaDEClusterer` is that of its
        `vae`, since latents that a mixture has shaped do not compare between numbers; a diagonal mixture clusters
        it for the gap, and only "stability" fits the whole, for every resample and candidate.
    X : array-like of shape (n_samples, n_features)
        The table.
    candidates : array-like of int
        Numbers of clusters to try, such as ``range(2, 21)``.
    criteria : sequence of {"bic", "icl", "stability", "gap"}, default=("bic", "icl", "stability", "gap")
        Whom to ask.
    n_resamples : int, default=10
        Resamples behind errors and "stability", and reference tables of "gap".
    random_state : int, RandomState instance or None, default=None
        Governs resamples and references, and seeds all that is random in `estimator`.
    n_jobs : int or None, default=None
        Processes, as in joblib.

    Returns
    -------
    NClusters
        Its curve has a row for each criterion and number. The error of "bic" and "icl" is the standard error of the
        difference to the chosen number, by the delete-d jackknife over the resamples; that of "stability" is the
        standard deviation of this difference over resamples; that of "gap" the one of Tibshirani et al. A number is in
        the range of a criterion if its disadvantage is at most its error.

    Raises
    ------
    ValueError
        If a candidate or a criterion does not exist, there are too few rows, or `estimator` has no such parameter.

    See Also
    --------
    skvae.plots.NClustersDisplay : Draws the curves.

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
    >>> found = select_n_clusters(KMeans(n_init=3), X, range(1, 6), n_resamples=4, random_state=0)
    >>> found.n_clusters, found.choices["n_clusters"].to_dict()
    (3, {'bic': 3, 'icl': 3, 'stability': 3, 'gap': 3})
    """
    candidates = _check_candidates(candidates, _num_samples(X))
    criteria = _check_criteria(criteria, candidates)
    transformer, clusterer, to_latent, on_latent = _parts(estimator)
    rng = check_random_state(random_state)
    seeds = rng.randint(np.iinfo(np.int32).max, size=n_resamples + 1).tolist()
    curves = {}
    if {"bic", "icl", "gap"} & set(criteria):
        Z = np.asarray(
            X if to_latent is None else clone_with_seed(to_latent, seeds[0]).fit_transform(X), dtype=np.float64
        )
        Z = Z[~np.isnan(Z).all(axis=1)]  # rows that lack every modality
    if {"bic", "icl"} & set(criteria):
        samples = _samples(len(Z), n_resamples, rng)
        curves["bic"], curves["icl"] = compute_information_criteria(
            Z, candidates, _mixture(clusterer, Z), samples, seeds[0], n_jobs
        )
    if "stability" in criteria:
        samples = _samples(_num_samples(X), n_resamples, rng)
        make = partial(_with_number, clusterer)
        curves["stability"] = compute_stability(X, candidates, transformer, make, samples, seeds[1:], n_jobs)
    if "gap" in criteria:
        make = partial(_with_number, on_latent) if on_latent is not None else _mixture(clusterer, Z)
        curves["gap"] = compute_gap(Z, candidates, make, seeds, n_jobs)
    return _conclude({name: curves[name] for name in criteria}, candidates)


def _check_candidates(candidates, n_rows):
    """Candidates as ascending whole numbers."""
    numbers = np.unique(np.asarray(candidates))
    if numbers.dtype.kind not in "iu" or not numbers.size or numbers[0] < 1:
        raise ValueError(f"candidates must be whole numbers from 1, at least one; got {candidates!r}.")
    if numbers[-1] >= RESAMPLE_FRACTION * n_rows:
        raise ValueError(
            f"candidates go up to {numbers[-1]}, but a resample has {RESAMPLE_FRACTION:.0%} of {n_rows} rows: "
            "stay below that."
        )
    return numbers.tolist()


def _check_criteria(criteria, candidates):
    """Criteria as a list of known names."""
    criteria = list(dict.fromkeys(criteria))
    for name in criteria:
        if name not in CRITERIA:
            raise ValueError(f"criteria has {name!r}; there are {', '.join(CRITERIA)}.")
    if not criteria:
        raise ValueError(f"criteria is empty: name at least one of {', '.join(CRITERIA)}.")
    if "stability" in criteria and candidates == [1]:
        raise ValueError(
            "criteria has 'stability', which says nothing of one cluster: add a candidate or leave it out."
        )
    return criteria


def _parts(estimator):
    """Take an estimator apart.

    Returns
    -------
    transformer : transformer or None
        What stands before the clusterer.
    clusterer : clusterer
        The last step.
    to_latent : transformer or None
        Makes the latent.
    on_latent : clusterer or None
        Clusters the latent; None stands for a mixture.
    """
    steps = [step for _, step in estimator.steps] if isinstance(estimator, Pipeline) else [estimator]
    *before, clusterer = steps
    transformer = make_pipeline(*map(clone, before)) if before else None
    if _number(clusterer) is None:
        raise ValueError(
            f"{type(clusterer).__name__} has neither n_clusters nor n_components: give a clusterer that has."
        )
    if not isinstance(clusterer, VaDEClusterer):
        return transformer, clusterer, transformer, clusterer
    vae = VAETransformer() if clusterer.vae is None else clone(clusterer.vae)
    return transformer, clusterer, make_pipeline(*map(clone, before), vae), None


def _number(clusterer):
    """Name of the parameter that is the number of clusters, or None."""
    return next((name for name in ("n_clusters", "n_components") if name in clusterer.get_params()), None)


def _with_number(clusterer, k, seed):
    return clone_with_seed(clusterer, seed).set_params(**{_number(clusterer): k})


def _mixture(clusterer, Z):
    """Make the maker of the mixtures whose BIC is asked for."""
    if not isinstance(clusterer, GaussianMixture):
        # A component may not close on a few rows: its variances stay above a share of the latent's.
        floor = 1e-3 * float(Z.var(axis=0).mean()) or 1e-6
        clusterer = GaussianMixture(covariance_type="diag", n_init=5, max_iter=500, reg_covar=floor)
    return partial(_with_number, clusterer)


def _samples(n_rows, n_resamples, rng):
    """Rows of each resample, ascending."""
    return [np.sort(rng.choice(n_rows, round(RESAMPLE_FRACTION * n_rows), replace=False)) for _ in range(n_resamples)]


def _conclude(curves, candidates):
    """Make tables of the curves, and weigh the criteria."""
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
    middle = choices["n_clusters"].median()
    favourites = numbers[votes == votes.max()]
    agree = votes.max() == len(ranges)
    within = favourites if agree else numbers[votes > 0]
    return NClusters(
        curve,
        choices,
        n_clusters=int(favourites[np.abs(favourites - middle).argmin()]),
        low=int(within.min()),
        high=int(within.max()),
        agree=bool(agree),
    )
