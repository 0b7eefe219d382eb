"""Timing of the stages of a run."""

import logging
import time
from contextlib import contextmanager

logger = logging.getLogger(__name__)


class StageTimer:
    """Measure and log the duration of each stage.

    Attributes
    ----------
    seconds : dict of str to float
        Duration of each finished stage, in seconds.
    """

    def __init__(self):
        self.seconds = {}

    @contextmanager
    def __call__(self, stage):
        """Measure the duration of a ``with`` block, and log it when the block has finished.

        Parameters
        ----------
        stage : str
            Name of the stage.

        Yields
        ------
        details : list of str
            Results to log with the duration, such as "27 of 27 tracks". The caller appends them.
        """
        start, details = time.perf_counter(), []
        yield details
        self.seconds[stage] = round(time.perf_counter() - start, 3)
        logger.info("%s: %s", stage, ", ".join([*details, format_seconds(self.seconds[stage])]))


def format_seconds(seconds):
    """Return a duration as text, such as "0.4 s", "12 s" or "3 min 5 s"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
