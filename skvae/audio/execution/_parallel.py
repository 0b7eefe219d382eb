"""Parallel processing of recordings with joblib. A worker process that ends affects only one recording."""

import contextlib
from collections import deque
from concurrent.futures.process import BrokenProcessPool

import joblib

from ._dask import active_dask_backend, map_with_dask


def parallel_map(function, sources, n_jobs, on_lost):
    """Apply a function to each source in parallel, and yield the results in order.

    Parameters
    ----------
    function : callable
        Picklable function of a source.
    sources : list
        Arguments of the function.
    n_jobs : int or None
        Number of jobs, see joblib.
    on_lost : callable
        Function of a reason. Returns the result for a source whose worker process ended.

    Yields
    ------
    result : object
        Result for the next source.
    """
    if joblib.effective_n_jobs(n_jobs) > 1:
        _compile_librosa()
    if (backend := active_dask_backend()) is not None:
        yield from map_with_dask(function, sources, backend, on_lost)
        return
    n_done = 0
    while n_done < len(sources):
        waiting, rows = deque(sources[n_done:]), ()
        try:
            rows = joblib.Parallel(n_jobs, return_as="generator")(map(joblib.delayed(function), _pop_all(waiting)))
            for row in rows:
                yield row
                n_done += 1
        except BrokenProcessPool:
            # All workers end together with the one that failed, and the source that caused it is unknown. Each source
            # that may have been in progress is therefore processed separately.
            for source in sources[n_done : n_done + 2 * joblib.effective_n_jobs(n_jobs)]:
                yield _call_alone(function, source, n_jobs, on_lost)
                n_done += 1
        finally:
            # If the caller stops early, running tasks are completed. Joblib workers that are stopped in the middle of a
            # task can leave a thread that fails.
            waiting.clear()
            deque(rows, maxlen=0)


def _compile_librosa():
    """Compile the numba functions of librosa and store them on disk, before several workers do so at the same time.

    Concurrent compilations of a generalized universal function can corrupt the cache of numba, and every later call
    then crashes the process (numba, issue 10128).
    """
    import librosa.core.pitch  # of the librosa modules in use, only these two contain such functions
    import librosa.util.utils  # noqa: F401


def _call_alone(function, source, n_jobs, on_lost):
    """Call the function with one source, and return the result of `on_lost` if the worker process ends."""
    try:
        return joblib.Parallel(n_jobs)([joblib.delayed(function)(source)])[0]
    except BrokenProcessPool as error:
        return on_lost(f"the worker process ended: {str(error).splitlines()[0]}")


def _pop_all(waiting):
    """Yield items from the left of a deque until it is empty. Another thread may clear the deque in the meantime."""
    with contextlib.suppress(IndexError):
        while True:
            yield waiting.popleft()
