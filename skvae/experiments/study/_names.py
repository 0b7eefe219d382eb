"""How representations and clusterers are named: ``kind-argument@part``, or settings, or an estimator."""

import difflib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sklearn.base import BaseEstimator

_NAME = re.compile(r"[\w@.=+ -]+")  # what every file system takes
_SETTINGS = {"name", "kind", "settings"}


class Kind(NamedTuple):
    """A family of representations or clusterers.

    Attributes
    ----------
    make : callable
        Gives the estimator.
    classes : tuple of type
        Estimators whose parameters its settings may hold.
    arguments : tuple of str
        What the bare name stands for, one method each; "" is the bare name itself.
    choices : tuple of str, float, str or None
        What may follow the name: one of these, a number greater than 0, the name of a column, or nothing.
    """

    make: Callable
    classes: tuple
    arguments: tuple = ("",)
    choices: tuple | type | None = None


@dataclass(frozen=True)
class Method:
    """A representation or a clusterer that a study asks for.

    Parameters
    ----------
    name : str
        What it is called in the table.
    kind : str
        Its entry in the registry; "" for an estimator.
    argument : str
        What follows the kind in the name, such as the "4" of "beta-vae-4".
    part : str
        What follows "@": the block that a representation sees, or the space that a clusterer works in.
    settings : dict
        Parameters of the estimator that the kind makes.
    estimator : estimator or None
        In place of a kind.
    """

    name: str
    kind: str = ""
    argument: str = ""
    part: str = ""
    settings: dict = field(default_factory=dict)
    estimator: object = None


def parse_methods(entries, registry, what, arguments=None):
    """Read the representations or clusterers of a study.

    Parameters
    ----------
    entries : str, dict, tuple or a list of them
        Names; dicts of ``name``, ``kind`` and ``settings``; pairs of a name and an estimator.
    registry : dict of str to Kind
        The kinds.
    what : str
        "representation" or "clusterer", for messages.
    arguments : dict of str to sequence, default=None
        Further arguments, by kind, that its bare name stands for.

    Returns
    -------
    list of Method
        What is asked for; a kind without its argument stands for all of its usual ones.

    Raises
    ------
    ValueError
        If there is no such kind or argument, or a name stands twice.
    TypeError
        If an entry is of none of these types.
    """
    entries = entries if isinstance(entries, list | tuple) and not _is_pair(entries) else [entries]
    methods = [method for entry in entries for method in _parse(entry, registry, what, arguments or {})]
    if not methods:
        raise ValueError(f"no {what} is asked for: give one of {', '.join(registry)}")
    names = [method.name for method in methods]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"{what} {twice[0]!r} stands twice: give one of them another name")
    return methods


def _is_pair(entry):
    return isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[0], str) and not isinstance(entry[1], str)


def _parse(entry, registry, what, arguments):
    if isinstance(entry, str):
        return _expand(entry, registry, what, arguments)
    if isinstance(entry, dict):
        return [_from_settings(entry, registry, what, arguments)]
    if _is_pair(entry) and isinstance(entry[1], BaseEstimator):
        return [Method(_checked(entry[0], what), estimator=entry[1])]
    raise TypeError(f"{entry!r} is no {what}: give a name, a dict of settings, or a pair of a name and an estimator")


def _from_settings(entry, registry, what, arguments):
    unknown = set(entry) - _SETTINGS
    if unknown or "kind" not in entry:
        problem = f"has the key {sorted(unknown)[0]!r}" if unknown else "lacks the key 'kind'"
        raise ValueError(f"{what} {entry!r} {problem}: the keys are name, kind and settings")
    found = _expand(entry["kind"], registry, what, arguments)
    if len(found) > 1:
        raise ValueError(
            f"{what} {entry['kind']!r} stands for {', '.join(m.name for m in found)}: settings go with one"
        )
    one, settings = found[0], entry.get("settings", {})
    check_settings(settings, registry[one.kind].classes, f"{what} {one.kind!r}")
    return replace(one, name=_checked(entry.get("name", one.name), what), settings=settings)


def check_settings(settings, classes, what):
    """Raise a ValueError for a setting that is no parameter of some classes, or not for a study to set.

    Parameters
    ----------
    settings : dict
        Settings by name.
    classes : tuple of type
        Estimators.
    what : str
        What they are, for the message.
    """
    known = {name for cls in classes for name in cls().get_params(deep=False)} - {"random_state", "vae"}
    if not isinstance(settings, dict):
        raise ValueError(f"{what} has settings by name, not {settings!r}")
    for name in settings:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(sorted(known)) or 'none'}"
            raise ValueError(f"{what} has no setting {name!r}; {hint}")


def _expand(text, registry, what, arguments):
    """Methods that a name stands for."""
    name, _, part = str(text).partition("@")
    kind = max((kind for kind in registry if name == kind or name.startswith(f"{kind}-")), key=len, default=None)
    if kind is None:
        near = difflib.get_close_matches(name, registry, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(registry)}"
        raise ValueError(f"there is no {what} {text!r}; {hint}")
    given = name[len(kind) + 1 :]
    if given:
        _check(given, registry[kind].choices, f"{what} {text!r}")
    usual = (given,) if given else tuple(arguments.get(kind) or registry[kind].arguments)
    if not usual:
        raise ValueError(f"{what} {text!r} needs the name of a column, as in '{kind}-language'")
    suffix = f"@{part}" if part else ""
    return [Method(f"{kind}{'-' if argument else ''}{argument}{suffix}", kind, argument, part) for argument in usual]


def _check(argument, choices, name):
    if choices is None:
        raise ValueError(f"{name} is not known: nothing follows the name before it")
    if choices is float:
        try:
            good = 0 < float(argument) < math.inf
        except ValueError:
            good = False
        if not good:
            raise ValueError(f"{name} must end in a number greater than 0")
    elif choices is not str and argument not in choices:
        raise ValueError(f"{name} must end in one of {', '.join(filter(None, choices))}")


def _checked(name, what):
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name.strip(". ") != name:
        raise ValueError(f"{what} name {name!r} must be letters, digits, spaces and any of @ . = + - _")
    return name
