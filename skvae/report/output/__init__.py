"""Tables, playlists and atomic file writing."""
