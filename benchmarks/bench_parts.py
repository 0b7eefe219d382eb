"""Cost of `skvae features` without the work on the audio, for tables of 20,000 and 60,000 songs.

The audio features are in the cache. The songs of a table share 20 recordings, which a previous run has processed. The
measured work is reading the table, finding the rows of each recording, learning n-grams, computing lyrics features and
writing the parts. The lyrics have 100 of 2,000 words per song. VmHWM is the peak resident memory. RssAnon is the
largest memory that the process owns, measured every 50 ms. Writes results/parts.txt and .csv.

    python benchmarks/bench_parts.py [--songs 20000 60000]
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from bench_large_table import idle, measure

from skvae.datasets import load_feature_table

RESULTS = Path(__file__).with_name("results")
RATE, RECORDINGS, WORDS = 22050, 20, 100


def write_songs(folder, n_songs):
    """Write a table of songs that share the recordings in `folder`."""
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(["".join(rng.choice(letters, size)) for size in rng.integers(2, 9, 2000)])
    chosen = rng.zipf(1.3, size=(n_songs, WORDS)) % len(words)
    lyrics = [" ".join(row) for row in words[chosen]]
    audio = [f"{i % RECORDINGS:02d}.wav" for i in range(n_songs)]
    path = folder / f"{n_songs}.csv"
    pd.DataFrame({"track_id": range(n_songs), "audio": audio, "lyrics": lyrics}).to_csv(path, index=False)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--songs", type=int, nargs="+", default=[20_000, 60_000])
    sizes = parser.parse_args().songs
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        songs = folder / "songs"
        songs.mkdir()
        for seed in range(RECORDINGS):
            noise = 0.1 * np.random.default_rng(seed).standard_normal(5 * RATE)
            soundfile.write(songs / f"{seed:02d}.wav", noise, RATE)
        time.sleep(3)  # The cache trusts modification times that are older than two seconds.
        how = ["--n-jobs", "1", "--memory", folder / "cache"]
        measure(["features", write_songs(songs, RECORDINGS), "--out", folder / "first", *how])
        for n_songs in sizes:
            out = folder / f"features {n_songs}"
            found = measure(["features", write_songs(songs, n_songs), "--out", out, *how])
            start = time.perf_counter()
            width = load_feature_table(out).features.shape[1]
            read = time.perf_counter() - start
            rows.append(
                {"songs": n_songs, "columns": width, "ms_a_song": found.pop("seconds") * 1000 / n_songs}
                | found
                | {"seconds_to_load": read}
            )
    table = pd.DataFrame(rows).round({"ms_a_song": 2, "VmHWM_MiB": 0, "RssAnon_MiB": 0, "seconds_to_load": 1})
    table.to_csv(RESULTS / "parts.csv", index=False)
    lines = [
        f"parts of 1000 songs, one process, audio from the cache; Python {sys.version.split()[0]}, "
        f"{os.cpu_count()} processors, OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'unset')}, "
        f"load {os.getloadavg()[1]:.1f} at the end; {idle():.0f} MiB after the imports",
        "",
        table.to_string(index=False),
    ]
    (RESULTS / "parts.txt").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
