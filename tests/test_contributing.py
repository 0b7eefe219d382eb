"""The examples of CONTRIBUTING.md, applied literally to a copy of the package, and the paths in the developer pages."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = """
import sys
import numpy as np
import skvae
from skvae.audio import AudioFeatureExtractor
from skvae.metrics import cluster_metrics, get_scorer
from skvae.plots import ClusterSizesDisplay

assert skvae.__file__.startswith(sys.argv[1]), skvae.__file__
rng = np.random.default_rng(0)
noise = rng.normal(scale=0.1, size=30_000)
assert np.isfinite(AudioFeatureExtractor(["crest"], timeout=None).fit_transform([noise])).all()
assert cluster_metrics(None, [0, 0, 1], ["a", "a", "b"], names=["rand"]) == {"rand": 1.0}
assert callable(get_scorer("rand"))
X = rng.normal(size=(40, 5))
vae = skvae.VAETransformer(2, network="linear", max_epochs=1, random_state=0).fit(X)
assert sum(parameter.numel() for parameter in vae.net_.module_.parameters()) == 5 * 4 + 4 + 2 * 5 + 5
skvae.save(vae, sys.argv[1] + "/model.skvae")
assert np.array_equal(skvae.load(sys.argv[1] + "/model.skvae").transform(X), vae.transform(X))
assert list(ClusterSizesDisplay.from_predictions([0, 0, 1]).sizes) == [2, 1]
"""


def read_blocks():
    """Return (path, lines) of the Python blocks of CONTRIBUTING.md. The first line of a block contains its path."""
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), flags=re.DOTALL)
    return [(path, text.splitlines()) for path, text in blocks]


@pytest.mark.slow
def test_a_descriptor_a_metric_a_network_and_a_display_are_one_file_and_one_line_each(tmp_path):
    shutil.copytree(ROOT / "skvae", tmp_path / "skvae", ignore=shutil.ignore_patterns("__pycache__"))
    new, registered = 0, 0
    for name, lines in read_blocks():
        path = tmp_path / name
        if not path.exists():
            path.write_text("\n".join(lines) + "\n")
            new += 1
            continue
        existing, added = lines
        text = path.read_text()
        assert text.count(existing + "\n") == 1, f"{name} does not contain the line {existing!r} of CONTRIBUTING.md."
        path.write_text(text.replace(existing + "\n", f"{existing}\n{added}\n"))
        registered += 1
    assert (new, registered) == (4, 4)
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-W", "ignore", "-c", CODE, str(tmp_path)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_architecture_page_lists_every_subpackage():
    text = (ROOT / "docs" / "development" / "architecture.md").read_text()
    listed, package = set(), ""
    for row in re.findall(r"^\| *(?:`(\w+)`)? *\| *(?:`([\w/]+)`)? *\| .* \|$", text, flags=re.MULTILINE):
        package = row[0] or package
        listed.add(f"{package}/{row[1]}" if row[1] else package)
    source = ROOT / "skvae"
    found = {path.parent.relative_to(source).as_posix() for path in source.glob("*/**/__init__.py")}
    parents = {name.partition("/")[0] for name in found if "/" in name}
    assert listed | parents == found


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/development/architecture.md", "tests/README.md"])
def test_paths_in_the_developer_pages_exist(page):
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(), flags=re.DOTALL)
    packages = [path.name for path in (ROOT / "skvae").iterdir() if path.is_dir()]
    tops = "|".join(["skvae", "tests", "docs", "benchmarks", "examples", *packages])
    paths = [path for path in re.findall(rf"`((?:{tops})/[\w/.]*)`", text) if not re.search("NAME|TOPIC", path)]
    # Files that the reader of CONTRIBUTING.md creates.
    paths = [
        path for path in paths if path not in {"tests/networks/test_linear.py", "tests/plots/test_cluster_sizes.py"}
    ]
    assert paths
    assert not [path for path in paths if not ((ROOT / path).exists() or (ROOT / "skvae" / path).exists())]
