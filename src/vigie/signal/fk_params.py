"""Grid and parameters of an f-k analysis."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.geodesy import KM_PER_DEG

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlownessGrid:
    """A square Cartesian grid about zero slowness.

    The default is the processing configuration of SNL-GMS PI27: +-40 s/deg, 81 x 81 nodes.
    """

    max_s_per_km: float = 40.0 / KM_PER_DEG
    nodes: int = 81
    """Per axis; odd, so that zero is a node."""

    def __post_init__(self) -> None:
        if not self.max_s_per_km > 0.0:
            raise ParameterError(
                name="max_s_per_km", value=self.max_s_per_km, expected="a value above 0"
            )
        if self.nodes < 3 or self.nodes % 2 == 0:
            raise ParameterError(name="nodes", value=self.nodes, expected="an odd number from 3")

    @property
    def axis_s_per_km(self) -> FloatArray:
        """Nodes of either axis, shape (nodes,)."""
        return np.linspace(-self.max_s_per_km, self.max_s_per_km, self.nodes)

    @property
    def step_s_per_km(self) -> float:
        """Distance between nodes."""
        return 2.0 * self.max_s_per_km / (self.nodes - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FkParams:
    """How an f-k is made. Defaults after SNL-GMS PI27 (spec of a peer), unless said."""

    band_hz: tuple[float, float] = (1.0, 3.0)
    window_s: float = 4.0
    step_s: float = 1.0
    taper_fraction: float = 0.05
    """Cosine taper, share of the window at both ends together."""
    grid: SlownessGrid = field(default_factory=SlownessGrid)
    method: str = "bartlett"
    """``bartlett`` or ``capon``."""
    loading: float = 0.1
    """Diagonal loading of Capon, share of the mean diagonal of the covariance; more where a window
    has few bins in the band (``capon``). Real wave fronts are not quite plane, and with 0.01 strong
    ones null themselves: of 21 windows of Humming Roadrunner 5 at W240 9 had their maximum
    elsewhere, with 0.1 one."""
    refine_steps: int = 2
    """Newton steps after the parabola; 0 keeps the parabola's result."""
    pad_factor: float = 1.0
    """Length of the transform over that of the window. With 1, delays are taken modulo the
    window's length; 2 keeps delays as long as the window apart."""

    def __post_init__(self) -> None:
        low_hz, high_hz = self.band_hz
        if not 0.0 <= low_hz < high_hz:
            raise ParameterError(
                name="band_hz", value=str(self.band_hz), expected="two rising frequencies"
            )
        if not (self.window_s > 0.0 and self.step_s > 0.0):
            raise ParameterError(
                name="window_s, step_s",
                value=f"{self.window_s}, {self.step_s}",
                expected="lengths above 0 s",
            )
        if self.method not in ("bartlett", "capon"):
            raise ParameterError(name="method", value=self.method, expected="'bartlett' or 'capon'")
