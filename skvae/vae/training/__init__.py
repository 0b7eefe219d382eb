"""Training loop, batches, callbacks and checkpoints."""
