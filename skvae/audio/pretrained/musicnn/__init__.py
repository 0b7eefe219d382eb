"""The network musicnn: checkpoint reader, spectrogram, layers and tags."""
