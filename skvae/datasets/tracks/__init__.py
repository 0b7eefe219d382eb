"""Track tables: loading of a music library from a folder or a table."""
