"""What `import skvae` gives, and what it must not load."""

import importlib
import importlib.util
import os
import subprocess
import sys

import pytest

import skvae

HEAVY = ["torch", "librosa", "transformers", "sentence_transformers", "umap", "matplotlib", "sklearn", "pandas"]
ROOMS = [name for name in skvae.__all__ if importlib.util.find_spec(f"skvae.{name}")]


def test_import_is_light():
    code = f"import sys, skvae; print(*[name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True).stdout.split()
    assert loaded == []


@pytest.mark.parametrize(("given", "kept"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_do_not_spin_unless_the_user_says_so(given, kept):
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment |= {} if given is None else {"OMP_WAIT_POLICY": given}
    code = "import skvae, os; print(os.environ['OMP_WAIT_POLICY'])"
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True, env=environment)
    assert done.stdout.strip() == kept


@pytest.mark.parametrize("room", ROOMS)
def test_room_alone_loads_no_heavy_optional_library(room):
    """These four are imported by the functions that need them, so that a plain fit does not wait for them."""
    late = ["librosa", "sentence_transformers", "umap", "matplotlib"]
    code = f"import sys, skvae.{room}; print(*[name for name in {late} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True).stdout.split()
    assert loaded == []


@pytest.mark.parametrize("name", skvae.__all__)
def test_every_public_name_resolves(name):
    assert getattr(skvae, name) is not None
    assert name in dir(skvae)


def test_rooms_are_found():
    assert {"audio", "cluster", "features", "lyrics", "metrics", "vae"} <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_all_of_a_room_is_true(room):
    module = importlib.import_module(f"skvae.{room}")
    assert module.__all__, f"skvae.{room}.__all__ is empty"
    assert len(set(module.__all__)) == len(module.__all__), "a name stands twice"
    for name in module.__all__:
        assert not name.startswith("_")
        assert getattr(module, name) is not None
        assert name in dir(module)


def test_top_level_names_come_from_the_rooms():
    """A public object has one home: its room lists it too."""
    for name in set(skvae.__all__) - set(ROOMS):
        home = importlib.import_module(".".join(getattr(skvae, name).__module__.split(".")[:2]))
        if home.__name__ != "skvae.persistence":
            assert name in home.__all__, f"{name} is public in skvae but not in {home.__name__}"


@pytest.mark.parametrize("module", ["skvae", *(f"skvae.{room}" for room in ROOMS)])
def test_unknown_name_is_an_attribute_error(module):
    with pytest.raises(AttributeError, match="no_such_name"):
        importlib.import_module(module).no_such_name
