"""The VAEs of pythae and ClustPy with networks of given sizes, trained with their default settings.

Both require torchvision. Its usual wheel does not work with a CPU build of torch, and tables do not need it. Install
both without their dependencies: ``pip install --no-deps pythae clustpy imageio``. A placeholder replaces torchvision
while ClustPy is imported. The benchmark disables progress bars (TQDM_DISABLE) before the imports, so that their time
does not count.
"""

import logging
import sys
import tempfile
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType

from _bare import clock, stack
from torch import nn


class _StandIn(ModuleType):
    """Placeholder module in which every name is an empty class."""

    __path__ = ()

    def __init__(self, name):
        super().__init__(name)
        self.__spec__ = ModuleSpec(name, None)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


@contextmanager
def torchvision_or_stand_in():
    """Make ``import torchvision`` work. Remove the placeholder afterwards."""
    try:
        import torchvision  # noqa: F401
    except (ImportError, RuntimeError):  # missing, or built for another torch
        names = [
            "torchvision",
            *(f"torchvision.{name}" for name in ("datasets", "transforms", "models", "models._api")),
        ]
        modules = {name: _StandIn(name) for name in names}
        for name in names[1:]:
            parent, _, child = name.rpartition(".")
            setattr(modules[parent], child, modules[name])
        sys.modules.update(modules)
        try:
            yield
        finally:
            for name in names:
                del sys.modules[name]
    else:
        yield


def pythae(train, valid, widths, *, epochs, device, batch_size=None, on_epoch_end=None):
    """Train the VAE of pythae with its defaults: Adam, learning rate 1e-4, batches of 64, unit variance.

    Parameters
    ----------
    train, valid : torch.Tensor of shape (n, d)
        Training rows and validation rows.
    widths : list of int
        Number of columns, sizes of the hidden layers, number of latent units.
    epochs : int
        Number of epochs.
    device : {"cpu", "cuda"}
        Device.
    batch_size : int or None
        Number of rows per step. None is the default of pythae.
    on_epoch_end : callable or None
        Called with the model after every epoch.

    Returns
    -------
    model : pythae.models.VAE
        Model with the best validation loss, as pythae saves it.
    starts : list of float
        Time at the start of each epoch and at the end.
    """
    from pythae.models import VAE, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.pipelines import TrainingPipeline
    from pythae.trainers import BaseTrainerConfig
    from pythae.trainers.training_callbacks import TrainingCallback

    for name in [*logging.root.manager.loggerDict]:
        if name.startswith("pythae"):
            logging.getLogger(name).setLevel(logging.ERROR)
    n_columns, *hidden, n_latent = widths

    class Encoder(BaseEncoder):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(stack([n_columns, *hidden]), nn.ReLU())
            self.mean = nn.Linear(hidden[-1], n_latent)
            self.log_variance = nn.Linear(hidden[-1], n_latent)

        def forward(self, x):
            h = self.body(x)
            return ModelOutput(embedding=self.mean(h), log_covariance=self.log_variance(h))

    class Decoder(BaseDecoder):
        def __init__(self):
            super().__init__()
            self.body = stack([n_latent, *reversed(hidden), n_columns])

        def forward(self, z):
            return ModelOutput(reconstruction=self.body(z))

    class Clock(TrainingCallback):
        def __init__(self):
            self.starts = []

        def on_epoch_begin(self, training_config, **kwargs):
            self.starts.append(clock(device))

        def on_epoch_end(self, training_config, **kwargs):
            if on_epoch_end is not None:
                on_epoch_end(pipeline.model)

    with tempfile.TemporaryDirectory() as folder:
        settings = (
            {}
            if batch_size is None
            else {"per_device_train_batch_size": batch_size, "per_device_eval_batch_size": batch_size}
        )
        config = BaseTrainerConfig(output_dir=folder, num_epochs=epochs, no_cuda=device == "cpu", **settings)
        model = VAE(VAEConfig(input_dim=(n_columns,), latent_dim=n_latent), Encoder(), Decoder())
        pipeline = TrainingPipeline(model, config)
        stopwatch = Clock()
        pipeline(train, valid, callbacks=[stopwatch])
    stopwatch.starts.append(clock(device))
    return pipeline.trainer._best_model, stopwatch.starts


def clustpy(train, valid, widths, *, epochs, device, batch_size=128):
    """Train the VAE of ClustPy with its defaults: Adam, learning rate 1e-3, batches of 128; see `pythae`.

    Early stopping is disabled, so that all epochs run.
    """
    with torchvision_or_stand_in():
        from clustpy.deep import get_dataloader
        from clustpy.deep.neural_networks import VariationalAutoencoder

    starts = []

    class Loader:
        """Data loader of ClustPy that records the start of each epoch, because ClustPy has no callbacks."""

        def __init__(self, loader):
            self.loader = loader

        def __len__(self):
            return len(self.loader)

        def __iter__(self):
            starts.append(clock(device))
            return iter(self.loader)

    model = VariationalAutoencoder(widths, decoder_output_fn=None).to(device)
    loader = Loader(get_dataloader(train, batch_size, True))
    model.fit(epochs, batch_size=batch_size, dataloader=loader, data_eval=valid, patience=epochs)
    starts.append(clock(device))
    return model, starts
