"""Names in any script, drawn with the fonts that the machine has."""

import re
import unicodedata
from functools import cache

DEFAULT = "DejaVu Sans"  # travels inside matplotlib


def drawable(texts):
    """Find fonts for texts, and a stand-in for the words that no font can draw.

    Parameters
    ----------
    texts : iterable of str
        Names to draw, in any script.

    Returns
    -------
    names : dict of str to str
        Each text and what to draw for it: itself or, in place of words whose letters no installed font has, their
        script and a number, as in ``"[Bengali 1]"``.
    families : list of str
        Font families in order of preference, for ``fontfamily`` or ``rcParams["font.family"]``.
    """
    texts = list(dict.fromkeys(texts))
    wanted = {ord(char) for text in texts for char in text if char.isprintable()}
    families, missing = [DEFAULT], wanted - _letters(DEFAULT)
    for family in _families() if missing else ():
        covered = missing & _letters(family)
        if covered:
            families.append(family)
            missing -= covered
        if not missing:
            break
    found, n_scripts = {}, {}

    def stand_in(match):
        words = match[0]
        lost = next((char for char in words if ord(char) in missing), None)
        if lost is not None and words not in found:
            script = unicodedata.name(lost, "unknown").split()[0].title()
            n_scripts[script] = n_scripts.get(script, 0) + 1
            found[words] = f"[{script} {n_scripts[script]}]"
        return found.get(words, words)

    def draw(text):
        text = "".join(char if char.isprintable() else " " for char in text)
        # A dollar sign would start a formula.
        return re.sub(r"[^\x00-\x7f]+(?: [^\x00-\x7f]+)*", stand_in, text).replace("$", r"\$")

    return {text: draw(text) for text in texts}, families


@cache
def _families():
    """Files of the installed font families, without the font that draws a box for every letter there is."""
    from matplotlib import font_manager

    upright = [font for font in font_manager.fontManager.ttflist if font.style == "normal" and font.weight == 400]
    return {font.name: font.fname for font in sorted(upright, key=lambda font: font.name) if "Resort" not in font.name}


@cache
def _letters(family):
    """Code points that a font family can draw."""
    from matplotlib import font_manager

    return frozenset(font_manager.get_font(_families()[family]).get_charmap())


def shorten(name, width=30):
    """Cut a long name, its beginning and its end kept: what tells names apart may stand at either."""
    half = (width - 1) // 2
    return name if len(name) <= width else f"{name[: width - 1 - half]}…{name[-half:]}"
