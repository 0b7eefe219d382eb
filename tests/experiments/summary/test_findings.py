"""Sentences of the findings."""

import numpy as np
import pandas as pd
import pytest

from skvae.experiments import write_findings

BASE = np.linspace(0.20, 0.27, 12)


def section(text, title):
    return next(part for part in ("\n" + text).split("\n## ") if part.startswith(title))


@pytest.fixture(scope="module")
def table(long_table):
    umap = long_table({"pca": BASE + 0.01, "vae": BASE + 0.02, "vae@audio": BASE}, clusterer="dbscan@umap", n_noise=25)
    return pd.concat(
        [
            long_table({"raw": BASE - 0.01, "pca": BASE, "vae@audio": BASE, "vae@lyrics": BASE - 0.1}),
            long_table({"vae": BASE + 0.3, "beta-vae-0.5": BASE + 0.298, "beta-vae-4": BASE + 0.1}),
            long_table({"failed": BASE * np.nan}),
            long_table({"conditional-vae-genre": BASE + 0.6}, leaked=True),
            long_table({"pca": BASE, "vae": BASE + 0.02}, clusterer="dbscan"),
            umap,
            long_table({"pca": BASE, "vae": BASE + 0.1}, label="language", metric="nmi", chance=0.15),
            long_table({"pca": BASE, "vae": BASE + 0.1}, label="", metric="silhouette", space="input", chance=np.nan),
            long_table({"pca": BASE, "vae": BASE + 9}, label="", metric="silhouette", space="latent", chance=np.nan),
            long_table(
                {"beta-vae-0.5": [9.0] * 12, "beta-vae-4": [3.0] * 12}, clusterer="", label="", metric="active_units",
                space="latent", chance=np.nan, reconstruction_error=0.25,
            ),
        ]
    )  # fmt: skip


@pytest.fixture(scope="module")
def text(table):
    return write_findings(table)


def test_the_best_method_has_interval_chance_and_baseline(text):
    genre = section(text, "genre")
    assert "The best of 12 methods is vae + kmeans: AMI 0.535 (0.520 to 0.550), chance 0.000." in genre
    assert "It is better than the strongest baseline, pca + kmeans, by 0.300 (p = 0.0" in genre
    assert "It is not significantly different from 1 of the 11 other methods: beta-vae-0.5 + kmeans." in genre
    assert "\n1. vae + kmeans: 0.535" in genre
    assert genre.count("\n10. ") == 1
    assert "\n11. " not in genre


def test_the_best_clusterer_of_each_representation_is_listed(text):
    genre = section(text, "genre")
    assert "\n- pca: dbscan@umap, 0.245" in genre
    assert "\n- dbscan@umap: vae, 0.255" in genre
    assert "25% of the rows without a cluster" in genre


def test_effects_have_a_verdict(text):
    genre = section(text, "genre")
    assert "Fusion of all blocks, compared with the best single block: better (0.535 vs. 0.235" in genre
    assert "Lyrics and audio, compared with audio alone: better (0.395 vs. 0.235" in genre
    assert "UMAP before the clusterer, compared with no UMAP: no significant difference (0.250 vs. 0.245" in genre
    assert "Beta 0.5, compared with beta 1: no significant difference" in genre
    assert "Beta 4, compared with beta 1: worse" in genre
    assert "Condition genre, compared with no condition: leaked and not informative (0.835 vs. 0.535)." in genre


def test_leaked_and_failed_methods_are_listed_separately(text):
    genre = section(text, "genre")
    ranked, apart = genre.split("\nLeaked scores (the representation was trained on genre")
    assert "conditional-vae-genre + kmeans: 0.835" in apart
    assert "conditional-vae-genre + " not in ranked
    assert "Without a score: failed + kmeans." in apart


def test_a_label_without_ami_uses_the_first_metric(text):
    assert "NMI 0.335" in section(text, "language")
    assert "chance 0.150" in section(text, "language")


def test_separate_spaces_are_not_compared(text):
    inside = section(text, "Metrics without labels")
    assert "silhouette (higher is better): vae + kmeans 0.335" in inside
    assert "9.2" not in inside


def test_the_sweep_of_beta_is_described(text):
    assert "- Beta 0.5: reconstruction error 0.25, active units 9.\n" in section(text, "Sweep")


def test_the_limits_of_few_seeds_are_described(long_table):
    scores = {"pca": BASE[:3], "vae": BASE[:3] + 0.5}
    text = write_findings(long_table(scores))
    assert "With 3 seeds, no difference can be significant. At least 6 seeds are required." in text
    assert "not significantly different from the strongest baseline, pca + kmeans" in text
    assert "It is not significantly different from the other method: pca + kmeans." in text
    assert "One seed gives no confidence interval." in write_findings(long_table({"pca": [0.1], "vae": [0.2]}))
    many = {f"m{i}": BASE[:6] + i for i in range(9)}
    assert "Comparing the best method with 8 others requires at least 9 seeds." in write_findings(long_table(many))


def test_each_study_has_a_part_in_any_order_of_rows(table, text):
    both = pd.concat([table, table.assign(study="another")])
    shuffled = write_findings(both.sample(frac=1, random_state=0))
    assert shuffled.count("# Findings of ") == 2
    assert shuffled == text.replace("toy", "another") + "\n" + text


def test_a_single_method_is_described(long_table):
    assert "The only method is pca + kmeans: AMI 0.235" in write_findings(long_table({"pca": BASE}))
