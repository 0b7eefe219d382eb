"""Summary tables in Markdown."""

from skvae.experiments import markdown_tables, summarize


def test_best_similar_and_leaked_scores_are_marked(table):
    text = markdown_tables(summarize(table))
    genre = text.split("## ")[1]
    rows = {line.split(" | ")[0][2:]: line for line in genre.splitlines() if line.startswith("| ")}
    assert genre.startswith("toy: agreement with genre\n")
    assert "| ari ↑ | nmi ↑ | ami ↑ | purity ↑ |" in genre  # in the order of METRICS
    assert "| **0.450 ± 0.035** |" in text
    assert "| *0.445 ± 0.039* |" in rows["near"]
    assert "0.750 ± 0.035†" in rows["cVAE"]
    assert "**" not in rows["cVAE"] + rows["PCA"]
    assert "–" in rows["failed"]
    assert "not significantly different from the best" in genre
    assert "leaked" in genre
    assert "| davies\\_bouldin ↓ |" in text
    assert "| 0.120 |" in rows["chance"]


def test_separate_spaces_have_a_note(table):
    section = next(part for part in markdown_tables(summarize(table)).split("## ") if "in the latent space" in part)
    assert "This space differs between representations" in section
    assert section.count("\n| ") == 10  # header, 4 representations with 2 clusterers, chance
