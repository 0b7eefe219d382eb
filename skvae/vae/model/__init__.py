"""PyTorch module of a variational autoencoder, its likelihoods and its priors."""
