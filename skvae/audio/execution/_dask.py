"""Parallel processing of recordings on a Dask cluster whose workers may fail.

Tasks are submitted directly to the Dask client of ``joblib.parallel_config(backend="dask")``. The Dask backend of
joblib is not used: it waits indefinitely for a task that Dask has canceled because all its workers failed.
"""

import math
from itertools import islice

import joblib.parallel

BATCH_SIZE = 8
"""Maximum number of recordings per task. A task takes about half a second, much longer than its scheduling."""

TASKS_PER_THREAD = 4
"""Number of tasks queued per thread of the cluster, so that threads do not wait for the next task."""


def active_dask_backend():
    """Return the active joblib backend if it is Dask's, otherwise None."""
    backend, _ = joblib.parallel.get_active_backend()
    return backend if type(backend).__name__ == "DaskDistributedBackend" else None


def map_with_dask(function, sources, backend, on_lost):
    """Apply a function to each source on a Dask cluster, and yield the results in order.

    Parameters
    ----------
    function : callable
        Picklable function of a source.
    sources : list
        Arguments of the function.
    backend : DaskDistributedBackend
        Joblib backend that contains the client and its keyword arguments.
    on_lost : callable
        Function of a reason. Returns the result for a source whose workers all ended.

    Yields
    ------
    result : object
        Result for the next source.
    """
    from distributed import KilledWorker, as_completed

    n_threads = max(1, sum(backend.client.ncores().values()))
    size = min(BATCH_SIZE, math.ceil(len(sources) / (TASKS_PER_THREAD * n_threads)))
    batches = iter([range(first, min(first + size, len(sources))) for first in range(0, len(sources), size or 1)])
    completed, running, done, n_yielded = as_completed([], with_results=True, raise_errors=False), {}, {}, 0
    suspects, alone = [], False

    def submit(rows):
        batch = [sources[row] for row in rows]
        future = backend.client.submit(_call_each, function, batch, pure=False, **backend.submit_kwargs)
        running[future] = rows
        completed.add(future)

    try:
        for rows in islice(batches, TASKS_PER_THREAD * n_threads):
            submit(rows)
        for future, results in completed:
            rows = running.pop(future)
            if isinstance(results, list):
                done.update(zip(rows, results, strict=True))
            else:
                error = results[1] if isinstance(results, tuple) else results
                if not isinstance(error, KilledWorker):
                    raise error
                if alone:
                    done[rows[0]] = on_lost(f"the worker processes ended: {str(error).split('. ')[0]}")
                else:
                    # Dask cancels all tasks of the workers that failed. The recording that caused it is unknown.
                    # Each of these recordings is therefore processed alone later.
                    suspects.extend(rows)
            if (rows := next(batches, None)) is not None:
                submit(rows)
            elif suspects and not running:
                alone = True
                submit([suspects.pop(0)])
            while n_yielded in done:
                yield done.pop(n_yielded)
                n_yielded += 1
    finally:
        backend.client.cancel(list(running))


def _call_each(function, sources):
    return [function(source) for source in sources]
