"""Network: what every architecture has in common."""

from abc import abstractmethod

from sklearn.base import BaseEstimator


class Network(BaseEstimator):
    """Settings of an encoder and a decoder, and how to build the two.

    A network is a `BaseEstimator` only for its parameters: it is cloned, printed and searched like any other
    (``vaetransformer__network__hidden``), and learns nothing itself. A new architecture is a subclass with an
    ``__init__`` and a `build`.

    See Also
    --------
    MLP : Fully connected layers.
    skvae.VAETransformer : Trains what a network builds.

    Examples
    --------
    >>> from torch import nn
    >>> from skvae.networks import MLP, Network
    >>> isinstance(MLP(), Network)
    True
    """

    @abstractmethod
    def build(self, n_in, n_latent, n_condition):
        """Make the torch modules.

        Parameters
        ----------
        n_in : int
            Number of features of the modality.
        n_latent : int
            Number of latent units.
        n_condition : int
            Number of condition columns, 0 for none.

        Returns
        -------
        encoder : torch.nn.Module
            Maps features next to condition, (n, n_in + n_condition), to mean next to log-variance, (n, 2 * n_latent).
        decoder : torch.nn.Module
            Maps latent next to condition, (n, n_latent + n_condition), to features, (n, n_in).
        """
