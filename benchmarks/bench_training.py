"""Training: seconds per epoch, half precision, and seconds to a given quality, beside plain torch, pythae and ClustPy.

``pip install --no-deps pythae clustpy imageio`` first (`_peers` says why). The script starts itself once more with
OMP_WAIT_POLICY=PASSIVE: threads that spin while another process works would be what is measured.

Contenders run in turn within a round, in random order, so that all see the same machine. Ratios are taken within a
round; their median over the rounds is what counts.

**Epochs.** An epoch lasts from its start to the start of the next one, with all that happens between: validation,
diagnostics, callbacks, keeping the best weights. The first epoch of a run and what comes before it (scaling, building,
caches that fill) are left out; the rest is averaged. skvae runs as a user calls it, at its defaults but for the number
of epochs. The bare loop (`_bare`) has its objective, batches, validation and optimiser and keeps the best weights; the
plain one leaves `Adam` at its default, which is not fused. The peers run at their defaults, with networks of the same
sizes and a validation pass. That they take smaller batches is part of their defaults: for information they are timed
once more with skvae's batch.

**Half precision.** The same fit with ``precision="bf16"``; and the bound on rows that were held out.

**Quality.** One function computes the bound for all, on the same held-out rows: a Gaussian likelihood whose variance is
the mean squared error on the training rows, 16 fixed draws a row, in nats. That raises pythae's bound: its own variance
is 1. All get the same table, already standardised, and the same layers and latent units. The mark is what pythae
reaches with the weights that it keeps of its 100 epochs; its time is that of the first fifth epoch that reached the
mark, evaluations not counted. skvae's is that of a whole fit, preparation included, with the fewest epochs of a ladder
that reaches the mark; a fit in the middle of its schedule would not do, as warm-up is a share of the planned epochs.
"""

import argparse
import math
import os
import random
import statistics
import sys
import time
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from _bare import clock, train
from _elbo import pythae_elbo, skvae_elbo

RESULTS = Path(__file__).with_name("results")
LADDER = (3, 5, 8, 12, 16, 20, 25, 30, 35, 40, 50, 60, 80, 100, 150, 200)


class Case(NamedTuple):
    """A table and a network; `batch` is what ``batch_size="auto"`` makes of the table."""

    n_rows: int
    n_columns: int
    hidden: tuple
    n_latent: int
    batch: int
    epochs: int
    bar: float = 1.05

    @property
    def widths(self):
        """Columns, hidden layers, latent units."""
        return [self.n_columns, *self.hidden, self.n_latent]


CASES = {
    "3,000 x 40": Case(3_000, 40, (512, 256), 32, 256, 13),
    "50,000 x 40": Case(50_000, 40, (512, 256), 32, 256, 3),
    "5,000 x 784": Case(5_000, 784, (500, 500, 2000), 10, 256, 4),
    "tiny net, 3,000 x 40": Case(3_000, 40, (64,), 8, 256, 60, 1.15),
    "tiny net, 1,000 x 16": Case(1_000, 16, (64,), 8, 112, 100, 1.15),
}


def make_table(n_rows, n_columns, seed=0):
    """Standardised rows of a random two-layer network of 8 standard normals, and noise."""
    rng = np.random.default_rng(seed)
    hidden = np.tanh(rng.standard_normal((n_rows, 8)) @ rng.standard_normal((8, 32)))
    x = hidden @ rng.standard_normal((32, n_columns)) / math.sqrt(32) + 0.3 * rng.standard_normal((n_rows, n_columns))
    return torch.from_numpy(((x - x.mean(0)) / x.std(0)).astype(np.float32))


def skvae(x, case, *, epochs, device, **settings):
    """Fit `VAETransformer` on a table that is scaled already; give it, and the clock at the start of each epoch."""
    from skorch.callbacks import Callback

    from skvae import MLP, VAETransformer

    starts = []

    class Clock(Callback):
        def on_epoch_begin(self, net, **kwargs):
            starts.append(clock(device))

    vae = VAETransformer(
        case.n_latent,
        network=MLP(case.hidden),
        scale=None,
        max_epochs=epochs,
        device=device,
        callbacks=[("clock", Clock())],
        **settings,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of collapsed units, after three epochs
        vae.fit(x.numpy())
    if vae.net_.batch_size != case.batch:
        raise ValueError(f"skvae took batches of {vae.net_.batch_size} rows, the benchmark has {case.batch}")
    return vae, starts


def per_epoch(starts):
    """Mean seconds of the epochs after the first."""
    return (starts[-1] - starts[1]) / (len(starts) - 2)


def contenders(case, x, device):
    """Functions that train for some epochs and return the seconds of one."""
    from _peers import clustpy, pythae

    cut = round(0.1 * len(x))
    halves, how = (x[cut:], x[:cut], case.widths), {"epochs": case.epochs, "device": device}
    bare = {"x": x, "widths": case.widths, "batch_size": case.batch, **how}
    return {
        # skvae notes no end of the last epoch: one more makes as many
        "skvae": lambda: per_epoch(skvae(x, case, epochs=case.epochs + 1, device=device, patience=case.epochs)[1]),
        "bare loop, fused Adam": lambda: per_epoch(train(**bare, fused=True)[1]),
        "bare loop, plain Adam": lambda: per_epoch(train(**bare, fused=None)[1]),
        "pythae": lambda: per_epoch(pythae(*halves, **how)[1]),
        "ClustPy": lambda: per_epoch(clustpy(*halves, **how)[1]),
        "pythae, skvae's batch": lambda: per_epoch(pythae(*halves, **how, batch_size=case.batch)[1]),
        "ClustPy, skvae's batch": lambda: per_epoch(clustpy(*halves, **how, batch_size=case.batch)[1]),
    }


def in_turn(functions, rounds):
    """Results of each function in every round, in random order within a round; a first round warms up."""
    results = {name: [] for name in functions}
    for r in range(rounds + 1):
        for name in random.sample(list(functions), len(functions)):
            value = functions[name]()
            if r > 0:
                results[name].append(value)
    return results


def ratio(a, b):
    """Median over rounds of the ratio within a round."""
    return statistics.median(x / y for x, y in zip(a, b, strict=True))


def epochs(args):
    """Compare seconds per epoch."""
    for name in args.cases:
        case = CASES[name]
        times = in_turn(contenders(case, make_table(case.n_rows, case.n_columns), args.device), args.rounds)
        bars = {"bare loop, fused Adam": case.bar, "bare loop, plain Adam": 0.95, "pythae": 1.0, "ClustPy": 1.0}
        for contender, seconds in times.items():
            share = ratio(times["skvae"], seconds)
            bar = bars.get(contender)
            yield {
                "part": "epoch",
                "table": name,
                "contender": contender,
                "value": f"{1e3 * statistics.median(seconds):.2f} ms",
                "skvae / it": share,
                "bar": bar,
                "met": None if bar is None else share <= bar,
            }


def has_bf16(device):
    """Whether the processor multiplies in bf16."""
    if device == "cuda":
        return torch.cuda.is_bf16_supported()
    info = Path("/proc/cpuinfo")
    return info.exists() and bool({"avx512_bf16", "amx_bf16"} & set(info.read_text().split()))


def half_precision(args, n_epochs=15):
    """Compare bf16 with float32 on 784 columns."""
    if not has_bf16(args.device):
        yield {"part": "bf16", "contender": "not applicable: no avx512_bf16 or amx_bf16"}
        return
    case = CASES["5,000 x 784"]
    x = make_table(case.n_rows + 1000, case.n_columns)
    fitted, held_out = x[:-1000], x[-1000:]

    def run(precision):
        vae, starts = skvae(fitted, case, epochs=n_epochs, device=args.device, precision=precision, random_state=0)
        return per_epoch(starts), skvae_elbo(vae, fitted, held_out)

    pairs = in_turn({name: lambda name=name: run(name) for name in ("float32", "bf16")}, args.rounds)
    (full, full_elbo), (half, half_elbo) = (zip(*pairs[name], strict=True) for name in ("float32", "bf16"))
    # on a GPU these layers are too small for half precision to matter: the bar is the CPU's
    share, bar = ratio(half, full), 0.45 if args.device == "cpu" else None
    yield {
        "part": "bf16",
        "table": "5,000 x 784",
        "contender": f"float32, {1e3 * statistics.median(full):.0f} ms an epoch",
        "value": f"{1e3 * statistics.median(half):.0f} ms",
        "skvae / it": share,
        "bar": bar,
        "met": None if bar is None else share <= bar,
    }
    off = abs(statistics.median(half_elbo) / statistics.median(full_elbo) - 1)
    yield {
        "part": "bf16",
        "table": "5,000 x 784",
        "contender": f"float32, held-out ELBO {statistics.median(full_elbo):.1f}: relative difference",
        "value": f"{statistics.median(half_elbo):.1f} nats",
        "skvae / it": off,
        "bar": 0.01,
        "met": off <= 0.01,
    }


def pythae_to_mark(case, fitted, held_out, device):
    """Train pythae for its 100 epochs; return its bound at the end, and the seconds to it."""
    from _peers import pythae

    trace, aside, n = [], 0.0, 0
    start = clock(device)

    def look(model):
        nonlocal aside, n
        n += 1
        if n % 5 == 0:
            before = clock(device)
            trace.append((before - start - aside, pythae_elbo(model, fitted, held_out, device)))
            aside += clock(device) - before

    cut = round(0.1 * len(fitted))
    model, _ = pythae(fitted[cut:], fitted[:cut], case.widths, epochs=100, device=device, on_epoch_end=look)
    total = clock(device) - start - aside
    mark = pythae_elbo(model, fitted, held_out, device)
    return mark, next((seconds for seconds, value in trace if value >= mark), total)


def quality(args):
    """Compare seconds to the bound that pythae reaches."""
    for name in ("3,000 x 40", "5,000 x 784"):
        case = CASES[name]
        x = make_table(case.n_rows + 1000, case.n_columns)
        fitted, held_out = x[:-1000], x[-1000:]
        rows, lowest = [], 0
        for seed in range(args.rounds):
            torch.manual_seed(seed)
            mark, theirs = pythae_to_mark(case, fitted, held_out, args.device)
            for n_epochs in LADDER[lowest:]:
                start = time.perf_counter()
                vae, _ = skvae(fitted, case, epochs=n_epochs, device=args.device, random_state=seed)
                ours = time.perf_counter() - start
                reached = skvae_elbo(vae, fitted, held_out)
                if reached >= mark:
                    break
            else:
                ours = math.inf  # the longest of the ladder did not do
            lowest = max(0, LADDER.index(n_epochs) - 2)  # the next round begins two rungs below
            rows.append((mark, theirs, n_epochs, reached, ours))
        mark, theirs, n_epochs, reached, ours = zip(*rows, strict=True)
        share = ratio(ours, theirs)
        middle = statistics.median
        yield {
            "part": "quality",
            "table": name,
            "contender": f"pythae, ELBO {middle(mark):.2f} in {middle(theirs):.2f} s",
            "value": f"{middle(reached):.2f} in {middle(ours):.2f} s, {middle(n_epochs):.0f} epochs",
            "skvae / it": share,
            "bar": 0.333,
            "met": share <= 1 / 3,
        }


PARTS = {"epochs": epochs, "bf16": half_precision, "quality": quality}


def main():
    """Measure, print and write results/training_<device>.csv and .txt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of torch; all cores by default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), help="tables of the part `epochs`")
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    rows = []
    for part in args.parts:
        for row in PARTS[part](args):
            rows.append(row)
            print(
                {key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}, flush=True
            )
    columns = ["part", "table", "contender", "value", "skvae / it", "bar", "met"]
    table = pd.DataFrame(rows, columns=columns)
    where = torch.cuda.get_device_name() if args.device == "cuda" else f"CPU, {args.threads} threads"
    text = f"{where}, torch {torch.__version__}, {args.rounds} rounds in random order, medians\n\n"
    text += table.to_string(index=False, float_format="{:.3f}".format, na_rep="") + "\n"
    print(text)
    if args.write:
        table.to_csv(RESULTS / f"training_{args.device}.csv", index=False, float_format="%.4f")
        (RESULTS / f"training_{args.device}.txt").write_text(text)


if __name__ == "__main__":
    quiet = {"OMP_WAIT_POLICY": "PASSIVE", "TQDM_DISABLE": "1"}
    if quiet.items() <= os.environ.items():
        main()
    else:  # both are read when libraries are loaded
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **quiet})
