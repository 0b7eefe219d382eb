"""How often memberships of some confidence are right."""

from dataclasses import dataclass, field

from ..metrics import ReliabilityCurve, reliability_curve
from ._style import GREY, PALE, TRAIN, quiet


@dataclass
class ReliabilityDisplay:
    """Reliability diagram of soft assignments: accuracy over confidence, and how many rows are how sure.

    Make it with `from_estimator` or `from_predictions`. Below the diagonal memberships are too sure.

    Parameters
    ----------
    curve : ReliabilityCurve
        By `skvae.metrics.reliability_curve`.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure that holds it.

    See Also
    --------
    skvae.metrics.reliability_curve : Measures it.

    Examples
    --------
    >>> from skvae.plots import ReliabilityDisplay
    >>> memberships = [[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]
    >>> display = ReliabilityDisplay.from_predictions(["rock", "rock", "jazz", "rock"], memberships)
    >>> display.ax_.get_title()
    'calibration error 0.250'
    """

    curve: ReliabilityCurve
    ax_: object = field(init=False, repr=False, default=None)
    figure_: object = field(init=False, repr=False, default=None)

    @classmethod
    def from_estimator(cls, estimator, X, labels_true, *, ax=None, **settings):
        """Measure and draw the memberships that a fitted model gives rows.

        Parameters
        ----------
        estimator : estimator
            Fitted, with `predict_proba`.
        X : array-like of shape (n_samples, n_features)
            The rows.
        labels_true : array-like of shape (n_samples,)
            Their true labels.
        ax : matplotlib Axes, default=None
            As in `plot`.
        **settings
            Passed to `skvae.metrics.reliability_curve`.

        Returns
        -------
        ReliabilityDisplay
            The drawn curve.
        """
        return cls.from_predictions(labels_true, estimator.predict_proba(X), ax=ax, **settings)

    @classmethod
    def from_predictions(cls, labels_true, memberships, *, ax=None, **settings):
        """Measure and draw memberships.

        Parameters
        ----------
        labels_true : array-like of shape (n_samples,)
            True labels.
        memberships : array-like of shape (n_samples, n_clusters)
            Probabilities, rows that sum to 1.
        ax : matplotlib Axes, default=None
            As in `plot`.
        **settings
            Passed to `skvae.metrics.reliability_curve`.

        Returns
        -------
        ReliabilityDisplay
            The drawn curve.
        """
        return cls(reliability_curve(labels_true, memberships, **settings)).plot(ax)

    def plot(self, ax=None):
        """Draw the curve.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure is made.

        Returns
        -------
        ReliabilityDisplay
            Itself, with `ax_` and `figure_`.
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(4.2, 3.9), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        found, shares = self.curve, self.curve.counts / self.curve.counts.sum()
        ax.bar(found.confidence, shares, width=0.03, color=PALE, label="share of the rows")
        ax.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":", label="calibrated")
        ax.plot(found.confidence, found.accuracy, "o-", color=TRAIN, linewidth=1.6, markersize=5, label="accuracy")
        quiet(ax, xlabel="confidence", ylabel="share", xlim=(0, 1.02), ylim=(0, 1.02))
        ax.set_title(f"calibration error {found.calibration_error:.3f}")
        ax.legend(frameon=False, fontsize=9, loc="upper left")
        return self
