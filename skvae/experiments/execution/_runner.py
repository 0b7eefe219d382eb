"""Parallel execution of tasks, with progress and estimated remaining time."""

import logging
import sys
import time
import warnings
from contextlib import contextmanager

import torch
from joblib import Parallel, delayed, effective_n_jobs
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from ._store import Store

logger = logging.getLogger(__name__)

# Warnings for developers of libraries, and warnings about intended behavior.
DEVELOPER_WARNINGS = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning, ResourceWarning)
INTENDED = ("Graph is not fully connected", "n_jobs value")


def run_tasks(tasks, data, store, *, title, n_jobs, verbose):
    """Run all tasks whose results are not in the store.

    Parameters
    ----------
    tasks : iterable of LatentTask, EmbeddingTask or ClusteringTask
        Tasks to run. Tasks with the same key run once.
    data : Data
        Data of the study.
    store : Store
        Store of the results.
    title : str
        Title of the progress bar.
    n_jobs : int or None
        Number of parallel jobs, as in joblib.
    verbose : int
        If positive, show a progress bar on a terminal, or else print the number of tasks.

    Returns
    -------
    dict of str to str
        Reasons of failures by key.
    """
    tasks = list({task.key: task for task in tasks}.values())
    pending = [task for task in tasks if not task.is_done(store)]
    if len(pending) < len(tasks):
        logger.info("%s: %d of %d were computed before", title, len(tasks) - len(pending), len(tasks))
    if verbose and pending and not sys.stderr.isatty():  # a terminal shows a progress bar instead
        tqdm.write(f"{title}: {len(pending)} task{'s' * (len(pending) > 1)}", file=sys.stderr)
    reasons, start = {}, time.perf_counter()
    n_jobs = min(effective_n_jobs(n_jobs), max(1, len(pending)))
    results = Parallel(n_jobs, return_as="generator_unordered")(
        delayed(run_task)(task, data, store.folder) for task in pending
    )
    with tqdm(None, title, len(pending), unit="task", disable=None if verbose and pending else True) as progress:
        for number, (task, seconds, reason) in enumerate(results, 1):
            progress.update()
            if reason is not None:
                reasons[task.key] = reason
                logger.warning("%s, seed %d: %s", task.name, task.seed, reason)
            remaining = (time.perf_counter() - start) / number * (len(pending) - number)
            logger.info(
                "%s %d of %d: %s, seed %d (%.1f s), about %s left",
                title,
                number,
                len(pending),
                task.name,
                task.seed,
                seconds,
                tqdm.format_interval(remaining),
            )
    return reasons


def run_task(task, data, store_folder):
    """Run one task on a single thread and store its result.

    Parameters
    ----------
    task : LatentTask, EmbeddingTask or ClusteringTask
        Task to run.
    data : Data
        Data of the study.
    store_folder : path-like
        Folder of the store.

    Returns
    -------
    task : LatentTask, EmbeddingTask or ClusteringTask
        The task.
    seconds : float
        Duration.
    reason : str or None
        Reason of a failure.
    """
    start, reason, store = time.perf_counter(), None, Store(store_folder)
    try:
        with _single_thread(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            record, arrays = task.compute(data, store)
        record["warnings"] = _warning_texts(caught)
        store.put(task.key, record, arrays)
    except Exception as error:  # any estimator can raise any error; the study reports it and continues
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        logger.info("%s, seed %d failed", task.name, task.seed, exc_info=True)
    return task, time.perf_counter() - start, reason


@contextmanager
def _single_thread():
    """Limit the task to one thread, so that the order of sums does not depend on the number of workers."""
    n_threads = torch.get_num_threads()
    with threadpool_limits(1):
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(n_threads)


def _warning_texts(caught):
    """Return the distinct texts of the warnings that concern users."""
    texts = [str(warning.message) for warning in caught if not issubclass(warning.category, DEVELOPER_WARNINGS)]
    return list(dict.fromkeys(" ".join(text.split()) for text in texts if not text.startswith(INTENDED)))
