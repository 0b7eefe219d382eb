"""Time of `import skvae` and of light commands, compared with an empty interpreter and with other imports.

Each statement or command runs in fresh interpreters, in turn, so that all of them run under the same conditions.
Medians of the wall-clock time and of the CPU time are reported. Other processes change the CPU time less.
"""

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMAND_LINE = "from skvae.cli import main; main()"
PROGRAMS = {
    "pass": ["pass"],
    "import skvae": ["import skvae"],
    "import sklearn": ["import sklearn"],
    "import torch": ["import torch"],
    "from skvae import VAETransformer": ["from skvae import VAETransformer"],
    "skvae --help": [COMMAND_LINE, "--help"],
    "skvae cluster --help": [COMMAND_LINE, "cluster", "--help"],
    "skvae info": [COMMAND_LINE, "info"],
}
REPEATS = 15


def measure(arguments):
    """Return the wall-clock and the CPU seconds of a fresh interpreter that runs the code with the given arguments."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", *arguments], check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    """Measure, print and write results/import.txt."""
    for arguments in PROGRAMS.values():  # fill the file caches
        measure(arguments)
    runs = [{name: measure(arguments) for name, arguments in PROGRAMS.items()} for _ in range(REPEATS)]
    wall, cpu = ({name: statistics.median(run[name][i] for run in runs) for name in PROGRAMS} for i in range(2))
    lines = [f"{'python -c, or command':35} {'median, s':>9} {'CPU, s':>7} {'x pass':>7}"]
    lines += [f"{name:35} {wall[name]:9.3f} {cpu[name]:7.2f} {wall[name] / wall['pass']:7.2f}" for name in PROGRAMS]
    over = {name: value - wall["pass"] for name, value in wall.items()}
    lines.append(f"import skvae costs {over['import skvae'] / over['import sklearn']:.3f} of import sklearn")
    lines.append(f"medians of {REPEATS} fresh interpreters")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    (folder / "import.txt").write_text(text)


if __name__ == "__main__":
    main()
