"""Reconstruction error of a fitted representation."""

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline


def reconstruction_error(model, data, blocks, table, Z):
    """Compute the mean squared reconstruction error over the observed values of the standardized columns.

    Predicting the mean of every column gives an error of about 1.

    Parameters
    ----------
    model : estimator
        Fitted representation.
    data : Data
        Data of the study.
    blocks : tuple of str
        Blocks that the representation uses.
    table : DataFrame
        Table on which the model was fitted.
    Z : ndarray of shape (n_rows, latent_dim)
        Latent representation of the table.

    Returns
    -------
    float or None
        Error. None if the model does not reduce the number of columns or cannot decode.
    """
    width = len(data.positions(blocks))
    decoded = None if Z.shape[1] >= width else _decode(model, table, Z)
    if decoded is None:
        return None
    original, reconstructed = (data.standardize(np.asarray(X)[:, :width], blocks) for X in (table, decoded))
    return float(np.nanmean(np.square(original - reconstructed)))


def _decode(model, table, Z):
    """Map the latent representation back to the columns, or return None if the model has no inverse."""
    if hasattr(model, "reconstruct"):
        return model.reconstruct(table)
    steps = [step for _, step in model.steps] if isinstance(model, Pipeline) else [model]
    for step in reversed(steps):
        if isinstance(step, SimpleImputer):  # changes only missing values, which the error ignores
            continue
        if not hasattr(step, "inverse_transform"):
            return None
        Z = step.inverse_transform(Z)
    return Z
