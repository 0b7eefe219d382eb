"""Descriptor and the registry of all descriptors."""

from collections.abc import Callable
from functools import partial, update_wrapper
from types import MappingProxyType
from typing import NamedTuple


class Descriptor(NamedTuple):
    """Computation and column names of a descriptor.

    Attributes
    ----------
    compute : callable
        Function from a `Spectrum` to an ndarray of shape (len(names), t), or (len(names),) if `whole` is True.
    names : tuple of str
        Name of each row.
    unit : str
        Unit of the values.
    whole : bool
        Whether the descriptor has one value per row for the whole excerpt. Such a descriptor has no frames, and
        statistics are not applied to it.
    """

    compute: Callable
    names: tuple[str, ...]
    unit: str
    whole: bool = False


_registry = {}

DESCRIPTORS = MappingProxyType(_registry)
"""All descriptors by name (read-only). Each value is a `Descriptor`."""


def descriptor(unit, rows=None, *, name=None, whole=False, **settings):
    """Return a decorator that registers a function as a descriptor.

    Parameters
    ----------
    unit : str
        Unit of the values.
    rows : iterable of str, default=None
        Names of the rows. None means one row with the name of the descriptor.
    name : str, default=None
        Name of the descriptor. None uses the name of the function.
    whole : bool, default=False
        Whether the descriptor has no frames, see `Descriptor`.
    **settings : dict
        Additional keyword arguments of the function.

    Returns
    -------
    decorator : callable
        Decorator that registers the function and returns it unchanged.
    """

    def register(function):
        key = name or function.__name__
        compute = update_wrapper(partial(function, **settings), function) if settings else function
        _registry[key] = Descriptor(compute, (key,) if rows is None else tuple(rows), unit, whole)
        return function

    return register
