"""Names that are valid file names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.report.output.names._file_names import clean_word, is_safe_name


@given(st.text(max_size=60))
@settings(deadline=None)
def test_cleaned_words_are_valid_in_file_names(text):
    word = clean_word(text)
    assert len(word) <= 24
    assert len(word.encode()) <= 60
    assert not set(word) & set('/\\:*?"<>|\n\r\t\0.,%')
    assert word == word.strip()
    assert not word or is_safe_name(f"00 {word}")


@pytest.mark.parametrize(
    ("text", "word"),
    [("Hip-Hop", "Hip-Hop"), ("R&B/Soul", "R&B Soul"), ("80's", "80's"), (" ... ", ""), ("--", ""), ("हिन्दी", "हिन्दी")],
)
def test_usual_punctuation_is_kept(text, word):
    assert clean_word(text) == word


def test_a_shortened_word_contains_whole_characters():
    assert clean_word("গান" * 20) == ("গান" * 20)[:20]


@pytest.mark.parametrize("name", ["03 indie rock, female vocalists", "03 rock 78%", "12 R&B", "00 हिन्दी"])
def test_names_may_contain_commas_and_percent_signs(name):
    assert is_safe_name(name)


@pytest.mark.parametrize(
    "name", ["", " 00", "00 ", "00.", "a/b", "a\\b", "..", "C:", "a\nb", "00 \ud800", "con", "LPT1", "00 " + "গ" * 80]
)
def test_names_that_are_not_valid_everywhere_are_refused(name):
    assert not is_safe_name(name)
