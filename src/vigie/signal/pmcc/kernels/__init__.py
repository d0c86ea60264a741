"""Compiled kernels of PMCC; imported where they are used, since importing them costs time."""

from vigie.signal.pmcc.kernels.correlations import (
    PEAKS,
    between,
    correlate,
    energies,
    highest,
    maximum_near,
    sine_of,
    vertex,
)
from vigie.signal.pmcc.kernels.planes import closure, misfit, plane
from vigie.signal.pmcc.kernels.waves import search

__all__ = [
    "PEAKS",
    "between",
    "closure",
    "correlate",
    "energies",
    "highest",
    "maximum_near",
    "misfit",
    "plane",
    "search",
    "sine_of",
    "vertex",
]
