"""Columns, scales and conditions of the table that a variational autoencoder is trained on."""
