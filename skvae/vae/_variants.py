"""Functions that create VAE variants from the literature as a `VAETransformer`."""

from ._transformer import VAETransformer


def make_autoencoder(latent_dim=16, **settings):
    """Create a plain autoencoder, without noise in the latent space and without prior.

    Parameters
    ----------
    latent_dim : int, default=16
        Number of latent units.
    **settings
        Other parameters of `VAETransformer`.

    Returns
    -------
    VAETransformer
        Estimator with ``regularizer=None``.

    References
    ----------
    .. [1] G. E. Hinton and R. R. Salakhutdinov, "Reducing the dimensionality of data with neural networks", Science
       313, 2006.

    Examples
    --------
    >>> from skvae.vae import make_autoencoder
    >>> make_autoencoder(8)
    VAETransformer(latent_dim=8, regularizer=None)
    """
    return VAETransformer(latent_dim, regularizer=None, **settings)


def make_beta_vae(latent_dim=16, *, beta=4.0, **settings):
    """Create a beta-VAE, which weights the KL divergence from the prior with `beta`.

    Parameters
    ----------
    latent_dim : int, default=16
        Number of latent units.
    beta : float, default=4.0
        Weight of the KL divergence. Values above 1 favor independent units. Values below 1 favor reconstruction.
    **settings
        Other parameters of `VAETransformer`.

    Returns
    -------
    VAETransformer
        Estimator with this `beta`.

    References
    ----------
    .. [1] I. Higgins et al., "beta-VAE: learning basic visual concepts with a constrained variational framework", ICLR
       2017, equation 4.

    Examples
    --------
    >>> from skvae.vae import make_beta_vae
    >>> make_beta_vae(beta=10.0)
    VAETransformer(beta=10.0)
    """
    return VAETransformer(latent_dim, beta=beta, **settings)


def make_beta_tc_vae(latent_dim=16, *, beta=6.0, **settings):
    """Create a beta-TCVAE, which weights only the total correlation of the latent units with `beta`.

    Parameters
    ----------
    latent_dim : int, default=16
        Number of latent units.
    beta : float, default=6.0
        Weight of the total correlation. The other parts of the KL divergence have weight 1.
    **settings
        Other parameters of `VAETransformer`.

    Returns
    -------
    VAETransformer
        Estimator with ``regularizer="tc"``.

    References
    ----------
    .. [1] R. T. Q. Chen, X. Li, R. Grosse and D. Duvenaud, "Isolating sources of disentanglement in variational
       autoencoders", NeurIPS 2018, equation 4.

    Examples
    --------
    >>> from skvae.vae import make_beta_tc_vae
    >>> make_beta_tc_vae()
    VAETransformer(beta=6.0, regularizer='tc')
    """
    return VAETransformer(latent_dim, beta=beta, regularizer="tc", **settings)


def make_conv_vae(latent_dim=16, *, network="conv2d", **settings):
    """Create a convolutional VAE, for spectrograms or sequences of frames.

    Parameters
    ----------
    latent_dim : int, default=16
        Number of latent units.
    network : {"conv1d", "conv2d"} or Network, default="conv2d"
        Convolutional network. Images that are not square require an object, such as ``Conv2d((128, 130))``.
    **settings
        Other parameters of `VAETransformer`.

    Returns
    -------
    VAETransformer
        Estimator with this `network`.

    References
    ----------
    .. [1] T. Salimans, D. P. Kingma and M. Welling, "Markov chain Monte Carlo and variational inference: bridging the
       gap", ICML 2015, section 4.3.

    Examples
    --------
    >>> from skvae.networks import Conv2d
    >>> from skvae.vae import make_conv_vae
    >>> make_conv_vae(network=Conv2d((128, 130)))
    VAETransformer(network=Conv2d(shape=(128, 130)))
    """
    return VAETransformer(latent_dim, network=network, **settings)


def make_conditional_vae(latent_dim=16, *, condition="language", **settings):
    """Create a conditional VAE, in which encoder and decoder have additional input columns.

    The latent space does not need to represent these columns.

    Parameters
    ----------
    latent_dim : int, default=16
        Number of latent units.
    condition : selector, default="language"
        Condition columns, see `VAETransformer`.
    **settings
        Other parameters of `VAETransformer`. For example, ``beta=4`` creates a conditional beta-VAE.

    Returns
    -------
    VAETransformer
        Estimator with this `condition`.

    References
    ----------
    .. [1] K. Sohn, H. Lee and X. Yan, "Learning structured output representation using deep conditional generative
       models", NeurIPS 2015.

    Examples
    --------
    >>> from skvae.vae import make_conditional_vae
    >>> make_conditional_vae(beta=4)
    VAETransformer(beta=4, condition='language')
    """
    return VAETransformer(latent_dim, condition=condition, **settings)


def make_multimodal_vae(latent_dim=16, *, modalities="auto", fusion="poe", **settings):
    """Create a multimodal VAE, with one latent space for several modalities.

    Modalities, such as audio and lyrics, may be missing in a row.

    Parameters
    ----------
    latent_dim : int, default=16
        Number of latent units.
    modalities : "auto" or list of (name, network, columns), default="auto"
        Columns of the modalities, see `VAETransformer`.
    fusion : {"poe", "late", "attention", "early"}, default="poe"
        Method that combines the modalities into one posterior, see `VAETransformer`.
    **settings
        Other parameters of `VAETransformer`.

    Returns
    -------
    VAETransformer
        Estimator with these `modalities`.

    References
    ----------
    .. [1] M. Wu and N. Goodman, "Multimodal generative models for scalable weakly-supervised learning", NeurIPS 2018.

    Examples
    --------
    A conditional beta-VAE with convolutions for spectrograms and fully connected layers for text embeddings:

    >>> from skvae import MLP
    >>> from skvae.networks import Conv2d
    >>> from skvae.vae import make_multimodal_vae
    >>> hybrid = [("audio", Conv2d((128, 128)), "audio"), ("lyrics", MLP((256,)), "lyrics")]
    >>> vae = make_multimodal_vae(modalities=hybrid, condition="language", beta=4)
    >>> sorted(vae.get_params()["audio"].get_params())
    ['activation', 'channels', 'shape']
    """
    return VAETransformer(latent_dim, modalities=modalities, fusion=fusion, **settings)
