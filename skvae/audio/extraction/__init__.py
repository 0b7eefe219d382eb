"""AudioFeatureExtractor: statistics and images of descriptors."""
