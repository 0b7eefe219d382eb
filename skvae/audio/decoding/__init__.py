"""Decoding of recordings to mono float32 samples."""
