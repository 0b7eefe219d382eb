"""Functions that add rows to a track table: windows and changed copies of songs."""
