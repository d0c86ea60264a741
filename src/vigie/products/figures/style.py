"""How vigie's figures look: one theme, colours that all eyes can tell apart.

Data colours are those of Okabe & Ito (2008). In a page all colours become variables
(``css_variables``), so that one drawing fits light, dark and paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import ListedColormap

INK = "#1b1b1e"
FAINT = "#8b8b91"
GRID = "#d9d9de"
PAPER = "#fefefd"
LAND = "#e9e6df"
WATER = "#f6f9fb"
COAST = "#a3a099"

BLUE = "#0072b2"
VERMILION = "#d55e00"
GREEN = "#009e73"
ORANGE = "#e69f00"
SKY = "#56b4e9"
PURPLE = "#cc79a7"

VARIABLES = {
    INK: "--ink",
    FAINT: "--faint",
    GRID: "--grid",
    PAPER: "--paper",
    LAND: "--land",
    WATER: "--water",
    COAST: "--coast",
    BLUE: "--blue",
    VERMILION: "--vermilion",
    GREEN: "--green",
    ORANGE: "--orange",
    PURPLE: "--purple",
}
"""Stand-in colour to the CSS variable of a page."""

RC: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica", "sans-serif"],
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.facecolor": PAPER,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": PAPER,
    "grid.color": GRID,
    "grid.linewidth": 0.5,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "svg.fonttype": "none",
    "savefig.facecolor": PAPER,
}
"""Settings of matplotlib while a figure is drawn and saved."""


def css_variables(svg: str) -> str:
    """Replace the stand-in colours of an SVG text by CSS variables, with the colour behind.

    Examples
    --------
    >>> css_variables("fill: #1b1b1e")
    'fill: var(--ink, #1b1b1e)'
    """
    for colour, name in VARIABLES.items():
        svg = svg.replace(colour, f"var({name}, {colour})")
    return svg


def cyclic() -> ListedColormap:
    """Return colours of a circle, as far apart to the eye in all directions.

    Hues of OKLCH (Ottosson 2020) at one lightness and the chroma that a screen shows of most of
    them: in the usual colour wheel a quarter of all azimuths is one green.
    """
    from matplotlib.colors import ListedColormap

    hue = np.radians(np.arange(256) * 360.0 / 256.0 + 25.0)
    light, chroma = 0.68, 0.17
    a, b = chroma * np.cos(hue), chroma * np.sin(hue)
    cones = np.stack(
        [
            light + 0.3963377774 * a + 0.2158037573 * b,
            light - 0.1055613458 * a - 0.0638541728 * b,
            light - 0.0894841775 * a - 1.2914855480 * b,
        ]
    )
    to_rgb = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    linear = np.clip(to_rgb @ cones**3, 0.0, 1.0)
    curved = 1.055 * linear ** (1.0 / 2.4) - 0.055
    return ListedColormap(np.where(linear <= 0.0031308, 12.92 * linear, curved).T.tolist())


def aside(axes: Axes, text: str, *, pad: float = 4.0) -> None:
    """Write a remark at the right, above the axes."""
    axes.annotate(
        text, (1.0, 1.0), xytext=(0.0, pad), xycoords="axes fraction",
        textcoords="offset points", ha="right", va="bottom", fontsize=8.0, color=FAINT,
    )  # fmt: skip
