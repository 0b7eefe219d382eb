"""Validation of all public docstrings by numpydoc."""

import dataclasses
import importlib
import inspect

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

import skvae

# Required checks. The other checks of numpydoc demand sections that not every docstring needs.
CHECKS = {
    "GL05": "no tabs",
    "GL06": "only numpydoc sections",
    "GL07": "sections in numpydoc's order",
    "GL08": "there is a docstring",
    "SS01": "there is a summary",
    "SS02": "the summary starts with a capital",
    "SS03": "the summary ends with a period",
    "SS06": "the summary is one line",
    "PR01": "every parameter is documented",
    "PR02": "no unknown parameter is documented",
    "PR03": "parameters are in the order of the signature",
    "PR04": "every parameter has a type",
    "PR07": "every parameter has a description",
    "RT03": "the return value has a description",
    "YD01": "yielded values are documented",
}


def public_objects():
    """Return a dictionary from full names to public classes and functions."""
    found = {}
    modules = [skvae, *(getattr(skvae, name) for name in skvae.__all__ if inspect.ismodule(getattr(skvae, name)))]
    for module in modules:
        for name in importlib.import_module(module.__name__).__all__:
            value = getattr(module, name)
            if inspect.isclass(value) or inspect.isroutine(value):
                found[f"{value.__module__}.{value.__qualname__}"] = value
    return found


PUBLIC = public_objects()


def own_methods(cls):
    """Yield the public methods defined in the class. scikit-learn documents inherited methods."""
    for name, value in vars(cls).items():
        if not name.startswith("_") and (inspect.isroutine(value) or isinstance(value, property)):
            yield f"{cls.__module__}.{cls.__qualname__}.{name}"


NAMES = sorted([*PUBLIC, *(name for value in PUBLIC.values() if inspect.isclass(value) for name in own_methods(value))])


def is_record(value):
    """Return whether the class only contains results. The fields of such a class are attributes."""
    return inspect.isclass(value) and (dataclasses.is_dataclass(value) or hasattr(value, "_fields"))


@pytest.mark.parametrize("name", NAMES)
def test_docstring_is_complete(name):
    checks = CHECKS.keys() - ({"PR01"} if is_record(PUBLIC.get(name)) else set())
    errors = [f"{code} {text}" for code, text in validate(name)["errors"] if code in checks]
    assert not errors, "\n".join(errors)


@pytest.mark.parametrize("name", [name for name, value in PUBLIC.items() if is_record(value)])
def test_record_documents_its_fields(name):
    documented = {
        part.name for section in ("Parameters", "Attributes") for part in NumpyDocString(PUBLIC[name].__doc__)[section]
    }
    assert set(inspect.signature(PUBLIC[name]).parameters) <= documented


def needs_example(value):
    """Return whether users create instances of the class: it is not a record, error or warning."""
    return inspect.isclass(value) and not is_record(value) and not issubclass(value, Exception)


@pytest.mark.parametrize("name", [name for name, value in PUBLIC.items() if needs_example(value)])
def test_class_has_an_example(name):
    """pytest runs the example, because it collects the doctests."""
    _, section, example = validate(name)["docstring"].partition("Examples\n")
    assert section, f"{name} has no Examples section"
    assert ">>>" in example
