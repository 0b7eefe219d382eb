"""Random seeds of estimators and studies."""

from numbers import Integral


def check_seeds(seeds):
    """Return a list of distinct seeds from a list, or from the number of seeds."""
    if isinstance(seeds, Integral) and not isinstance(seeds, bool):
        seeds = range(seeds)
    seeds = list(seeds)
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must be a positive number of seeds or a list of different seeds, got {seeds!r}")
    for seed in seeds:
        if not isinstance(seed, Integral) or isinstance(seed, bool) or not 0 <= seed < 2**32:
            raise ValueError(f"each seed must be an integer from 0 to 2**32 - 1, got {seed!r}")
    return [int(seed) for seed in seeds]


def set_random_state(estimator, seed):
    """Set every `random_state` parameter of an estimator and of its nested estimators."""
    return estimator.set_params(**dict.fromkeys(_random_states(estimator), seed))


def is_random(estimator):
    """Return whether an estimator has a `random_state` parameter."""
    return bool(_random_states(estimator))


def _random_states(estimator):
    return [name for name in estimator.get_params() if name.split("__")[-1] == "random_state"]
