"""Feature tables of a library: extraction in memory and on disk, and their files."""
