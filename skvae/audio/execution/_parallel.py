"""Recordings spread over joblib's workers, of which one may die."""

import contextlib
from collections import deque
from concurrent.futures.process import BrokenProcessPool

import joblib

from ._dask import dask_backend, spread_by_dask


def spread(function, sources, n_jobs, lost):
    """Yield what a function makes of each source, in order.

    Parameters
    ----------
    function : callable
        Of a source; picklable.
    sources : list
        What it is called with.
    n_jobs : int or None
        As for joblib.
    lost : callable
        What stands for a source whose worker process died over it, from the reason.
    """
    if joblib.effective_n_jobs(n_jobs) > 1:
        _compile_once()
    if (backend := dask_backend()) is not None:
        yield from spread_by_dask(function, sources, backend, lost)
        return
    n_done = 0
    while n_done < len(sources):
        waiting, rows = deque(sources[n_done:]), ()
        try:
            rows = joblib.Parallel(n_jobs, return_as="generator")(map(joblib.delayed(function), _taken(waiting)))
            for row in rows:
                yield row
                n_done += 1
        except BrokenProcessPool:
            # All workers go with the one that died, and nobody knows over what: each that may have been at work has a
            # turn alone.
            for source in sources[n_done : n_done + 2 * joblib.effective_n_jobs(n_jobs)]:
                yield _alone(function, source, n_jobs, lost)
                n_done += 1
        finally:
            # When the caller wants no more, what runs comes to its end, since joblib's workers, stopped in the middle,
            # may leave a thread that fails.
            waiting.clear()
            deque(rows, maxlen=0)


def _compile_once():
    """Have numba compile librosa's loops here, and store them, before workers all do so at once.

    What its cache then holds of a generalized universal function may be of two compilations that do not fit, and every
    later call crashes the process (numba, issue 10128).
    """
    import librosa.core.pitch  # of all that we call, these two modules have such functions
    import librosa.util.utils  # noqa: F401


def _alone(function, source, n_jobs, lost):
    try:
        return joblib.Parallel(n_jobs)([joblib.delayed(function)(source)])[0]
    except BrokenProcessPool as error:
        return lost(f"the process at work on it ended: {str(error).splitlines()[0]}")


def _taken(waiting):
    """Take from the left of a deque, until it is empty: a thread of joblib's does, while this one may clear it."""
    with contextlib.suppress(IndexError):
        while True:
            yield waiting.popleft()
