"""Training: seconds per epoch, bf16, and seconds to a given quality, compared with plain torch, pythae and ClustPy.

Run ``pip install --no-deps pythae clustpy imageio`` first (see `_peers`). The script restarts itself with
OMP_WAIT_POLICY=PASSIVE, because active waiting would distort the times of other processes.

Contenders run in turn in random order within a round, so that all run under the same conditions. Ratios are computed
within a round. The result is their median over the rounds.

**Epochs.** An epoch lasts from its start to the start of the next one, including validation, diagnostics, callbacks
and storing the best weights. The first epoch and the preparation (scaling, building, caches) are excluded. skvae uses
its defaults except for the number of epochs. The bare loop (`_bare`) has the same objective, batches, validation and
optimizer, and keeps the best weights. The plain one uses the default of `Adam`, which is not fused. The peers use
their defaults with networks of the same sizes and a validation pass. Their smaller batches are part of their
defaults. They are also timed with the batch size of skvae for information.

**bf16.** The same fit with ``precision="bf16"``, and the bound of held-out rows.

**Quality.** One function computes the bound for all models on the same held-out rows: a Gaussian likelihood with the
mean squared error of the training rows as variance, and 16 fixed draws per row, in nats. This raises the bound of
pythae, whose own variance is 1. All models get the same standardized table, layers and latent units. The mark is the
bound of pythae with its best weights of 100 epochs. The time of pythae ends at the first fifth epoch that reaches the
mark, without the evaluations. The time of skvae is that of a complete fit, including preparation, with the smallest
number of epochs in `LADDER` that reaches the mark. A fit cannot be stopped early for this purpose, because the KL
warm-up is a fraction of the planned epochs.
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
    """Table and network. `batch` is the result of ``batch_size="auto"`` for the table."""

    n_rows: int
    n_columns: int
    hidden: tuple
    n_latent: int
    batch: int
    epochs: int
    bar: float = 1.05

    @property
    def widths(self):
        """Number of columns, sizes of the hidden layers, number of latent units."""
        return [self.n_columns, *self.hidden, self.n_latent]


CASES = {
    "3,000 x 40": Case(3_000, 40, (512, 256), 32, 256, 13),
    "50,000 x 40": Case(50_000, 40, (512, 256), 32, 256, 3),
    "5,000 x 784": Case(5_000, 784, (500, 500, 2000), 10, 256, 4),
    "tiny net, 3,000 x 40": Case(3_000, 40, (64,), 8, 256, 60, 1.15),
    "tiny net, 1,000 x 16": Case(1_000, 16, (64,), 8, 112, 100, 1.15),
}


def make_table(n_rows, n_columns, seed=0):
    """Return standardized rows: a random two-layer network of 8 standard normal variables, and noise."""
    rng = np.random.default_rng(seed)
    hidden = np.tanh(rng.standard_normal((n_rows, 8)) @ rng.standard_normal((8, 32)))
    x = hidden @ rng.standard_normal((32, n_columns)) / math.sqrt(32) + 0.3 * rng.standard_normal((n_rows, n_columns))
    return torch.from_numpy(((x - x.mean(0)) / x.std(0)).astype(np.float32))


def skvae(x, case, *, epochs, device, **settings):
    """Fit `VAETransformer` on a scaled table. Return it and the time at the start of each epoch."""
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
        warnings.simplefilter("ignore")  # warnings about collapsed units after three epochs
        vae.fit(x.numpy())
    if vae.net_.batch_size != case.batch:
        raise ValueError(f"skvae used batches of {vae.net_.batch_size} rows, but the benchmark expects {case.batch}.")
    return vae, starts


def per_epoch(starts):
    """Return the mean seconds of the epochs after the first."""
    return (starts[-1] - starts[1]) / (len(starts) - 2)


def contenders(case, x, device):
    """Return functions that train for some epochs and return the seconds per epoch."""
    from _peers import clustpy, pythae

    cut = round(0.1 * len(x))
    halves, how = (x[cut:], x[:cut], case.widths), {"epochs": case.epochs, "device": device}
    bare = {"x": x, "widths": case.widths, "batch_size": case.batch, **how}
    return {
        # skvae does not record the end of the last epoch, so it runs one more epoch
        "skvae": lambda: per_epoch(skvae(x, case, epochs=case.epochs + 1, device=device, patience=case.epochs)[1]),
        "bare loop, fused Adam": lambda: per_epoch(train(**bare, fused=True)[1]),
        "bare loop, plain Adam": lambda: per_epoch(train(**bare, fused=None)[1]),
        "pythae": lambda: per_epoch(pythae(*halves, **how)[1]),
        "ClustPy": lambda: per_epoch(clustpy(*halves, **how)[1]),
        "pythae, skvae's batch": lambda: per_epoch(pythae(*halves, **how, batch_size=case.batch)[1]),
        "ClustPy, skvae's batch": lambda: per_epoch(clustpy(*halves, **how, batch_size=case.batch)[1]),
    }


def in_turn(functions, rounds):
    """Return the results of each function in every round. The first round is a warm-up."""
    results = {name: [] for name in functions}
    for r in range(rounds + 1):
        for name in random.sample(list(functions), len(functions)):
            value = functions[name]()
            if r > 0:
                results[name].append(value)
    return results


def ratio(a, b):
    """Return the median over rounds of the ratio within a round."""
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
    """Return whether the device has bf16 arithmetic."""
    if device == "cuda":
        return torch.cuda.is_bf16_supported()
    info = Path("/proc/cpuinfo")
    return info.exists() and bool({"avx512_bf16", "amx_bf16"} & set(info.read_text().split()))


def half_precision(args, n_epochs=15):
    """Compare bf16 with float32 on 784 columns."""
    if not has_bf16(args.device):
        yield {"part": "bf16", "contender": "not measured: the CPU has no avx512_bf16 or amx_bf16"}
        return
    case = CASES["5,000 x 784"]
    x = make_table(case.n_rows + 1000, case.n_columns)
    fitted, held_out = x[:-1000], x[-1000:]

    def run(precision):
        vae, starts = skvae(fitted, case, epochs=n_epochs, device=args.device, precision=precision, random_state=0)
        return per_epoch(starts), skvae_elbo(vae, fitted, held_out)

    pairs = in_turn({name: lambda name=name: run(name) for name in ("float32", "bf16")}, args.rounds)
    (full, full_elbo), (half, half_elbo) = (zip(*pairs[name], strict=True) for name in ("float32", "bf16"))
    # The bar is for CPUs. These layers are too small to benefit from bf16 on a GPU.
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
    """Train pythae for 100 epochs. Return its final bound and the seconds until it was reached."""
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
    """Compare the seconds until the bound of pythae is reached."""
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
                ours = math.inf  # the longest fit did not reach the mark
            lowest = max(0, LADDER.index(n_epochs) - 2)  # the next round starts two steps below
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
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="Number of threads. All cores by default.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), help="Tables of the part `epochs`.")
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
    else:  # libraries read both when they are loaded
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **quiet})
