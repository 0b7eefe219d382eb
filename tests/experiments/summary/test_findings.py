"""The text that the numbers write."""

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


def test_best_is_named_with_interval_chance_and_baseline(text):
    genre = section(text, "genre")
    assert "The best of 12 methods is vae + kmeans: AMI 0.535 (0.520 to 0.550), chance 0.000." in genre
    assert "It is above pca + kmeans, the strongest baseline for it, by 0.300 (p = 0.0" in genre
    assert "No difference is to be seen from 1 of the 11 others: beta-vae-0.5 + kmeans." in genre
    assert "\n1. vae + kmeans: 0.535" in genre
    assert genre.count("\n10. ") == 1
    assert "\n11. " not in genre


def test_best_of_each(text):
    genre = section(text, "genre")
    assert "\n- pca: dbscan@umap, 0.245" in genre
    assert "\n- dbscan@umap: vae, 0.255" in genre
    assert "25% of the rows in no cluster" in genre


def test_steps_are_told_with_no_difference_where_there_is_none(text):
    genre = section(text, "genre")
    assert "Fusion of the blocks, against the better one of them alone: better (0.535 against 0.235" in genre
    assert "Lyrics beside the audio, against the audio alone: better (0.395 against 0.235" in genre
    assert "A UMAP step before the clusterer, against none: no difference to be seen (0.250 against 0.245" in genre
    assert "Beta 0.5, against 1: no difference to be seen" in genre
    assert "Beta 4, against 1: worse" in genre
    assert "Conditioning on genre, against none: 0.835 against 0.535, but leaked: this says nothing." in genre


def test_leaked_and_failed_are_named_apart(text):
    genre = section(text, "genre")
    ranked, apart = genre.split("\nLeaked, as the representation was given genre")
    assert "conditional-vae-genre + kmeans: 0.835" in apart
    assert "conditional-vae-genre + " not in ranked
    assert "Without a score: failed + kmeans." in apart


def test_a_label_without_ami_takes_the_first_metric(text):
    assert "NMI 0.335" in section(text, "language")
    assert "chance 0.150" in section(text, "language")


def test_own_spaces_are_not_compared(text):
    inside = section(text, "Without labels")
    assert "silhouette (higher is better): vae + kmeans 0.335" in inside
    assert "9.2" not in inside


def test_sweep_of_beta(text):
    assert "- Beta 0.5: reconstruction error 0.25, active units 9.\n" in section(text, "Sweep")


def test_few_seeds_are_said_to_show_nothing(long_table):
    scores = {"pca": BASE[:3], "vae": BASE[:3] + 0.5}
    text = write_findings(long_table(scores))
    assert "With 3 seeds no difference can be significant: 6 is the least." in text
    assert "not told apart from pca + kmeans" in text
    assert "No difference is to be seen from 1 of the 1 others: pca + kmeans." in text
    assert "One seed gives no interval." in write_findings(long_table({"pca": [0.1], "vae": [0.2]}))
    many = {f"m{i}": BASE[:6] + i for i in range(9)}
    assert "but not the best from 8 others at once, which takes 9." in write_findings(long_table(many))


def test_each_study_has_its_part_and_order_does_not_matter(table):
    both = pd.concat([table, table.assign(study="another")])
    text = write_findings(both)
    assert text == write_findings(both.sample(frac=1, random_state=0))
    assert text.count("# Findings of ") == 2
    assert text.endswith(write_findings(table))


def test_a_lone_method(long_table):
    assert "The only method is pca + kmeans: AMI 0.235" in write_findings(long_table({"pca": BASE}))
