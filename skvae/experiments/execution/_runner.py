"""Units of work in parallel, with the time that is left."""

import logging
import time

from joblib import Parallel, delayed, effective_n_jobs

from ._tasks import run_unit

logger = logging.getLogger(__name__)


def run_all(units, data, store, *, what, n_jobs, verbose):
    """Do the units that are not in the store yet.

    Parameters
    ----------
    units : iterable of Latent, Embedding or Clusters
        What to do; of those with one key, one is done.
    data : Data
        The rows.
    store : Store
        Where results are kept.
    what : str
        What the units are, for the progress.
    n_jobs : int or None
        As in joblib.
    verbose : int
        Above 0, a progress bar on a terminal.

    Returns
    -------
    dict of str to str
        Reasons of failures by key.
    """
    from tqdm import tqdm

    units = list({unit.key: unit for unit in units}.values())
    left = [unit for unit in units if not unit.is_done(store)]
    if len(left) < len(units):
        logger.info("%d of %d %s were done before", len(units) - len(left), len(units), what)
    reasons, start = {}, time.perf_counter()
    n_jobs = min(effective_n_jobs(n_jobs), max(1, len(left)))
    done = Parallel(n_jobs, return_as="generator_unordered")(
        delayed(run_unit)(unit, data, store.folder) for unit in left
    )
    with tqdm(None, what, len(left), unit="unit", disable=None if verbose and left else True) as progress:
        for number, (unit, seconds, reason) in enumerate(done, 1):
            progress.update()
            if reason is not None:
                reasons[unit.key] = reason
                logger.warning("%s, seed %d: %s", unit.name, unit.seed, reason)
            remaining = (time.perf_counter() - start) / number * (len(left) - number)
            logger.info(
                "%s %d of %d: %s, seed %d, in %.1f s; about %s left",
                what,
                number,
                len(left),
                unit.name,
                unit.seed,
                seconds,
                _spell(remaining),
            )
    return reasons


def _spell(seconds):
    """Write a time as people say it."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
