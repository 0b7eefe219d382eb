"""Names in any script, drawn with the fonts that the machine has."""

import unicodedata
from functools import cache

DEFAULT = "DejaVu Sans"  # travels inside matplotlib


def drawable(texts):
    """Find fonts for texts, and a stand-in for each text that no font can draw.

    Parameters
    ----------
    texts : iterable of str
        Names to draw, in any script.

    Returns
    -------
    names : dict of str to str
        Each text and what to draw for it: itself or, where no installed font has its letters, its script and a number,
        as in ``"[Bengali 1]"``.
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
    names, n_scripts = {}, {}
    for text in texts:
        lost = next((char for char in text if ord(char) in missing), None)
        if lost is None:
            # A dollar sign would start a formula.
            names[text] = "".join(char if char.isprintable() else " " for char in text).replace("$", r"\$")
        else:
            script = unicodedata.name(lost, "unknown").split()[0].title()
            n_scripts[script] = n_scripts.get(script, 0) + 1
            names[text] = f"[{script} {n_scripts[script]}]"
    return names, families


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
