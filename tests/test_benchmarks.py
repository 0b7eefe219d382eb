"""Imports of the benchmark scripts, which are not run in CI."""

import ast
import importlib
from pathlib import Path

import pytest

SCRIPTS = sorted(Path(__file__).parents[1].joinpath("benchmarks").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_names_that_benchmarks_import_exist(script):
    """Benchmarks run for minutes or hours. This test detects names that were renamed or removed."""
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "skvae":
            module = importlib.import_module(node.module)
            for alias in node.names:
                assert hasattr(module, alias.name), f"{node.module} has no {alias.name}"
