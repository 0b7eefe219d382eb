"""Names of clusters: words from tags, sound, columns and labels, and the choice among them."""
