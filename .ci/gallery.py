"""Run each example in an empty folder and check that it takes about ten seconds at most.

``SKVAE_QUICK=1`` selects a smaller problem. An example is too slow if both its wall-clock time and its CPU time exceed
the limit, because the wall-clock time is not reliable on a busy machine. The limit is a multiple of the import time of
the libraries, measured at the same moment, because the speed of a machine varies.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 5.0  # multiple of the import time, which is about 3 s; the slowest example takes about 12 s
LIBRARIES = "import librosa.feature, skvae.vae"
ENVIRONMENT = os.environ | {
    "SKVAE_QUICK": "1",
    "MPLBACKEND": "Agg",
    "HF_HUB_OFFLINE": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # as in the Makefile
}


def cpu_seconds():
    """Return the CPU time of all finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_timed(command, **options):
    """Run a command. Return the finished process and its (wall-clock, CPU) seconds."""
    start, used = time.perf_counter(), cpu_seconds()
    done = subprocess.run([sys.executable, *command], env=ENVIRONMENT, **options)
    return done, (time.perf_counter() - start, cpu_seconds() - used)


def run(script):
    """Return the (wall-clock, CPU) seconds of an example and its error message, or an empty string."""
    _, importing = run_timed(["-c", LIBRARIES], check=True)
    with tempfile.TemporaryDirectory() as folder:
        done, seconds = run_timed([script], cwd=folder, text=True, capture_output=True, check=False)
    if done.returncode:
        return seconds, f"exit code {done.returncode}\n{done.stderr}"
    return seconds, "too slow" if min(seconds) > LIMIT * min(importing) else ""


def main():
    """Run all examples. Return exit code 1 if one of them fails or if there are no examples."""
    # The first import of librosa on a machine compiles its kernels. This time is not part of an example.
    run_timed(["-c", LIBRARIES], check=True)
    scripts = sorted(ROOT.glob("examples/**/plot_*.py"))
    results = {script: run(script) for script in scripts}
    # Slow examples run twice, because other processes may have slowed down the first run.
    results |= {script: run(script) for script, (_, error) in results.items() if error == "too slow"}
    for script, ((clock, cpu), error) in results.items():
        print(f"{clock:5.1f} s ({cpu:4.1f} s CPU)  {script.relative_to(ROOT)}  {error or 'ok'}")
    return int(not results or any(error for _, error in results.values()))


if __name__ == "__main__":
    sys.exit(main())
