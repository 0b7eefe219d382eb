"""How a VAETransformer is put together, trained and stored: columns, module, net."""

from contextlib import contextmanager

import numpy as np
import torch
from sklearn.utils import check_random_state

from ..networks._registry import NETWORKS
from ._parameters import VAEParameters
from ._warnings import refuse_overflow, warn_of_table
from .model._mixture import DiagonalMixture, FullMixture
from .model._module import LatentModule
from .table._codec import TableCodec
from .table._layout import Layout
from .training._batches import make_table
from .training._callbacks import DivergedError
from .training._checkpoint import Checkpoint
from .training._trainer import make_net, train

# What skorch records besides is about batches and clocks.
COUNTS = {"epoch", "active_units"}
HISTORY = (
    COUNTS
    | {"kl_weight"}
    | {f"{half}_{part}" for half in ("train", "valid") for part in ("loss", "reconstruction", "kl", "elbo")}
)


class Fitting(VAEParameters):
    """What happens inside `VAETransformer.fit`; `VaDEClusterer` trains through it, too."""

    def _settle_device(self):
        self.device_ = ("cuda" if torch.cuda.is_available() else "cpu") if self.device == "auto" else self.device

    def _settled_network(self):
        return NETWORKS[self.network]() if isinstance(self.network, str) else self.network

    def _settle_columns(self, X, given):
        """Find the columns of modalities and condition."""
        layout = Layout.resolve(
            given,
            getattr(self, "feature_names_in_", None),
            X.shape[1],
            modalities=self.modalities,
            condition=self.condition,
            network=self._settled_network(),
        )
        self.modalities_ = dict(zip(layout.names, layout.columns, strict=True))
        self.condition_ = layout.condition
        return layout

    def _start(self, X, given, seed=None):
        """Settle everything that training needs to know.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            The table.
        given : array-like or DataFrame
            The same as the user gave it, for selectors.
        seed : int or None
            Seed of a fit that is taken up again; None draws one.

        Returns
        -------
        module : LatentModule
            With its first weights.
        observed : ndarray of bool of shape (n_samples, n_modalities)
            Which row has which modality.
        """
        # One draw governs all: initial weights, split, order, noise.
        drawn = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        self._seed = int(drawn if seed is None else seed)
        self._codec = TableCodec(
            self._settle_columns(X, given),
            getattr(self, "feature_names_in_", None),
            likelihood=self.likelihood,
            scale=self.scale,
            scale_within_condition=self.scale_within_condition,
            unknown_condition=self.unknown_condition,
        )
        observed = self._codec.observed(X)
        self._codec.check_unit_interval(X)
        self._codec.fit(X)
        self.scaler_ = self._codec.scaler
        warn_of_table(self._codec.names, latent_dim=self.latent_dim, spread=None if self.scale else self._codec.spread)
        return self._make_module(), observed

    def _go_on(self, X, given):
        """Do the same with the scales, conditions and weights of the last fit; see `_start`."""
        layout = self._settle_columns(X, given)
        if [*map(list, layout.columns), list(layout.condition)] != [
            *map(list, self._codec.layout.columns),
            list(self._codec.layout.condition),
        ]:
            raise ValueError("warm_start=True goes on from the last fit, whose modalities or condition were others.")
        self._codec.layout = layout
        weights = self.net_.module_.state_dict()
        module = self._make_module()
        shapes, new_shapes = ({name: w.shape for name, w in m.items()} for m in (weights, module.state_dict()))
        if shapes != new_shapes:
            other = sorted(shapes.items() ^ new_shapes.items())[0][0]
            raise ValueError(
                f"warm_start=True goes on from the weights of the last fit, but {other!r} has another shape there: "
                "network, latent_dim, fusion or likelihood have changed; set warm_start=False."
            )
        module.load_state_dict(weights)
        return module, self._codec.observed(X)

    def _make_module(self):
        """Build the module of today's parameters."""
        spread = self._codec.spread
        self._architecture = {
            "networks": self._codec.layout.networks,
            "widths": self._codec.layout.widths,
            "n_latent": self.latent_dim,
            "n_condition": self._codec.layout.condition.size,
            "fusion": self.fusion,
            "joint_network": self._settled_network(),
            "likelihood": self.likelihood,
            "input_noise": self.input_noise * (1.0 if spread is None else float(np.sqrt(np.mean(spread**2)))),
            "stochastic": self.regularizer is not None,
        }
        self._n_features_out = self.latent_dim
        with torch.random.fork_rng(devices=[]):
            torch.random.default_generator.manual_seed(self._seed)
            return LatentModule(**self._architecture).to(self.device_)

    def _train(
        self,
        module,
        X,
        observed,
        *,
        max_epochs,
        kl_warmup,
        guide=None,
        guide_weight=0.0,
        keep_start=False,
        checkpoint=None,
        callbacks=(),
    ):
        """Train a module on the rows that have anything, and hold it.

        Parameters
        ----------
        module : LatentModule
            To train in place.
        X : ndarray of shape (n_samples, n_features)
            The table.
        observed : ndarray of bool of shape (n_samples, n_modalities)
            Which row has which modality.
        max_epochs, kl_warmup
            As in `VAETransformer`.
        guide : ndarray of shape (n_samples, n_components) or None
            Memberships that those in a mixture prior shall come near to.
        guide_weight : float
            Weight of their cross-entropy beside the bound.
        keep_start : bool
            Whether the module stays as handed over where no epoch betters its held-out objective.
        checkpoint : pathlib.Path or None
            File of the state of training.
        callbacks : sequence of (str, skorch.callbacks.Callback)
            Run after the user's and our own.
        """
        table = self._table(X, observed, guide)
        last = [*callbacks]
        if checkpoint:
            last.append(("checkpoint", Checkpoint(checkpoint, self.checkpoint_every, self._seed)))
        with self._training(table):
            self.net_ = train(
                module,
                table,
                self,
                device=self.device_,
                kl_warmup=kl_warmup,
                guide_weight=guide_weight,
                keep_start=keep_start,
                max_epochs=max_epochs,
                seed=self._seed,
                last_callbacks=last,
            )
        self._is_incremental = False
        self.history_ = [_record(row) for row in self.net_.history]
        self.n_iter_ = len(self.history_)

    def _train_further(self, module, X, observed):
        """Pass once over some rows, with the optimiser, warm-up and noise of the calls before."""
        table = self._table(X, observed)
        if not getattr(self, "_is_incremental", False):
            self.net_ = make_net(
                module,
                self,
                device=self.device_,
                seed=self._seed + module.n_steps,  # a net that goes on from `fit` does not repeat its noise
                n_rows=len(table),
                warmup_steps=self.kl_warmup_steps,
            ).initialize()
            self._is_incremental = True
        with self._training(table):
            self.net_.partial_fit(table, None, epochs=1)
        self.history_ = [*self.history_, _record(self.net_.history[-1]) | {"epoch": len(self.history_) + 1}]
        self.n_iter_ = len(self.history_)

    def _table(self, X, observed, guide=None):
        """Make the training table of the rows that have anything."""

        def encode(rows):
            x, there, condition = self._codec.encode(X[rows], observed[rows], rows)
            refuse_overflow(x, self._codec.names, rows)
            arrays = {"x": x, "observed": there, "condition": condition}
            if guide is not None:
                arrays["guide"] = guide[rows]
            return {name: array.astype(np.float32, copy=False) for name, array in arrays.items()}

        rows = np.flatnonzero(observed.any(axis=1))
        if not rows.size:
            raise ValueError("Every row lacks every modality: there is nothing to train on.")
        with self._naming_memory("the table"):
            return make_table(encode, rows, self._codec.layout.features.size, self.device_)

    @contextmanager
    def _training(self, table):
        """Seed what layers draw from the global generators, give it back, and name what went wrong."""
        cuda = [self.device_] if self.device_.startswith("cuda") else []
        with torch.random.fork_rng(devices=cuda), self._naming_memory(f"batches (batch_size={self.batch_size!r})"):
            torch.manual_seed(self._seed)
            try:
                yield
            except DivergedError as error:
                raise ValueError(
                    f"{error}. The largest values that the networks saw stand in column "
                    f"{self._codec.names[table.largest()]!r}: lower learning_rate, or scale the columns "
                    "(scale='standard')."
                ) from error

    @contextmanager
    def _naming_memory(self, what):
        try:
            yield
        except torch.OutOfMemoryError as error:
            raise MemoryError(
                f"{self.device_} has no memory left for {what}: lower batch_size, and raise accumulate by the same "
                "factor to keep the steps as they are."
            ) from error

    def __getstate__(self):
        """Give the fitted estimator without torch or skorch objects: the net's weights as arrays."""
        state = super().__getstate__().copy()
        net = state.pop("net_", None)
        if net is not None:
            # copies: what is stored must not change when training goes on
            weights = {name: w.detach().cpu().numpy().copy() for name, w in net.module_.state_dict().items()}
            state["_stored_net"] = {"weights": weights, "n_steps": net.module_.n_steps}
            state["_is_incremental"] = False
        return state

    def __setstate__(self, state):
        """Build the net anew around the stored weights, on a device that is there."""
        state = state.copy()
        stored = state.pop("_stored_net", None)
        super().__setstate__(state)
        if stored is None:
            return
        if self.device_.startswith("cuda") and (torch.device(self.device_).index or 0) >= torch.cuda.device_count():
            self.device_ = "cuda" if torch.cuda.is_available() else "cpu"
        weights = {name: torch.from_numpy(np.array(w)) for name, w in stored["weights"].items()}
        # Shapes only, which the stored weights fill: settings that do not fit them take no memory before that is seen.
        with torch.device("meta"):
            module = LatentModule(**self._architecture)
            if "prior.means" in weights:
                kind = DiagonalMixture if "prior.log_variances" in weights else FullMixture
                module.prior = kind.empty(*weights["prior.means"].shape)
        module.load_state_dict(weights, assign=True)
        module.n_steps = stored["n_steps"]
        module.to(self.device_)
        self.net_ = make_net(module, self, device=self.device_, seed=self._seed, n_rows=1, max_epochs=1).initialize()


def _record(row):
    return {name: int(value) if name in COUNTS else float(value) for name, value in row.items() if name in HISTORY}
