"""Check of the installation."""

import pytest

from skvae.report import self_check


@pytest.mark.slow
def test_self_check_passes():
    assert self_check() > 0
