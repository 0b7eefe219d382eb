"""Time of `import skvae` compared with an empty interpreter and with `import sklearn`.

Each statement runs in fresh interpreters, in turn, so that all statements run under the same conditions. Medians are
reported.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

STATEMENTS = ["pass", "import skvae", "import sklearn", "from skvae import VAETransformer"]
REPEATS = 15


def seconds(statement):
    """Return the wall-clock seconds of a fresh interpreter that runs the statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main():
    """Measure, print and write results/import.txt."""
    for statement in STATEMENTS:  # fill the file caches
        seconds(statement)
    runs = [{statement: seconds(statement) for statement in STATEMENTS} for _ in range(REPEATS)]
    medians = {statement: statistics.median(run[statement] for run in runs) for statement in STATEMENTS}
    lines = [f"{'python -c':35} {'median, s':>9} {'x pass':>7}"]
    lines += [f"{name:35} {value:9.3f} {value / medians['pass']:7.2f}" for name, value in medians.items()]
    over = {name: value - medians["pass"] for name, value in medians.items()}
    lines.append(f"import skvae costs {over['import skvae'] / over['import sklearn']:.3f} of import sklearn")
    lines.append(f"medians of {REPEATS} fresh interpreters")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    (folder / "import.txt").write_text(text)


if __name__ == "__main__":
    main()
