"""What a descriptor is, and the registry of them all."""

from collections.abc import Callable
from functools import partial, update_wrapper
from types import MappingProxyType
from typing import NamedTuple


class Descriptor(NamedTuple):
    """How one descriptor is computed and named.

    Attributes
    ----------
    compute : callable
        `Spectrum` -> ndarray of shape (len(names), t), or (len(names),) when it is `whole`.
    names : tuple of str
        Name of each row.
    unit : str
        Unit of the values.
    whole : bool
        Whether it has one value for a whole excerpt, and no frames that statistics could be taken of.
    """

    compute: Callable
    names: tuple[str, ...]
    unit: str
    whole: bool = False


_registry = {}

DESCRIPTORS = MappingProxyType(_registry)
"""Every descriptor by name: its function, the names of its rows, its unit, and whether it has frames. Read-only."""


def descriptor(unit, rows=None, *, name=None, whole=False, **settings):
    """Make the decorator that registers a function of a `Spectrum`.

    Parameters
    ----------
    unit : str
        Unit of the values.
    rows : iterable of str, default=None
        Names of the rows; None for one row, named like the descriptor.
    name : str, default=None
        Name of the descriptor; None takes the function's.
    whole : bool, default=False
        As in `Descriptor`.
    **settings : dict
        What else the function is called with.

    Returns
    -------
    decorator : callable
        Registers the function and returns it as it was.
    """

    def register(function):
        key = name or function.__name__
        compute = update_wrapper(partial(function, **settings), function) if settings else function
        _registry[key] = Descriptor(compute, (key,) if rows is None else tuple(rows), unit, whole)
        return function

    return register
