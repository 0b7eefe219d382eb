"""Display of the calibration of cluster memberships."""

from dataclasses import dataclass, field

from ..metrics import ReliabilityCurve, reliability_curve
from ._style import GRAY, LIGHT_GRAY, PRIMARY, style_axes


@dataclass
class ReliabilityDisplay:
    """Reliability diagram of cluster memberships: accuracy as a function of confidence.

    Bars show the fraction of rows in each bin. Points below the diagonal are overconfident. It is recommended to use
    `from_estimator` or `from_predictions` to create a `ReliabilityDisplay`.

    Parameters
    ----------
    curve : ReliabilityCurve
        Output of `skvae.metrics.reliability_curve`.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the curve.
    figure_ : matplotlib Figure
        Figure that contains the axes.

    See Also
    --------
    skvae.metrics.reliability_curve : Computes the curve.

    Examples
    --------
    >>> from skvae.plots import ReliabilityDisplay
    >>> memberships = [[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]
    >>> display = ReliabilityDisplay.from_predictions(["rock", "rock", "jazz", "rock"], memberships)
    >>> display.ax_.get_title()
    'Calibration error 0.250'
    """

    curve: ReliabilityCurve
    ax_: object = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_estimator(cls, estimator, X, labels_true, *, ax=None, **settings):
        """Plot the reliability of the memberships predicted by a fitted model.

        Parameters
        ----------
        estimator : estimator
            Fitted estimator with `predict_proba`.
        X : array-like of shape (n_samples, n_features)
            Rows to predict.
        labels_true : array-like of shape (n_samples,)
            True labels of these rows.
        ax : matplotlib Axes, default=None
            Axes to plot on. If None, a new figure is created.
        **settings
            Parameters of `skvae.metrics.reliability_curve`.

        Returns
        -------
        display : ReliabilityDisplay
            Display with the plotted curve.
        """
        return cls.from_predictions(labels_true, estimator.predict_proba(X), ax=ax, **settings)

    @classmethod
    def from_predictions(cls, labels_true, memberships, *, ax=None, **settings):
        """Plot the reliability of given memberships.

        Parameters
        ----------
        labels_true : array-like of shape (n_samples,)
            True labels.
        memberships : array-like of shape (n_samples, n_clusters)
            Probabilities of the clusters. Rows sum to 1.
        ax : matplotlib Axes, default=None
            Axes to plot on. If None, a new figure is created.
        **settings
            Parameters of `skvae.metrics.reliability_curve`.

        Returns
        -------
        display : ReliabilityDisplay
            Display with the plotted curve.
        """
        return cls(reliability_curve(labels_true, memberships, **settings)).plot(ax)

    def plot(self, ax=None):
        """Plot the curve.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to plot on. If None, a new figure is created.

        Returns
        -------
        display : ReliabilityDisplay
            Display with the plotted curve.
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(4.2, 3.9), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        curve, fractions = self.curve, self.curve.counts / self.curve.counts.sum()
        ax.bar(curve.confidence, fractions, width=0.03, color=LIGHT_GRAY, label="fraction of rows")
        ax.plot([0, 1], [0, 1], color=GRAY, linewidth=0.8, linestyle=":", label="perfect calibration")
        ax.plot(curve.confidence, curve.accuracy, "o-", color=PRIMARY, linewidth=1.6, markersize=5, label="accuracy")
        style_axes(ax, xlabel="Confidence", ylabel="Accuracy or fraction", xlim=(0, 1.02), ylim=(0, 1.02))
        ax.set_title(f"Calibration error {curve.calibration_error:.3f}")
        ax.legend(frameon=False, fontsize=9, loc="upper left")
        return self
