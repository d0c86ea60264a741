"""Colours of values over many powers of ten: steps of half a decade, even to the eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import BoundaryNorm, Colormap
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

MOST_DECADES = 7
"""Below so many nothing is coloured: single particles."""
FEWEST_DECADES = 3
_SHARE = 0.05
"""Of the values may lie below the lowest colour."""


@dataclass(frozen=True, slots=True)
class Decades:
    """From which power of ten to which values are coloured."""

    first: int
    last: int

    @property
    def low(self) -> float:
        """Lowest value with a colour."""
        return float(10.0**self.first)

    @property
    def cmap(self) -> Colormap:
        """Viridis (perceptually uniform, safe for the colour-blind), dark where it is much."""
        from matplotlib import colormaps
        from matplotlib.colors import ListedColormap

        n = 2 * (self.last - self.first)
        colours = ListedColormap(colormaps["viridis_r"](np.linspace(0.0, 1.0, n)))
        # Nothing is drawn where there is less.
        return colours.with_extremes(under=(0.0, 0.0, 0.0, 0.0))

    @property
    def norm(self) -> BoundaryNorm:
        """Half decades to colours."""
        from matplotlib.colors import BoundaryNorm

        n = 2 * (self.last - self.first)
        return BoundaryNorm(10.0 ** np.linspace(self.first, self.last, n + 1), n)

    def label(self, bar: Colorbar, text: str) -> None:
        """Name the decades, and what they are of."""
        powers = range(self.first, self.last + 1)
        labels = [f"$\\mathdefault{{10^{{{k}}}}}$" for k in powers]
        bar.set_ticks([10.0**k for k in powers], labels=labels)
        bar.minorticks_off()
        # A narrow sheet has no room for a long unit in one line.
        bar.set_label(text, wrap=True)


def decades_of(values: FloatArray) -> Decades:
    """Return the powers of ten that show values well.

    Examples
    --------
    >>> decades_of(np.array([0.0, 2e-3, 0.5, 40.0]))
    Decades(first=-2, last=2)
    >>> decades_of(np.array([1e-30, 1e-25, 1.0]))
    Decades(first=-6, last=1)
    >>> decades_of(np.zeros(3))
    Decades(first=-3, last=0)
    """
    some = values[values > 0.0]
    if not len(some):
        return Decades(-FEWEST_DECADES, 0)
    last = int(np.floor(np.log10(some.max()))) + 1
    first = int(np.floor(np.log10(np.quantile(some, _SHARE))))
    return Decades(int(np.clip(first, last - MOST_DECADES, last - FEWEST_DECADES)), last)
