"""Decoding and cleaning of lyrics files."""

from hypothesis import given, settings
from hypothesis import strategies as st

from skvae.datasets.tracks._lyrics import clean_lyrics, decode


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_text_is_decoded_from_each_encoding(text):
    text = text.removeprefix("\ufeff")
    assert decode(text.encode("utf-8"))[0] == text
    assert decode(text.encode("utf-8-sig"))[0] == text
    assert decode(text.encode("utf-16"))[0] == text


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(st.sampled_from("ab :.019আমার"), min_size=1).filter(str.strip), min_size=1))
def test_timestamps_are_removed(lines):
    stamped = "\n".join(f"[{i:02}:07.50][01:{i:02}]{line}" for i, line in enumerate(lines))
    assert clean_lyrics(stamped) == clean_lyrics("\n".join(lines))
