"""How vigie's figures look: one theme, colours that all eyes can tell apart.

Data colours are those of Okabe & Ito (2008). In a page all colours become variables
(``css_variables``), so that one drawing fits light, dark and paper.
"""

from __future__ import annotations

from typing import Any

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
