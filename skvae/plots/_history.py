"""Display of the training history of a variational autoencoder."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ._style import GRAY, PRIMARY, SECONDARY, add_legend_below, style_axes

PANELS = {
    "reconstruction": "Reconstruction loss",
    "kl": "KL divergence",
    "elbo": "Evidence lower bound (ELBO)",
}
LINES = (("train", PRIMARY, "training rows"), ("valid", SECONDARY, "validation rows"))
# The first epochs may have extreme values, which would flatten the rest of the curve.
LIMIT_PERCENTILES = {"reconstruction": ("top", 99), "elbo": ("bottom", 1)}


@dataclass
class HistoryDisplay:
    """Training curves: reconstruction loss, KL divergence, ELBO and active units per epoch.

    It is recommended to use `from_estimator` or `from_history` to create a `HistoryDisplay`.

    Parameters
    ----------
    history : list of dict
        One dict per epoch, as in ``VAETransformer.history_``. The keys ``train_*`` and ``valid_*`` of
        ``reconstruction`` (negative log-likelihood), ``kl`` and ``elbo`` are values of the training and validation
        rows, in nats per track. Other keys are ``kl_weight``, ``active_units`` and ``phase``. Missing keys are not
        plotted. A dotted line marks a change of ``phase``, as in ``VaDEClusterer.history_``.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One Axes for each recorded quantity.
    figure_ : matplotlib Figure
        Figure that contains the axes.

    See Also
    --------
    skvae.VAETransformer : Records the history.

    Examples
    --------
    >>> from skvae.plots import HistoryDisplay
    >>> history = [{"epoch": 1, "train_kl": 0.5, "kl_weight": 0.5}, {"epoch": 2, "train_kl": 1.5, "kl_weight": 1.0}]
    >>> [ax.get_title() for ax in HistoryDisplay.from_history(history).axes_]
    ['KL divergence']
    """

    history: list
    axes_: np.ndarray = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_estimator(cls, estimator, **plot):
        """Plot the history of a fitted estimator.

        Parameters
        ----------
        estimator : estimator
            Fitted estimator with a ``history_``, or a fitted pipeline. The last step with a ``history_`` is plotted.
        **plot
            Parameters of `plot`.

        Returns
        -------
        display : HistoryDisplay
            Display with the plotted curves.

        Raises
        ------
        ValueError
            If the estimator and its steps have no ``history_``.
        """
        check_is_fitted(estimator)
        for _, step in reversed(getattr(estimator, "steps", [("", estimator)])):
            if hasattr(step, "history_"):
                return cls.from_history(step.history_, **plot)
        raise ValueError(
            f"{type(estimator).__name__} has no history_. Pass a fitted VAETransformer or VaDEClusterer, or a pipeline "
            "that contains one."
        )

    @classmethod
    def from_history(cls, history, **plot):
        """Plot a recorded history.

        Parameters
        ----------
        history : list of dict
            One dict per epoch, as described in the class.
        **plot
            Parameters of `plot`.

        Returns
        -------
        display : HistoryDisplay
            Display with the plotted curves.
        """
        return cls(history).plot(**plot)

    def plot(self, axes=None):
        """Plot the panels side by side.

        Parameters
        ----------
        axes : sequence of matplotlib Axes, default=None
            One Axes for each recorded quantity. If None, a new figure is created.

        Returns
        -------
        display : HistoryDisplay
            Display with the plotted curves.

        Raises
        ------
        ValueError
            If the history contains no quantity to plot.
        """
        import matplotlib.pyplot as plt

        table = pd.DataFrame(self.history)
        panels = [name for name in PANELS if f"train_{name}" in table]
        panels += ["active_units"] if "active_units" in table else []
        if not panels:
            raise ValueError(
                f"The history contains none of {', '.join(f'train_{name}' for name in PANELS)} and active_units. "
                f"Keys: {', '.join(map(str, table.columns))}."
            )
        if axes is None:
            n = len(panels)
            _, axes = plt.subplots(1, n, figsize=(3.6 * n, 3.5), layout="constrained", squeeze=False)
        self.axes_ = np.ravel(axes)
        self.figure_ = self.axes_[0].figure
        epochs = pd.Series(range(1, len(table) + 1))  # over all phases, each of which starts its count at 1
        for ax, name in zip(self.axes_, panels, strict=True):
            if name == "active_units":
                _plot_active_units(ax, table, epochs)
            else:
                _plot_losses(ax, table, epochs, name)
            _mark_warmup(ax, table, epochs)
            _mark_phases(ax, table, epochs)
        add_legend_below(self.axes_[0])
        return self


def _plot_losses(ax, table, epochs, name):
    """Plot a quantity of the training and the validation rows."""
    for part, color, label in LINES:
        if f"{part}_{name}" in table:
            ax.plot(epochs, table[f"{part}_{name}"], color=color, linewidth=1.6, label=label)
    style_axes(ax, title=PANELS[name], ylabel="Nats per track", xlabel="Epoch")
    values = np.concatenate([line.get_ydata() for line in ax.lines])
    if name in LIMIT_PERCENTILES and np.isfinite(values).all() and len(table) > 10:
        end, percent = LIMIT_PERCENTILES[name]
        ax.set_ylim(**{end: np.percentile(values, percent)})


def _plot_active_units(ax, table, epochs):
    """Plot the number of active latent units."""
    values = table["active_units"]
    ax.step(epochs, values, where="mid", color=PRIMARY, linewidth=1.6)
    limits = (0, max(1, values.max()) * 1.08)
    style_axes(ax, title="Active latent units", ylabel="Number of units", xlabel="Epoch", ylim=limits)
    ax.yaxis.get_major_locator().set_params(integer=True)


def _mark_warmup(ax, table, epochs):
    """Shade the epochs with a KL weight below its maximum."""
    if "kl_weight" not in table:
        return
    warmup = epochs[table["kl_weight"] < table["kl_weight"].max()]
    if len(warmup):
        ax.axvspan(epochs.iloc[0], warmup.max(), color="#EDEDED", zorder=0, label="KL warm-up")


def _mark_phases(ax, table, epochs):
    """Draw a line and the name of the phase at each change of phase."""
    if "phase" not in table:
        return
    phases = table["phase"]
    for start in epochs[phases != phases.shift()].iloc[1:]:
        ax.axvline(start - 0.5, color=GRAY, linewidth=0.8, linestyle=":")
        ax.annotate(
            phases[start - 1], (start - 0.5, 0.5), xycoords=("data", "axes fraction"), xytext=(3, 0),
            textcoords="offset points", color=GRAY, fontsize=9, rotation=90, va="center",
        )  # fmt: skip
