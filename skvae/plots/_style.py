"""Colours for every kind of colour vision, shared by all pictures."""

# Okabe and Ito's, without black.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
TRAIN, VALID = COLOURS[0], COLOURS[5]
GREY = "#8A8A8A"
PALE = "#D0D0D0"


def quiet(ax, **settings):
    """Leave of the frame what is needed to read the values."""
    ax.set(**settings)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(PALE)
    ax.tick_params(color=PALE, labelsize=9)
    ax.grid(axis="y", color="#EEEEEE", linewidth=0.8)
    ax.set_axisbelow(True)
