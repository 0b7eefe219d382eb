"""Run every gallery script by itself, in an empty folder, and hold each to about ten seconds.

The scripts read ``SKVAE_QUICK=1`` for a smaller problem. A script is too slow when both its clock and its processor
time pass the limit: on a machine that is busy with other work the clock says little. The limit is a multiple of what
importing the libraries takes on the same machine, as one and the same machine may be half as fast an hour later.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 5.0  # times the import of the libraries; where that takes three seconds, the slowest script takes twelve
LIBRARIES = "import librosa.feature, skvae.vae"
ENVIRONMENT = os.environ | {
    "SKVAE_QUICK": "1",
    "MPLBACKEND": "Agg",
    "HF_HUB_OFFLINE": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # as in the Makefile
}


def processor_seconds():
    """Return the processor time of all scripts that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command, **options):
    """Run a command; return it, and the seconds that it took, by clock and by processor."""
    start, used = time.perf_counter(), processor_seconds()
    done = subprocess.run([sys.executable, *command], env=ENVIRONMENT, **options)
    return done, (time.perf_counter() - start, processor_seconds() - used)


def run(script):
    """Return the seconds that the script took, and its fault or an empty string."""
    _, importing = timed(["-c", LIBRARIES], check=True)
    with tempfile.TemporaryDirectory() as folder:
        done, seconds = timed([script], cwd=folder, text=True, capture_output=True, check=False)
    if done.returncode:
        return seconds, f"exit code {done.returncode}\n{done.stderr}"
    return seconds, "too slow" if min(seconds) > LIMIT * min(importing) else ""


def main():
    """Run all scripts; the exit code is 1 when one of them failed or there are none."""
    # The first import of librosa on a machine compiles its kernels; the cost is the machine's, not a script's.
    timed(["-c", LIBRARIES], check=True)
    scripts = sorted(ROOT.glob("examples/**/plot_*.py"))
    results = {script: run(script) for script in scripts}
    # A slow one has a second try: what was busy the first time may not be.
    results |= {script: run(script) for script, (_, fault) in results.items() if fault == "too slow"}
    for script, ((clock, processor), fault) in results.items():
        print(f"{clock:5.1f} s ({processor:4.1f} s of processor)  {script.relative_to(ROOT)}  {fault or 'ok'}")
    return int(not results or any(fault for _, fault in results.values()))


if __name__ == "__main__":
    sys.exit(main())
