"""AudioEmbedder: embeddings of pretrained models, and the registry of models."""
