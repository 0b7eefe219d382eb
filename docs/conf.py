"""Configuration of Sphinx. `make docs` builds without a network and with warnings as errors."""

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

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "**.DS_Store"]
default_role = "code"

numpydoc_show_class_members = False
# API pages show methods that are inherited from other classes of skvae. Methods of other libraries are left out,
# because their documentation links to pages that do not exist here.
routed = ("fit", "inverse_transform", "partial_fit", "predict", "score", "transform")
excluded_methods = ["get_metadata_routing", "set_output", *(f"set_{method}_request" for method in routed)]
external_classes = [
    "BaseEstimator",
    "BaseModel",
    "ClassNamePrefixFeaturesOutMixin",
    "ClusterMixin",
    "DataFrame",
    "IndexingMixin",
    "NDFrame",
    "OneToOneFeatureMixin",
    "TransformerMixin",
    "tuple",
]
autodoc_default_options = {
    "members": True,
    "inherited-members": ",".join(external_classes),
    "exclude-members": ",".join(excluded_methods),
}

html_theme = "pydata_sphinx_theme"
html_title = "skvae"
html_show_sourcelink = False
html_theme_options = {"header_links_before_dropdown": 7, "show_prev_next": False, "show_toc_level": 2}

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",
    "download_all_examples": False,
    "min_reported_time": 1,
    "image_srcset": ["2x"],
}


def write_api(path):
    """Write the API page from `__all__` of all packages. Names of the top level are listed only there.

    Pages of names that are no longer public are deleted.
    """
    packages = {name: getattr(skvae, name) for name in skvae.__all__ if inspect.ismodule(getattr(skvae, name))}
    top = [name for name in skvae.__all__ if name not in packages]
    sections = [("skvae", "Main classes and functions.", top)]
    for package in packages.values():
        names = [name for name in package.__all__ if name not in top]
        sections.append((package.__name__, inspect.getdoc(package).splitlines()[0], names))
    lines = ["API", "==="]
    for name, summary, names in sections:
        lines += ["", name, "-" * len(name), "", summary, "", f".. currentmodule:: {name}"]
        if names:
            lines += ["", ".. autosummary::", "   :toctree: .", "", *(f"   {item}" for item in names)]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    current = {f"{name}.{item}" for name, _, names in sections for item in names} | {path.stem}
    for page in path.parent.glob("*.rst"):
        if page.stem not in current:
            page.unlink()


write_api(Path(__file__).parent / "generated" / "api.rst")


def quote_fitted_names(app, what, name, obj, options, lines):
    """Quote names such as ``n_features_in_`` in types. A trailing underscore is a link in reStructuredText."""
    lines[:] = [re.sub(r"(?<![\w`.])(\w+_)(?=,?\)|, )", r"`\1`", line) if " : " in line else line for line in lines]


def setup(app):
    app.connect("autodoc-process-docstring", quote_fitted_names, priority=400)  # before numpydoc, whose priority is 500
