"""Base class of the networks."""

from abc import abstractmethod

from sklearn.base import BaseEstimator


class Network(BaseEstimator):
    """Base class of the parameter objects that build an encoder and a decoder.

    A network is a `BaseEstimator`, so that it can be cloned and printed, and its parameters can be searched
    (``vaetransformer__network__hidden``). It has no `fit` method. To add an architecture, write a
    subclass with an ``__init__`` and a `build` method.

    See Also
    --------
    MLP : Fully connected layers.
    skvae.VAETransformer : Train the modules that a network builds.

    Examples
    --------
    >>> from torch import nn
    >>> from skvae.networks import Network
    >>> class Linear(Network):
    ...     def build(self, n_in, n_latent, n_condition):
    ...         return nn.Linear(n_in + n_condition, 2 * n_latent), nn.Linear(n_latent + n_condition, n_in)
    >>> Linear().build(n_in=10, n_latent=2, n_condition=1)
    (Linear(in_features=11, out_features=4, bias=True), Linear(in_features=3, out_features=10, bias=True))
    """

    @abstractmethod
    def build(self, n_in, n_latent, n_condition):
        """Build the PyTorch modules.

        Parameters
        ----------
        n_in : int
            Number of features of the modality.
        n_latent : int
            Number of latent units.
        n_condition : int
            Number of condition columns. 0 without a condition.

        Returns
        -------
        encoder : torch.nn.Module
            Maps features and condition columns, of shape (n, n_in + n_condition), to the mean and log-variance of the
            posterior, of shape (n, 2 * n_latent).
        decoder : torch.nn.Module
            Maps latent and condition columns, of shape (n, n_latent + n_condition), to features, of shape (n, n_in).
        """
