"""Tables, cluster names, playlists and relative paths."""
