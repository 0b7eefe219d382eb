"""Exclusion of columns by their names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.datasets.tables._roles import exclusion_reason, find_roles


@pytest.mark.parametrize(
    ("name", "excluded"),
    [
        ("track_id", True),
        ("trackId", True),
        ("Unnamed: 0", True),
        ("file name", True),
        ("lyric_path", True),
        ("song_title", True),
        ("duration_ms", True),
        ("Length (s)", True),
        ("n_samples", True),
        ("sample_rate", True),
        ("genre_rock", True),
        ("language__en", True),
        ("year", True),
        ("tempo", False),
        ("rms_mean", False),
        ("key", False),
        ("zero_crossing_rate_mean", False),
        ("spectral_rate", False),
        ("tfidf_language", False),
        ("audio__length", False),
        ("lyrics__title", False),
        ("0", False),
        ("সুর", False),
        ("", True),
    ],
)
def test_columns_are_excluded_by_their_name(name, excluded):
    assert bool(exclusion_reason(name)) is excluded


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=12))
def test_prefixed_names_are_never_excluded(name):
    assert not exclusion_reason(f"audio__{name}")
    assert isinstance(exclusion_reason(name), str)


def test_roles_are_found_in_order_of_priority():
    roles = find_roles(["rms", "filePath", "path", "Song Title"])
    assert roles == {"track_id": "path", "audio": "path", "title": "Song Title"}
