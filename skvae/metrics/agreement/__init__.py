"""Agreement of clusters with true labels."""
