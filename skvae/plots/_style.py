"""Common style of all displays: colors, axes, fonts and names."""

import re
import unicodedata
from functools import cache

# Okabe-Ito palette without black, distinguishable with every kind of color vision.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
PRIMARY, SECONDARY = COLORS[0], COLORS[5]
GRAY = "#8A8A8A"
LIGHT_GRAY = "#D0D0D0"
GRID_GRAY = "#EEEEEE"
BLACK = "#222222"
DEFAULT_FONT = "DejaVu Sans"  # part of matplotlib

METRIC_NAMES = {
    "ami": "AMI",
    "ari": "ARI",
    "nmi": "NMI",
    "kl": "KL divergence",
    "calinski_harabasz": "Calinski-Harabasz",
    "davies_bouldin": "Davies-Bouldin",
    "fowlkes_mallows": "Fowlkes-Mallows",
    "v_measure": "V-measure",
    "nmi_geometric": "NMI (geometric)",
    "nmi_min": "NMI (min)",
    "nmi_max": "NMI (max)",
}


def style_axes(ax, *, grid="y", **settings):
    """Set properties of the axes, hide the upper and right spines, and draw a light grid along one axis."""
    ax.set(**settings)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(LIGHT_GRAY)
    ax.tick_params(color=LIGHT_GRAY, labelsize=9)
    ax.grid(axis=grid, color=GRID_GRAY, linewidth=0.8)
    ax.set_axisbelow(True)


def add_legend_below(ax, ncols=3):
    """Add a legend below the label of the horizontal axis."""
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=ncols, frameon=False, fontsize=8, columnspacing=1.0
    )


def format_metric_name(metric):
    """Return the name of a metric for titles and axis labels."""
    return METRIC_NAMES.get(metric, metric.replace("_", " ").capitalize())


def shorten(name, width=30):
    """Shorten a long name in the middle, because names may differ at the start or at the end."""
    half = (width - 1) // 2
    return name if len(name) <= width else f"{name[: width - 1 - half]}…{name[-half:]}"


def find_fonts(texts):
    """Find fonts for texts in any script.

    Parameters
    ----------
    texts : iterable of str
        Texts to draw.

    Returns
    -------
    names : dict of str to str
        Text to draw for each text. Words that no installed font can draw are replaced by the name of their script and a
        number, as in ``"[Bengali 1]"``.
    families : list of str
        Font families in order of preference, for ``fontfamily`` or ``rcParams["font.family"]``.
    """
    texts = list(dict.fromkeys(texts))
    missing = {ord(char) for text in texts for char in text if char.isprintable()} - _characters(DEFAULT_FONT)
    families = [DEFAULT_FONT]
    for family in _font_files() if missing else ():
        covered = missing & _characters(family)
        if covered:
            families.append(family)
            missing -= covered
        if not missing:
            break
    placeholders, n_words = {}, {}

    def replace_words(match):
        words = match[0]
        unknown = next((char for char in words if ord(char) in missing), None)
        if unknown is not None and words not in placeholders:
            script = unicodedata.name(unknown, "unknown").split()[0].title()
            n_words[script] = n_words.get(script, 0) + 1
            placeholders[words] = f"[{script} {n_words[script]}]"
        return placeholders.get(words, words)

    def format_text(text):
        text = "".join(char if char.isprintable() else " " for char in text)
        # matplotlib interprets an unescaped dollar sign as the start of a formula.
        return re.sub(r"[^\x00-\x7f]+(?: [^\x00-\x7f]+)*", replace_words, text).replace("$", r"\$")

    return {text: format_text(text) for text in texts}, families


@cache
def _font_files():
    """Return the files of the installed font families. Last-resort fonts, which draw only boxes, are excluded."""
    from matplotlib import font_manager

    upright = [font for font in font_manager.fontManager.ttflist if font.style == "normal" and font.weight == 400]
    return {font.name: font.fname for font in sorted(upright, key=lambda font: font.name) if "Resort" not in font.name}


@cache
def _characters(family):
    """Return the code points that a font family can draw."""
    from matplotlib import font_manager

    return frozenset(font_manager.get_font(_font_files()[family]).get_charmap())
