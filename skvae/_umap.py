"""Context for calls of umap-learn."""

import warnings
from contextlib import contextmanager


@contextmanager
def umap_context():
    """Suppress expected warnings of umap-learn, and restore PyTorch's number of threads afterwards.

    Import umap-learn inside the context, because its import emits one of the warnings.
    """
    import torch

    n_threads = torch.get_num_threads()
    with warnings.catch_warnings():
        # A neighbor graph with several connected components has no spectral layout. UMAP then starts at random.
        warnings.filterwarnings("ignore", "(?s).*([Ss]pectral initiali|not fully connected)", UserWarning)
        warnings.filterwarnings("ignore", "Tensorflow not installed", ImportWarning)
        yield
    # numba sets the number of OpenMP threads, which PyTorch uses, and does not restore it.
    torch.set_num_threads(n_threads)
