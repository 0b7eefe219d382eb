"""Batches of tables in memory and of long memory-mapped tables."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from skvae import VAETransformer
from skvae.vae.training import _batches
from skvae.vae.training._batches import Batches, BlockTable, TensorTable, make_table


def encode(rows):
    return {"x": rows.astype(np.float32)[:, None]}


@pytest.fixture
def small_blocks(monkeypatch):
    """Read all tables in blocks of 8 rows, with 4 blocks at a time."""
    monkeypatch.setattr(_batches, "RESIDENT_BYTES", 0)
    monkeypatch.setattr(_batches, "BLOCK_ROWS", 8)
    monkeypatch.setattr(_batches, "POOL_ROWS", 32)


@pytest.mark.parametrize("shuffled", [False, True])
def test_batches_contain_each_row_once(shuffled, small_blocks):
    generator = torch.Generator().manual_seed(0) if shuffled else None
    for table in (TensorTable(x=torch.arange(77.0)[:, None]), make_table(encode, np.arange(77), 1, "cpu")):
        batches = Batches(table, batch_size=5, generator=generator)
        seen = [batch["x"][:, 0] for batch, _ in batches]
        # Pools of 32, 32 and 13 rows give 7, 7 and 3 batches. The short pool may come first.
        assert len(seen) == len(batches) == (17 if isinstance(table, BlockTable) else 16)
        assert max(map(len, seen)) == 5
        rows = torch.cat(seen)
        assert sorted(rows.tolist()) == list(range(77))
        assert torch.equal(rows, torch.arange(77.0)) != shuffled


def test_size_of_the_table_determines_whether_it_is_read_in_blocks(monkeypatch):
    monkeypatch.setattr(_batches, "RESIDENT_BYTES", 400)
    assert isinstance(make_table(encode, np.arange(100), 1, "cpu"), TensorTable)
    assert isinstance(make_table(encode, np.arange(101), 1, "cpu"), BlockTable)


def test_blocks_are_shuffled_again_in_each_epoch(small_blocks):
    batches = Batches(make_table(encode, np.arange(77), 1, "cpu"), 5, torch.Generator().manual_seed(0))
    first, second = (torch.cat([batch["x"] for batch, _ in batches]) for _ in range(2))
    assert not torch.equal(first, second)
    # Batches contain rows of several blocks.
    assert len({int(row) // 8 for row in first[:5]}) > 1


@pytest.mark.parametrize("resident", [False, True])
def test_training_and_validation_rows_together_are_the_table(resident, small_blocks):
    table = make_table(encode, np.arange(200), 1, "cpu")
    parts = (table.read() if resident else table).split(0.1, torch.Generator().manual_seed(0))
    rest, held_out = ([int(row) for batch, _ in Batches(part, 7) for row in batch["x"]] for part in parts)
    assert sorted(rest + held_out) == list(range(200))
    assert len(held_out) == (20 if resident else 16)  # 2 of 25 blocks


@pytest.mark.parametrize("scale", ["standard", pytest.param("power", marks=pytest.mark.slow)])
def test_memory_mapped_tables_give_the_same_result_as_tables_in_memory(scale, tmp_path, small_blocks):
    X = load_digits().data.astype(np.float32)[:300]
    X.tofile(tmp_path / "digits")
    mapped = np.memmap(tmp_path / "digits", dtype=np.float32, mode="r", shape=X.shape)
    vae = VAETransformer(4, scale=scale, max_epochs=3, random_state=0)
    in_memory = vae.fit(X).transform(X)
    assert np.array_equal(in_memory, vae.fit(mapped).transform(mapped))


@pytest.mark.parametrize("scale", ["standard", pytest.param("power", marks=pytest.mark.slow)])
def test_training_in_blocks_reaches_the_score_of_training_in_memory(scale, monkeypatch):
    # Rows sorted by digit are the worst order for contiguous blocks.
    X, y = load_digits(return_X_y=True)
    X = X[:900][np.argsort(y[:900], kind="stable")]
    vae = VAETransformer(8, scale=scale, max_epochs=25, learning_rate=3e-3, random_state=0)
    in_memory = vae.fit(X).score(X)
    monkeypatch.setattr(_batches, "RESIDENT_BYTES", 0)
    monkeypatch.setattr(_batches, "BLOCK_ROWS", 16)
    monkeypatch.setattr(_batches, "POOL_ROWS", 256)
    in_blocks = vae.fit(X).score(X)
    assert in_blocks > in_memory - 0.05 * abs(in_memory)


LONG_TABLE = """
import sys, re
import numpy as np
from skvae import VAETransformer, VaDEClusterer
import torch, umap

def anonymous():
    return int(re.search(r"RssAnon:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) * 1024

import threading, time
peak = before = anonymous()
def watch():
    global peak
    while True:
        peak = max(peak, anonymous())
        time.sleep(0.02)
X = np.memmap(sys.argv[1], dtype=np.float32, mode="r", shape=(int(sys.argv[2]), 424))
threading.Thread(target=watch, daemon=True).start()
vae = VAETransformer(16, max_epochs=1, random_state=0, scale=sys.argv[3])
Z = vae.fit(X).transform(X)
assert np.isfinite(Z).all() and Z.shape == (len(X), 16)
print(peak - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_long_memory_mapped_tables_need_little_memory(tmp_path):
    n_rows = 200_000  # 340 MB. benchmarks/bench_long_table.py uses a million rows.
    X = np.lib.format.open_memmap(tmp_path / "long.npy", mode="w+", dtype=np.float32, shape=(n_rows, 424))
    rng = np.random.default_rng(0)
    for start in range(0, n_rows, 20_000):
        X[start : start + 20_000] = rng.standard_normal((20_000, 424), dtype=np.float32)
    X.flush()
    raw = tmp_path / "long.raw"
    X.tofile(raw)
    done = subprocess.run(
        [sys.executable, "-c", LONG_TABLE, raw, str(n_rows), "standard"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 0.6e9
