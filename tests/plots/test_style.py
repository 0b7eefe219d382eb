"""Fonts for texts in any script."""

from skvae.plots import _style
from skvae.plots._style import find_fonts


def test_text_without_a_font_is_replaced_by_the_name_of_its_script(monkeypatch):
    monkeypatch.setattr(_style, "_font_files", lambda: {_style.DEFAULT_FONT: "unused"})
    monkeypatch.setattr(_style, "_characters", lambda family: frozenset(range(32, 127)))
    names, families = find_fonts(["Jazz", "বাংলা", "বাউল", "日本語", "a$b"])
    assert names == {
        "Jazz": "Jazz", "বাংলা": "[Bengali 1]", "বাউল": "[Bengali 2]", "日本語": "[Cjk 1]", "a$b": r"a\$b",
    }  # fmt: skip
    assert families == [_style.DEFAULT_FONT]


def test_second_font_is_used_if_it_has_the_characters(monkeypatch):
    fonts = {_style.DEFAULT_FONT: set(range(32, 127)), "Other": {ord(c) for c in "বাংলা"}}
    monkeypatch.setattr(_style, "_font_files", lambda: fonts)
    monkeypatch.setattr(_style, "_characters", lambda family: frozenset(fonts[family]))
    assert find_fonts(["বাংলা"]) == ({"বাংলা": "বাংলা"}, [_style.DEFAULT_FONT, "Other"])
