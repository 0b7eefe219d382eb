"""Names of representations."""

import pytest

from skvae.experiments.study._representations import split_name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("vae", ("vae", "", "")),
        ("beta-vae-0.5@audio", ("beta-vae", "0.5", "audio")),
        ("conditional-vae-language", ("conditional-vae", "language", "")),
        ("multimodal-vae-poe@lyrics", ("multimodal-vae", "poe", "lyrics")),
        ("my own @ thing", ("my own ", "", " thing")),
    ],
)
def test_names_are_split_into_kind_argument_and_block(name, parts):
    assert split_name(name) == parts
