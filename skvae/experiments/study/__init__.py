"""Content of a study: its file, data, representations and clusterers."""
