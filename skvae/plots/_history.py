"""How a variational autoencoder was trained."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ._style import GREY, TRAIN, VALID, quiet

PANELS = {"reconstruction": "reconstruction", "kl": "KL divergence", "elbo": "evidence lower bound"}


@dataclass
class HistoryDisplay:
    """Training curves: reconstruction, KL divergence, ELBO and active units, epoch by epoch.

    Make it with `from_estimator` or `from_history`.

    Parameters
    ----------
    history : list of dict
        A row per epoch, as in ``VAETransformer.history_``: ``kl_weight``, ``active_units`` and, for the training and
        the held-out rows, ``train_*`` and ``valid_*`` of ``reconstruction`` (negative log-likelihood), ``kl`` and
        ``elbo``, in nats per track. What is not recorded is not drawn. Where ``phase`` changes, as in
        ``VaDEClusterer.history_``, a line is drawn.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One for each quantity that was recorded.
    figure_ : matplotlib Figure
        Figure that holds them.

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
        """Draw the history of a fitted estimator.

        Parameters
        ----------
        estimator : estimator
            Fitted, with a ``history_``; or a pipeline with such a step, of which the last is drawn.
        **plot
            Passed to `plot`.

        Returns
        -------
        HistoryDisplay
            The drawn curves.

        Raises
        ------
        ValueError
            If nothing in it has a ``history_``.
        """
        check_is_fitted(estimator)
        for _, step in reversed(getattr(estimator, "steps", [("", estimator)])):
            if hasattr(step, "history_"):
                return cls.from_history(step.history_, **plot)
        raise ValueError(f"{type(estimator).__name__} has no history_; give a fitted VAETransformer or VaDEClusterer")

    @classmethod
    def from_history(cls, history, **plot):
        """Draw a recorded history.

        Parameters
        ----------
        history : list of dict
            As in the class.
        **plot
            Passed to `plot`.

        Returns
        -------
        HistoryDisplay
            The drawn curves.
        """
        return cls(history).plot(**plot)

    def plot(self, axes=None):
        """Draw the panels side by side.

        Parameters
        ----------
        axes : sequence of matplotlib Axes, default=None
            One for each quantity that was recorded. By default a new figure is made.

        Returns
        -------
        HistoryDisplay
            Itself, with `axes_` and `figure_`.

        Raises
        ------
        ValueError
            If the history holds nothing to draw.
        """
        import matplotlib.pyplot as plt

        table = pd.DataFrame(self.history)
        panels = [name for name in PANELS if f"train_{name}" in table]
        units = ["active_units"] if "active_units" in table else []
        if not panels + units:
            raise ValueError(f"the history records {list(table.columns)}: nothing of {list(PANELS)} or active_units")
        if axes is None:
            n = len(panels + units)
            _, axes = plt.subplots(1, n, figsize=(3.6 * n, 3.3), layout="constrained", squeeze=False)
        self.axes_ = np.ravel(axes)
        self.figure_ = self.axes_[0].figure
        epochs = pd.Series(range(1, len(table) + 1))  # of all phases; each counts its own from 1
        warmup = _warmup(table, epochs)
        phases = table["phase"] if "phase" in table else pd.Series("", index=table.index)
        starts = epochs[phases != phases.shift()]
        for ax, name in zip(self.axes_, panels + units, strict=True):
            if name in PANELS:
                for half, color, label in (("train", TRAIN, "training"), ("valid", VALID, "held out")):
                    if f"{half}_{name}" in table:
                        ax.plot(epochs, table[f"{half}_{name}"], color=color, linewidth=1.6, label=label)
                quiet(ax, title=PANELS[name], ylabel="nats per track", xlabel="epoch")
            else:
                ax.step(epochs, table[name], where="mid", color=TRAIN, linewidth=1.6)
                quiet(ax, title="active latent units", xlabel="epoch", ylim=(0, max(1, table[name].max()) * 1.08))
                ax.yaxis.get_major_locator().set_params(integer=True)
            if warmup:
                ax.axvspan(epochs.iloc[0], warmup, color="#EDEDED", zorder=0, label="KL warm-up")
            for start in starts.iloc[1:]:
                ax.axvline(start - 0.5, color=GREY, linewidth=0.8, linestyle=":")
                ax.annotate(
                    phases[start - 1], (start - 0.5, 0.5), xycoords=("data", "axes fraction"), xytext=(3, 0),
                    textcoords="offset points", color=GREY, fontsize=9, rotation=90, va="center",
                )  # fmt: skip
            if name in ("reconstruction", "elbo"):
                # An outlier of the first epochs must not flatten the rest.
                values = np.concatenate([line.get_ydata() for line in ax.lines])
                worst = {"reconstruction": {"top": 99}, "elbo": {"bottom": 1}}[name]
                if np.isfinite(values).all() and len(table) > 10:
                    ax.set_ylim(**{end: np.percentile(values, percent) for end, percent in worst.items()})
        self.axes_[0].legend(frameon=False, fontsize=9)
        return self


def _warmup(table, epochs):
    """Last epoch whose KL weight was still below the final one; None without a warm-up."""
    if "kl_weight" not in table:
        return None
    rising = table["kl_weight"] < table["kl_weight"].max()
    return epochs[rising].max() if rising.any() else None
