"""Sphinx settings. Built by `make docs`, offline, with warnings as errors."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import skvae

project = "skvae"
author = "The skvae developers"
copyright = "2026, The skvae developers"
version = release = skvae.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "sphinx_gallery.gen_gallery"]
exclude_patterns = ["_build", "Thumbs.db", ".DS_Store"]
templates_path = ["_templates"]
default_role = "code"

autosummary_generate = True
autodoc_default_options = {"members": True, "inherited-members": False}
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "skvae"
html_show_sourcelink = False
html_sidebars = {"install": [], "api": []}
html_theme_options = {"show_prev_next": False, "show_toc_level": 2}

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",
    "abort_on_example_error": False,
    "only_warn_on_example_error": False,
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_memory": False,
    "min_reported_time": 1,
    "image_srcset": ["2x"],
    "matplotlib_animations": False,
    "backreferences_dir": None,
}
