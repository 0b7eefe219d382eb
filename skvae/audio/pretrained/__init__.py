"""AudioEmbedder: embeddings of pretrained models."""
