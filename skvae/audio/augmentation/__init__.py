"""Functions that add rows to a track table: windows and augmented copies of songs."""
