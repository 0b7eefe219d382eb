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
        """Measure the duration of a ``with`` block."""
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)
        logger.info("%s: %.1f s", stage, self.seconds[stage])
