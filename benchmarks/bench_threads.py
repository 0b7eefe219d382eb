"""Threads: a fit next to a busy process, and a parallel search, with and without OMP_WAIT_POLICY=PASSIVE.

OpenMP threads wait actively by default. If another process uses a core, one thread of a fit waits for the other, and
the fit can take many times as long. ``import skvae`` sets OMP_WAIT_POLICY=PASSIVE if it is not set. OpenMP reads the
variable when it is loaded, so skvae must be imported before torch.

Every measurement runs in its own process, in random order within a round:

- *skvae first*: ``import skvae`` before torch, as recommended.
- *torch first*: torch is loaded before skvae, so that the setting comes too late.
- *spinning*: the policy is ACTIVE.
- *one thread*: ``torch.set_num_threads(1)``, for comparison.

Active waiting can take minutes instead of seconds. *torch first* and *spinning* therefore run in the first round
only.

**Busy process.** Seconds of a fit alone, and while another process uses one core. The fair share of the fit is one
core if the machine has at least two. The fit may then take as long as with one thread alone, and twice as long on a
single core. The bar is 1.25 times this time.

**Search.** `GridSearchCV` over four fits with n_jobs=2 must not take longer than with n_jobs=1.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
from pathlib import Path

RESULTS = Path(__file__).with_name("results")
IMPORTS = {
    "skvae first": "import skvae\nimport torch",
    "torch first": "import torch\nimport skvae",
    "spinning": "import os\nos.environ['OMP_WAIT_POLICY'] = 'ACTIVE'\nimport skvae\nimport torch",
    "one thread": "import torch\ntorch.set_num_threads(1)\nimport skvae",
}
WORK = """
import json, sys, time, warnings
import numpy as np
from sklearn.model_selection import GridSearchCV
from skvae import MLP, VAETransformer
warnings.simplefilter("ignore")
kind, n_rows, n_columns, hidden, epochs = json.loads(sys.argv[1])
X = np.random.default_rng(0).standard_normal((n_rows, n_columns)).astype(np.float32)
vae = VAETransformer(network=MLP(hidden), max_epochs=epochs, random_state=0, scale=None)
VAETransformer(network=MLP(hidden), max_epochs=1, random_state=0, scale=None).fit(X[:300])
def run(n_jobs):
    if n_jobs is None:
        vae.fit(X)
    else:
        GridSearchCV(vae, {"beta": [0.5, 1.0]}, cv=2, n_jobs=n_jobs, refit=False, error_score="raise").fit(X)
if kind == 2:
    GridSearchCV(VAETransformer(max_epochs=1), {"beta": [0.5, 1.0]}, cv=2, n_jobs=2, refit=False).fit(X[:300])
start = time.perf_counter()
run(kind)
print(time.perf_counter() - start)
"""
SLOW = {"torch first", "spinning"}
TABLES = {
    "3,000 x 40, 512-256": (3000, 40, [512, 256], 15),
    "1,000 x 16, 64": (1000, 16, [64], 80),
    "2,000 x 784, 500-500-2000": (2000, 784, [500, 500, 2000], 4),
}


def seconds(imports, kind, table):
    """Return the seconds of a task in a fresh interpreter, without the start of workers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OMP", "MKL", "KMP"))}
    command = [sys.executable, "-c", IMPORTS[imports] + WORK, json.dumps([kind, *TABLES[table]])]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def beside_a_busy_process(imports, table):
    """Measure a fit while another process uses a core."""
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        return seconds(imports, None, table)
    finally:
        busy.kill()
        busy.wait()


def main():
    """Measure, print and write results/threads.txt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    args = parser.parse_args()
    lines = [
        f"{os.cpu_count()} cores, median seconds of {args.rounds} rounds (torch first, spinning: 1) in random order",
        "",
    ]
    lines.append(
        f"{'table':27}{'imports':13}{'alone':>8}{'busy':>8}{'busy / fair':>12}{'n_jobs 1':>10}{'2':>8}{'2 / 1':>7}"
    )
    for table in args.tables:
        runs = {}
        jobs = [(imports, what) for imports in IMPORTS for what in ("alone", "busy", 1, 2)]
        for r in range(args.rounds):
            for imports, what in random.sample(jobs, len(jobs)):
                if r > 0 and imports in SLOW:
                    continue
                if what == "busy":
                    took = beside_a_busy_process(imports, table)
                else:
                    took = seconds(imports, None if what == "alone" else what, table)
                runs.setdefault((imports, what), []).append(took)
        middle = {key: statistics.median(values) for key, values in runs.items()}
        fair = middle["one thread", "alone"] * (2 if os.cpu_count() == 1 else 1)
        for imports in IMPORTS:
            alone, busy, one, two = (middle[imports, what] for what in ("alone", "busy", 1, 2))
            lines.append(
                f"{table:27}{imports:13}{alone:8.2f}{busy:8.2f}{busy / fair:12.2f}{one:10.2f}{two:8.2f}{two / one:7.2f}"
            )
            print(lines[-1], flush=True)
        good = middle["skvae first", "busy"] <= 1.25 * fair
        parallel = middle["skvae first", 2] <= middle["skvae first", 1]
        lines.append(f"skvae first: busy within 1.25 of the fair share {good}, n_jobs=2 no slower {parallel}")
        print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    print(text)
    (RESULTS / "threads.txt").write_text(text)


if __name__ == "__main__":
    main()
