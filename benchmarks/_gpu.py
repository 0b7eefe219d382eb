"""Benchmark skvae on a GPU. Started by ``gpu.sh``, which installs the missing packages.

Each part runs in a separate process with a time limit. A part that hangs or crashes does not end the other parts.
A part prints its results at once. The table of all results comes last.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUDGET = 465  # seconds for all parts
CLIP_SECONDS = 30

# Rows, columns, hidden layers, latent units, batch size, number of timed epochs, precision.
TRAINING = [
    (3_000, 40, (512, 256), 32, 256, 12, "float32"),
    (50_000, 40, (512, 256), 32, 256, 3, "float32"),
    (50_000, 784, (500, 500, 2000), 10, 256, 3, "float32"),
    (50_000, 784, (500, 500, 2000), 10, 256, 3, "bf16"),
    (500_000, 264, (512, 256), 32, 4096, 2, "float32"),
    (200_000, 784, (2000, 2000, 2000), 32, 4096, 2, "float32"),
    (200_000, 784, (2000, 2000, 2000), 32, 4096, 2, "bf16"),
]


class Report:
    """Prints results at once and appends them to a file of JSON lines."""

    def __init__(self, path, part):
        self.path, self.part, self.start = path, part, time.perf_counter()

    def add(self, name, value):
        """Record one result, a text."""
        print(f"[{time.perf_counter() - self.start:6.1f} s] {self.part}: {name}: {value}", flush=True)
        with self.path.open("a") as file:
            file.write(json.dumps([self.part, name, value]) + "\n")


def environment(report, options):
    """Record the device and the versions."""
    import numpy as np
    import sklearn
    import torch

    import skvae

    card = torch.cuda.get_device_name() if options.device.startswith("cuda") else "CPU"
    report.add("device", f"{card}, {os.cpu_count()} CPU cores")
    versions = {"Python": platform.python_version(), "torch": torch.__version__, "CUDA": torch.version.cuda}
    versions |= {"NumPy": np.__version__, "scikit-learn": sklearn.__version__, "skvae": skvae.__version__}
    report.add("versions", ", ".join(f"{name} {version}" for name, version in versions.items()))


def tests(report, options):
    """Run the tests marked `gpu`."""
    files = [path for path in sorted(ROOT.glob("tests/**/test_*.py")) if "pytest.mark.gpu" in path.read_text()]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "gpu", *files]
    environ = os.environ | {"SKVAE_GPU_TEST_DEVICE": options.device}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    if done.returncode:
        print("\n".join(lines[-60:]), flush=True)
    report.add("pytest -m gpu", lines[-1].strip("= "))


def training(report, options):
    """Compare seconds per epoch with the bare loop, captured steps of it, and pythae."""
    import torch
    from _bare import train
    from bench_training import Case, in_turn, make_table, per_epoch, ratio, skvae

    for n_rows, n_columns, hidden, n_latent, batch, epochs, precision in TRAINING:
        rows = n_rows
        if options.quick:
            batch, epochs = min(batch, 256), 2
            rows = 4 * batch
        case = Case(rows, n_columns, hidden, n_latent, batch, epochs)
        x = make_table(rows, n_columns)

        def ours(x=x, case=case, precision=precision):
            settings = {"batch_size": case.batch, "patience": case.epochs, "precision": precision}
            return per_epoch(skvae(x, case, epochs=case.epochs + 1, device=options.device, **settings)[1])

        def bare(x=x, case=case):
            settings = {"epochs": case.epochs + 1, "batch_size": case.batch, "device": options.device}
            return per_epoch(train(x, case.widths, fused=True, **settings)[1])

        times = in_turn({"skvae": ours, "bare": bare}, rounds=2)
        best = min(times["skvae"])
        row = [f"skvae {1e3 * best:.0f} ms", f"bare loop {1e3 * min(times['bare']):.0f} ms"]
        ratios = [f"skvae / bare {ratio(times['skvae'], times['bare']):.2f}"]
        if options.device.startswith("cuda"):
            from _cuda_graph import seconds_per_epoch

            captured = seconds_per_epoch(x, case.widths, batch_size=batch)
            row.append(f"captured steps {1e3 * captured:.0f} ms")
            ratios.append(f"skvae / captured {best / captured:.1f}")
        if precision == "float32" and n_rows <= 50_000:
            try:
                peer = pythae_seconds(x, case, options.device)
            except ImportError as error:
                row.append(f"pythae not measured ({error})")
            else:
                row.append(f"pythae {1e3 * peer:.0f} ms")
                ratios.append(f"pythae / skvae {peer / best:.1f}")
        name = f"{rows:,} x {n_columns}, {hidden}, batch {batch}, {precision}"
        report.add(name, ", ".join(row + ratios))
        del x
        if options.device.startswith("cuda"):
            torch.cuda.empty_cache()


def pythae_seconds(x, case, device):
    """Seconds per epoch of pythae with skvae's batch size."""
    from _peers import pythae
    from bench_training import per_epoch

    cut = len(x) // 10
    return per_epoch(pythae(x[cut:], x[:cut], case.widths, epochs=3, device=device, batch_size=case.batch)[1])


def saving(report, options):
    """Save a model that was trained on the device and load it in a process without a GPU."""
    import numpy as np

    import skvae

    X = np.random.default_rng(0).standard_normal((2_000, 30)).astype(np.float32)
    settings = {"max_epochs": 5, "random_state": 0}
    vae, again = (skvae.VAETransformer(8, device=options.device, **settings).fit(X) for _ in range(2))
    latent = vae.transform(X)
    report.add("same seed, same latent", str(np.array_equal(latent, again.transform(X))))
    on_cpu = skvae.VAETransformer(8, device="cpu", **settings).fit(X).transform(X)
    report.add("largest difference to a fit on the CPU", f"{np.abs(latent - on_cpu).max():.2g}")
    with tempfile.TemporaryDirectory() as folder:
        skvae.save(vae, Path(folder, "model.skvae"))
        np.savez(Path(folder, "rows.npz"), X=X, latent=latent)
        code = (
            "import sys, numpy as np, skvae; stored = np.load(sys.argv[2]); vae = skvae.load(sys.argv[1]); "
            "print(vae.device_, float(np.abs(vae.transform(stored['X']) - stored['latent']).max()))"
        )
        command = [sys.executable, "-c", code, f"{folder}/model.skvae", f"{folder}/rows.npz"]
        environ = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    device, difference = done.stdout.split()
    report.add("loaded without a GPU", f"device {device}, largest difference {float(difference):.2g}")


def memory(report, options):
    """Check the error of a batch that is too large for the device."""
    import numpy as np
    import torch

    import skvae

    if not options.device.startswith("cuda"):
        report.add("batch that is too large", "not measured on a CPU")
        return
    X = np.random.default_rng(0).standard_normal((60_000, 784)).astype(np.float32)
    torch.cuda.set_per_process_memory_fraction(0.006)
    vae = skvae.VAETransformer(
        8, network=skvae.MLP((4000, 4000)), batch_size=50_000, max_epochs=1, device=options.device
    )
    try:
        vae.fit(X)
        report.add("batch that is too large", "no error")
    except Exception as error:
        names = "names batch_size" if "batch_size" in str(error) else "does not name batch_size"
        report.add("batch that is too large", f"{type(error).__name__}, {names}")


def mel(report, options):
    """Compare images of mel bands and of cepstra with those of all CPU cores."""
    import numpy as np

    from skvae import AudioFeatureExtractor

    rng = np.random.default_rng(0)
    n_clips = 4 if options.quick else 192
    clips = [(0.1 * rng.standard_normal(22_050 * CLIP_SECONDS)).astype(np.float32) for _ in range(n_clips)]
    for feature in ("mel", "mfcc"):
        tables, speeds = [], []
        for device, n_jobs in ((options.device, None), ("cpu", -1)):
            extractor = AudioFeatureExtractor([feature], statistics=None, device=device, n_jobs=n_jobs)
            extractor.fit_transform(clips[:2])
            start = time.perf_counter()
            tables.append(np.asarray(extractor.fit_transform(clips), dtype=np.float64))
            speeds.append(n_clips / (time.perf_counter() - start))
        difference = np.abs(tables[0] - tables[1]).max()
        report.add(
            f"{feature} of {n_clips} clips of {CLIP_SECONDS} s",
            f"device {speeds[0]:.0f} clips/s, CPU cores {speeds[1]:.0f} clips/s, largest difference {difference:.2g}",
        )


def vade(report, options):
    """Cluster MNIST: accuracy, seconds of each stage, memory."""
    import numpy as np
    import torch
    from skorch.callbacks import Callback

    from skvae import MLP, VaDEClusterer, VAETransformer
    from skvae.metrics import clustering_accuracy_score

    with np.load(Path(options.data) / "images" / "mnist.npz") as stored:
        X, y = stored["X"].reshape(len(stored["X"]), -1).astype(np.float32) / 255, stored["y"].astype(int)
    if options.quick:
        X, y = X[:1_000], y[:1_000]
    times = [time.perf_counter()]

    class Clock(Callback):
        """Note when each training begins and ends. The list is shared by the clones of the callback."""

        def on_train_begin(self, net, **kwargs):
            times.append(time.perf_counter())

        def on_train_end(self, net, **kwargs):
            times.append(time.perf_counter())

    vae = VAETransformer(
        latent_dim=10,
        network=MLP((500, 500, 2000)),
        scale=None,
        input_noise=0,
        max_epochs=2 if options.quick else 40,
        precision="bf16",
        device=options.device,
        callbacks=[("clock", Clock())],
    )
    model = VaDEClusterer(10, vae=vae, max_epochs=2 if options.quick else 20, random_state=0).fit(X)
    times.append(time.perf_counter())
    stages = ("preparation", "autoencoder", "initial partition", "joint training", "labels")
    seconds = ", ".join(f"{name} {end - start:.1f}" for name, start, end in zip(stages, times, times[1:], strict=False))
    accuracy = clustering_accuracy_score(y, model.labels_)
    initial = clustering_accuracy_score(y, model.initial_labels_)
    report.add(f"MNIST, {len(X):,} rows, accuracy", f"{accuracy:.3f} (initial partition {initial:.3f})")
    report.add("seconds", f"{times[-1] - times[0]:.0f} in all: {seconds}")
    if options.device.startswith("cuda"):
        report.add("peak memory of the GPU", f"{torch.cuda.max_memory_allocated() / 2**30:.2f} GiB")


# In order of importance, with time limits in seconds.
PARTS = {
    environment: 60,
    tests: 120,
    saving: 60,
    memory: 60,
    training: 200,
    mel: 60,
    vade: 240,
}


def run_part(name, options):
    """Run one part in this process."""
    warnings.filterwarnings("ignore")
    part = next(part for part in PARTS if part.__name__ == name)
    part(Report(Path(options.results), name), options)


def run_all(options):
    """Run all parts in turn, then write the table."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results.jsonl")
        results.touch()
        for part, limit in PARTS.items():
            left = BUDGET - (time.perf_counter() - start)
            command = [sys.executable, str(HERE / "_gpu.py"), *sys.argv[1:]]
            command += ["--part", part.__name__, "--results", str(results)]
            try:
                done = subprocess.run(command, timeout=max(min(limit, left), 1), check=False)
                problem = f"failed with exit code {done.returncode}" if done.returncode else ""
            except subprocess.TimeoutExpired as error:
                problem = f"did not end within {error.timeout:.0f} s"
            if problem:
                Report(results, part.__name__).add("not complete", problem)
        rows = [json.loads(line) for line in results.read_text().splitlines()]
    table = "\n".join(format_table(rows, sizes="small sizes" if options.quick else "full sizes"))
    print(f"\n{table}\n\n{time.perf_counter() - start:.0f} s in all", flush=True)
    if options.out:
        Path(options.out).write_text(table + "\n")
    return any(name == "not complete" for _, name, _ in rows)


def format_table(rows, sizes):
    """Format the results, part by part."""
    yield f"benchmarks/gpu.sh, {sizes}. Training: times of the fastest epoch, median ratio of two rounds."
    part = None
    for row_part, name, value in rows:
        if row_part != part:
            part = row_part
            yield f"\n{part}"
        yield f"  {name}: {value}"


def main():
    """Parse the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=os.environ.get("SKVAE_SHARED_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--device", default="cuda", help="Device of PyTorch.")
    parser.add_argument("--quick", action="store_true", help="Use small sizes, to test the script.")
    parser.add_argument("--out", help="File of the table. Default: results/gpu.txt if the device is a GPU.")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--results", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.out is None and options.device.startswith("cuda") and not options.quick:
        options.out = HERE / "results" / "gpu.txt"
    if options.part:
        run_part(options.part, options)
        return
    sys.exit(run_all(options))


if __name__ == "__main__":
    main()
