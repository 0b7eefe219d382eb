"""Timing of the stages of a run."""

import logging

import pytest

from skvae._stage_timer import StageTimer, format_seconds


def test_each_stage_is_measured_and_logged_with_its_details(caplog):
    timer = StageTimer()
    with caplog.at_level(logging.INFO):
        with timer("audio") as details:
            details += ["27 of 27 tracks", "1 worker"]
        with timer("map"):
            pass
    assert list(timer.seconds) == ["audio", "map"]
    assert all(0 <= seconds < 1 for seconds in timer.seconds.values())
    assert caplog.messages == ["audio: 27 of 27 tracks, 1 worker, 0.0 s", "map: 0.0 s"]


def test_a_stage_that_fails_is_not_logged(caplog):
    timer = StageTimer()
    with caplog.at_level(logging.INFO), pytest.raises(ZeroDivisionError), timer("audio"):
        1 / 0
    assert not caplog.messages
    assert timer.seconds == {}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (3725, "62 min 5 s")],
)
def test_durations_are_short_texts(seconds, text):
    assert format_seconds(seconds) == text
