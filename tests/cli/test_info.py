"""Commands `skvae --version`, `skvae --help` and `skvae info`."""

import subprocess
import sys

import skvae as package


def test_help_does_not_import_large_libraries():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom skvae.cli import main\n"
        "assert CliRunner().invoke(main, ['cluster', '--help']).exit_code == 0\n"
        "print(*{'torch', 'sklearn', 'pandas', 'numpy', 'librosa', 'matplotlib', 'umap'} & set(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True).stdout.split()
    assert loaded == []


def test_info_imports_pytorch_only_for_the_devices():
    code = (
        "import gc, sys\nfrom typer.testing import CliRunner\nfrom skvae.cli import main\n"
        "assert CliRunner().invoke(main, ['info']).exit_code == 0\nassert gc.isenabled()\n"
        "print(*{'torch', 'sklearn', 'pandas', 'librosa', 'matplotlib', 'umap', 'transformers'} & set(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True).stdout.split()
    assert loaded == ["torch"]


def test_version_and_info(skvae):
    assert skvae("--version").stdout == f"skvae {package.__version__}\n"
    result = skvae("info")
    assert result.exit_code == 0
    for word in ("python", "torch", "scikit-learn", "processors", "optional dependencies"):
        assert word in result.stdout


def test_info_lists_the_pretrained_models(skvae, monkeypatch):
    from skvae.audio.pretrained.models._model import PretrainedModel

    for installed, text in ((True, "ready"), (False, "pip install --no-deps musicnn==0.1.0")):
        monkeypatch.setattr(PretrainedModel, "is_installed", lambda self, installed=installed: installed)
        (line,) = [line for line in skvae("info").stdout.splitlines() if line.startswith("musicnn ")]
        assert line.split(maxsplit=1)[1] == text


def test_info_shows_how_to_install_missing_dependencies(skvae, monkeypatch):
    from skvae.report import _environment

    installed = _environment._installed_version
    monkeypatch.setattr(
        _environment, "_installed_version", lambda name: None if name == "py3langid" else installed(name)
    )
    assert "pip install py3langid" in skvae("info").stdout
