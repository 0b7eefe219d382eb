"""Parallel processing of recordings, in processes or in threads. A process that ends affects only one recording."""

import contextlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor
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


def map_ahead(function, sources, n_jobs, on_lost):
    """Apply a function to each source in threads, ahead of the caller, and yield the results in order.

    At most three results per thread are in memory. They are not copied between processes.

    Parameters
    ----------
    function : callable
        Function of a source that spends its time outside the Python interpreter, as decoding does. Picklable if a Dask
        cluster is active.
    sources : list
        Arguments of the function.
    n_jobs : int or None
        Number of threads, see joblib. One job uses no thread.
    on_lost : callable
        Function of a reason. Returns the result for a source whose Dask workers ended.

    Yields
    ------
    result : object
        Result for the next source.
    """
    if active_dask_backend() is not None:
        yield from parallel_map(function, sources, n_jobs, on_lost)
        return
    n_threads = joblib.effective_n_jobs(n_jobs)
    if n_threads == 1:
        yield from map(function, sources)
        return
    with ThreadPoolExecutor(n_threads) as threads:
        running = deque()
        try:
            for source in sources:
                running.append(threads.submit(function, source))
                if len(running) == 3 * n_threads:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            for future in running:  # if the caller stops early
                future.cancel()


def compile_librosa():
    """Compile the numba functions of librosa and store them on disk, before several workers do so at the same time.

    Concurrent compilations of a generalized universal function can corrupt the cache of numba, and every later call
    then crashes the process (numba, issue 10128). Call this function before `parallel_map` if the workers use librosa.
    """
    import librosa.core.pitch  # of the librosa modules in use, only these two contain such functions
    import librosa.util.utils  # noqa: F401


def uses_processes(n_jobs):
    """Return whether `parallel_map` calls its function in several other processes."""
    backend, _ = joblib.parallel.get_active_backend()
    return joblib.effective_n_jobs(n_jobs) > 1 and not getattr(backend, "supports_sharedmem", False)


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
