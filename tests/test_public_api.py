"""Public names of skvae, and the libraries that an import must not load."""

import importlib
import importlib.util
import os
import subprocess
import sys

import pytest

import skvae

HEAVY = ["torch", "librosa", "transformers", "sentence_transformers", "umap", "matplotlib", "sklearn", "pandas"]
LATE = ["librosa", "sentence_transformers", "umap", "matplotlib"]
PACKAGES = [name for name in skvae.__all__ if importlib.util.find_spec(f"skvae.{name}")]


def test_import_is_light():
    code = f"import sys, skvae; print(*[name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True).stdout.split()
    assert loaded == []


def test_import_of_report_is_light():
    code = f"import sys, skvae.report; print(*[name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True).stdout.split()
    assert loaded == []


@pytest.mark.parametrize(("given", "kept"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_import_sets_passive_threads_unless_the_user_set_them(given, kept):
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment |= {} if given is None else {"OMP_WAIT_POLICY": given}
    code = "import skvae, os; print(os.environ['OMP_WAIT_POLICY'])"
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True, env=environment)
    assert done.stdout.strip() == kept


def test_packages_do_not_import_slow_libraries():
    """The functions that need these libraries import them, so that other functions start quickly."""
    code = (
        f"import importlib, sys\nfor package in {PACKAGES}:\n    importlib.import_module(f'skvae.{{package}}')\n"
        f"    print(*[f'{{package}} imports {{name}}' for name in {LATE} if name in sys.modules], sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_package_can_be_imported_first(package):
    """An import of other packages before it can hide circular and missing imports."""
    code = f"import sys, skvae.{package}; print(*[name for name in {LATE} if name in sys.modules])"
    code += f"\nfor name in skvae.{package}.__all__:\n    getattr(skvae.{package}, name)"
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


@pytest.mark.parametrize("name", skvae.__all__)
def test_every_public_name_resolves(name):
    assert getattr(skvae, name) is not None
    assert name in dir(skvae)


def test_packages_are_found():
    assert {"audio", "cluster", "features", "lyrics", "metrics", "vae"} <= set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_names_in_all_exist(package):
    module = importlib.import_module(f"skvae.{package}")
    assert module.__all__, f"skvae.{package}.__all__ is empty"
    assert len(set(module.__all__)) == len(module.__all__), "__all__ contains a name twice"
    for name in module.__all__:
        assert not name.startswith("_")
        assert getattr(module, name) is not None
        assert name in dir(module)


def test_top_level_names_are_public_in_their_package():
    for name in set(skvae.__all__) - set(PACKAGES):
        home = importlib.import_module(".".join(getattr(skvae, name).__module__.split(".")[:2]))
        if home.__name__ != "skvae.persistence":
            assert name in home.__all__, f"{name} is public in skvae but not in {home.__name__}"


@pytest.mark.parametrize("module", ["skvae", *(f"skvae.{package}" for package in PACKAGES)])
def test_unknown_name_raises(module):
    with pytest.raises(AttributeError, match="no_such_name"):
        importlib.import_module(module).no_such_name
