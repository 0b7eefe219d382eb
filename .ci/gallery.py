"""Run every gallery script by itself, in an empty folder, and hold each to ten seconds.

The scripts read ``SKVAE_QUICK=1`` for a smaller problem. ``SKVAE_GALLERY_LIMIT`` is the limit in seconds.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT = float(os.environ.get("SKVAE_GALLERY_LIMIT", "10"))
ENVIRONMENT = os.environ | {"SKVAE_QUICK": "1", "MPLBACKEND": "Agg", "HF_HUB_OFFLINE": "1"}


def run(script):
    """Return the seconds that the script took and what was wrong with it, or an empty string."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, script], cwd=folder, env=ENVIRONMENT, text=True, capture_output=True, check=False
        )
        seconds = time.perf_counter() - start
    if done.returncode:
        return seconds, f"exit code {done.returncode}\n{done.stderr}"
    return seconds, "too slow" if seconds > LIMIT else ""


def main():
    """Run all scripts; the exit code is 1 when one of them failed or there are none."""
    # The first import of librosa on a machine compiles its kernels; the cost is the machine's, not a script's.
    subprocess.run([sys.executable, "-c", "import librosa.feature, skvae.vae"], env=ENVIRONMENT, check=True)
    scripts = sorted(ROOT.glob("examples/**/plot_*.py"))
    results = {script: run(script) for script in scripts}
    for script, (seconds, fault) in results.items():
        print(f"{seconds:5.1f} s  {script.relative_to(ROOT)}  {fault or 'ok'}")
    return int(not results or any(fault for _, fault in results.values()))


if __name__ == "__main__":
    sys.exit(main())
