"""Names of representations and clusterers: ``kind-argument@scope``, a dict of settings, or a name and an estimator."""

import difflib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sklearn.base import BaseEstimator

_NAME = re.compile(r"[\w@.=+ -]+")  # valid on every file system
_KEYS = {"name", "kind", "settings"}


class Kind(NamedTuple):
    """Registry entry of one kind of representation or clusterer.

    Attributes
    ----------
    make : callable
        Function that returns the unfitted estimator.
    classes : tuple of type
        Estimator classes whose parameters are valid settings.
    default_arguments : tuple of str
        Arguments used if the name contains none. The study gets one representation or clusterer for each of them.
        The empty string is the kind without an argument.
    allowed_arguments : tuple of str, float, str or None
        Valid arguments: one of a tuple of strings, a positive number (`float`), a column name (`str`), or none.
    """

    make: Callable
    classes: tuple
    default_arguments: tuple = ("",)
    allowed_arguments: tuple | type | None = None


@dataclass(frozen=True)
class Spec:
    """Specification of one representation or clusterer of a study.

    Parameters
    ----------
    name : str
        Name in the tables of results.
    kind : str
        Key of the registry, or "" for an estimator of the user.
    argument : str
        Text after the kind in the name, such as "4" in "beta-vae-4".
    scope : str
        Text after "@": the block that a representation uses, or the space in which a clusterer works.
    settings : dict
        Parameters of the estimator.
    estimator : estimator or None
        Estimator of the user.
    """

    name: str
    kind: str = ""
    argument: str = ""
    scope: str = ""
    settings: dict = field(default_factory=dict)
    estimator: object = None


def parse_specs(entries, registry, role, default_arguments=None):
    """Parse the representations or clusterers of a study.

    Parameters
    ----------
    entries : str, dict, tuple or a list of them
        Names, dicts with the keys ``name``, ``kind`` and ``settings``, or pairs of a name and an estimator.
    registry : dict of str to Kind
        Available kinds.
    role : str
        "representation" or "clusterer", used in error messages.
    default_arguments : dict of str to sequence, default=None
        Arguments by kind. They replace `Kind.default_arguments` unless they are empty.

    Returns
    -------
    list of Spec
        Specifications. A kind without an argument gives one specification for each default argument.

    Raises
    ------
    ValueError
        If a kind or an argument is unknown, or a name occurs twice.
    TypeError
        If an entry has another type.
    """
    entries = entries if isinstance(entries, list | tuple) and not _is_pair(entries) else [entries]
    specs = [spec for entry in entries for spec in _parse(entry, registry, role, default_arguments or {})]
    if not specs:
        raise ValueError(f"the list of {role}s is empty. Use at least one of {', '.join(registry)}")
    names = [spec.name for spec in specs]
    duplicates = [name for name in names if names.count(name) > 1]
    if duplicates:
        raise ValueError(f"duplicate {role} {duplicates[0]!r}. Give one of the two another name.")
    return specs


def check_settings(settings, classes, owner):
    """Check that all settings are parameters of some classes.

    Parameters
    ----------
    settings : dict
        Settings by name.
    classes : tuple of type
        Estimator classes.
    owner : str
        Name of the estimator in error messages.

    Raises
    ------
    ValueError
        If a setting is unknown, or if the study itself controls it (`random_state`, `vae`).
    """
    valid = {name for cls in classes for name in cls().get_params(deep=False)} - {"random_state", "vae"}
    if not isinstance(settings, dict):
        raise ValueError(f"the settings of {owner} must be a dict, got {settings!r}")
    for name in settings:
        if name not in valid:
            close = difflib.get_close_matches(str(name), valid, n=1)
            valid_text = f"Valid settings: {', '.join(sorted(valid))}" if valid else "It has no settings"
            hint = f"Did you mean {close[0]!r}?" if close else valid_text
            raise ValueError(f"unknown setting {name!r} of {owner}. {hint}")


def _is_pair(entry):
    return isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[0], str) and not isinstance(entry[1], str)


def _parse(entry, registry, role, default_arguments):
    if isinstance(entry, str):
        return _parse_name(entry, registry, role, default_arguments)
    if isinstance(entry, dict):
        return [_parse_dict(entry, registry, role, default_arguments)]
    if _is_pair(entry) and isinstance(entry[1], BaseEstimator):
        return [Spec(_check_name(entry[0], role), estimator=entry[1])]
    raise TypeError(f"a {role} must be a name, a dict, or a pair of a name and an estimator, got {entry!r}")


def _parse_dict(entry, registry, role, default_arguments):
    unknown = set(entry) - _KEYS
    if unknown or "kind" not in entry:
        problem = f"unknown key {sorted(unknown)[0]!r}" if unknown else "missing key 'kind'"
        raise ValueError(f"{problem} in {role} {entry!r}. Valid keys are name, kind and settings.")
    specs = _parse_name(entry["kind"], registry, role, default_arguments)
    if len(specs) > 1:
        names = ", ".join(spec.name for spec in specs)
        raise ValueError(f"{role} {entry['kind']!r} is short for {names}. Settings require one of these names.")
    spec, settings = specs[0], entry.get("settings", {})
    check_settings(settings, registry[spec.kind].classes, f"{role} {spec.kind!r}")
    return replace(spec, name=_check_name(entry.get("name", spec.name), role), settings=settings)


def _parse_name(text, registry, role, default_arguments):
    """Return one specification, or one for each default argument if the name contains no argument."""
    name, _, scope = str(text).partition("@")
    kind = max((kind for kind in registry if name == kind or name.startswith(f"{kind}-")), key=len, default=None)
    if kind is None:
        close = difflib.get_close_matches(name, registry, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Available: {', '.join(registry)}"
        raise ValueError(f"unknown {role} {text!r}. {hint}")
    argument = name[len(kind) + 1 :]
    if argument:
        _check_argument(argument, kind, registry[kind].allowed_arguments, f"{role} {text!r}")
    arguments = (argument,) if argument else tuple(default_arguments.get(kind) or registry[kind].default_arguments)
    if not arguments:
        raise ValueError(f"{role} {text!r} requires a column name, for example '{kind}-language'")
    suffix = f"@{scope}" if scope else ""
    return [Spec(f"{kind}{'-' if each else ''}{each}{suffix}", kind, each, scope) for each in arguments]


def _check_argument(argument, kind, allowed, owner):
    if allowed is None:
        raise ValueError(f"unknown {owner}. {kind!r} takes no argument after its name.")
    if allowed is float:
        try:
            valid = 0 < float(argument) < math.inf
        except ValueError:
            valid = False
        if not valid:
            raise ValueError(f"{owner} must end in a number greater than 0")
    elif allowed is not str and argument not in allowed:
        raise ValueError(f"{owner} must end in one of {', '.join(filter(None, allowed))}")


def _check_name(name, role):
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name.strip(". ") != name:
        raise ValueError(f"{role} name {name!r} is not valid. Use letters, digits, spaces and the characters @.=+-_")
    return name
