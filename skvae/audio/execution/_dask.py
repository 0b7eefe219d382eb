"""Recordings spread over the workers of a Dask cluster, of which some may die.

Tasks go to Dask itself, to the client that ``joblib.parallel_config(backend="dask")`` found: joblib's own backend waits
for ever for a task that Dask gives up because every worker that took it has died.
"""

import math
from itertools import islice

import joblib.parallel

BATCH = 8
"""Recordings of a task, at most: half a second of work, hundreds of times what a task costs the scheduler."""

AHEAD = 4
"""Tasks that a thread of the cluster has before it, so that it need not wait for the next."""


def dask_backend():
    """Return joblib's backend if it is that of Dask, else None."""
    backend, _ = joblib.parallel.get_active_backend()
    return backend if type(backend).__name__ == "DaskDistributedBackend" else None


def spread_by_dask(function, sources, backend, lost):
    """Yield what a function makes of each source, in order.

    Parameters
    ----------
    function : callable
        Of a source; picklable.
    sources : list
        What it is called with.
    backend : DaskDistributedBackend
        Whose client, and keyword arguments for it, are used.
    lost : callable
        What stands for a source that was given up, from the reason.
    """
    from distributed import KilledWorker, as_completed

    n_threads = max(1, sum(backend.client.ncores().values()))
    size = min(BATCH, math.ceil(len(sources) / (AHEAD * n_threads)))
    parts = iter([range(first, min(first + size, len(sources))) for first in range(0, len(sources), size or 1)])
    completed, at_work, done, n_yielded = as_completed([], with_results=True, raise_errors=False), {}, {}, 0
    suspects, alone = [], False

    def submit(rows):
        part = [sources[row] for row in rows]
        future = backend.client.submit(_each, function, part, pure=False, **backend.submit_kwargs)
        at_work[future] = rows
        completed.add(future)

    try:
        for rows in islice(parts, AHEAD * n_threads):
            submit(rows)
        for future, results in completed:
            rows = at_work.pop(future)
            if isinstance(results, list):
                done.update(zip(rows, results, strict=True))
            else:
                error = results[1] if isinstance(results, tuple) else results
                if not isinstance(error, KilledWorker):
                    raise error
                if alone:
                    done[rows[0]] = lost(f"the workers at work on it ended: {str(error).split('. ')[0]}")
                else:  # Dask gives up all that lay with the workers that died, and nobody knows over what they did
                    suspects.extend(rows)
            if (rows := next(parts, None)) is not None:
                submit(rows)
            elif suspects and not at_work:
                alone = True
                submit([suspects.pop(0)])
            while n_yielded in done:
                yield done.pop(n_yielded)
                n_yielded += 1
    finally:
        backend.client.cancel(list(at_work))


def _each(function, sources):
    return [function(source) for source in sources]
