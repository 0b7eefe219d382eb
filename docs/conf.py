"""Sphinx settings. Built by `make docs`, offline, with warnings as errors."""

import inspect
import os
import re
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import skvae

project = "skvae"
author = "The skvae developers"
copyright = "2026, The skvae developers"
version = release = skvae.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "sphinx_gallery.gen_gallery"]
exclude_patterns = ["_build", "**.DS_Store"]
default_role = "code"

numpydoc_show_class_members = False
# What a class has from another of skvae is its own; what others gave it refers to their pages.
routed = ("fit", "inverse_transform", "partial_fit", "predict", "score", "transform")
theirs = ["get_metadata_routing", "set_output", *(f"set_{method}_request" for method in routed)]
others = [
    "BaseEstimator",
    "ClassNamePrefixFeaturesOutMixin",
    "ClusterMixin",
    "OneToOneFeatureMixin",
    "TransformerMixin",
]
autodoc_default_options = {
    "members": True,
    "inherited-members": ",".join([*others, "BaseModel", "DataFrame", "IndexingMixin", "NDFrame", "tuple"]),
    "exclude-members": ",".join(theirs),
}

html_theme = "pydata_sphinx_theme"
html_title = "skvae"
html_show_sourcelink = False
html_theme_options = {"show_prev_next": False, "show_toc_level": 2}

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",
    "download_all_examples": False,
    "min_reported_time": 1,
    "image_srcset": ["2x"],
}


def write_api(path):
    """Write the API page from every room's `__all__`; what the top level exports is listed there alone."""
    rooms = {name: getattr(skvae, name) for name in skvae.__all__ if inspect.ismodule(getattr(skvae, name))}
    top = [name for name in skvae.__all__ if name not in rooms]
    sections = [("skvae", "What most programs need.", top)]
    for room in rooms.values():
        own = [item for item in room.__all__ if item not in top]
        sections.append((room.__name__, inspect.getdoc(room).splitlines()[0], own))
    lines = ["API", "==="]
    for name, summary, names in sections:
        lines += ["", name, "-" * len(name), "", summary, "", f".. currentmodule:: {name}"]
        if names:
            lines += ["", ".. autosummary::", "   :toctree: .", "", *(f"   {item}" for item in names)]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


write_api(Path(__file__).parent / "generated" / "api.rst")


def quote_fitted_names(app, what, name, obj, options, lines):
    """Keep ``shape (n_features_in_,)`` from being read as a link: a trailing underscore is one in reStructuredText."""
    lines[:] = [re.sub(r"(?<![\w`.])(\w+_)(?=,?\)|, )", r"`\1`", line) if " : " in line else line for line in lines]


def setup(app):
    app.connect("autodoc-process-docstring", quote_fitted_names, priority=400)  # before numpydoc
