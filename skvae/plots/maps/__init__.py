"""Maps of tracks in two dimensions."""
