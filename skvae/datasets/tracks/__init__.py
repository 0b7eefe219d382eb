"""Track tables: loading a music library from a folder or a table."""
