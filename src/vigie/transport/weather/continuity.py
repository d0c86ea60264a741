"""Vertical motion of air from the continuity of the very winds that carry the particles.

What it computes: the flux of mass through every edge of every cell between nodes, exactly as the
interpolated wind gives it; from the ground up what must rise through each level; and the least
change of the winds, the same at all levels, that lets nothing pass the lid.

Particles take the wind as the mean of nodes weighted by the mass of the slab at them (and linear
in eta and time), so the flux through an edge is linear along it. Equatorward of 75 deg east and
north are interpolated and the mean of both ends is exact; poleward the vectors are, and the
north component turns along the edge. The mass that rises is one number per cell and level:
then every box between four nodes and two levels loses and gains what its air does, and
particles that are well mixed stay so.

Source: the balance of Heimann and Keeling (1989), AGU Geophys. Monogr. 55, 237-275, here solved by
Fourier series around the Earth and a tridiagonal system across it; continuity in hybrid
coordinates after Simmons and Burridge (1981).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.transport.grid_wind import CARTESIAN_FROM_DEG
from vigie.transport.sphere import RADIUS_M

if TYPE_CHECKING:
    from vigie.transport.weather.nodes import NodeGrid

FloatArray = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)
_RIDGE = 1e-7
"""Of the diagonal: what nodes cannot change (a chessboard of cells) stays."""


class EdgeWeights(NamedTuple):
    """Fluxes through edges from winds at their ends, per radian of the Earth's radius."""

    across: FloatArray
    """Of (v_i + v_{i+1}) for edges along a row, shape (n_rows,), m."""
    turn: FloatArray
    """Of (u_i - u_{i+1}) for the same, m."""
    along: FloatArray
    """Of (u_j + u_{j+1}) for edges along a column, shape (n_rows - 1,), m."""
    area: FloatArray
    """Of the cells of a row, shape (n_rows - 1,), m2."""
    north_share: FloatArray
    """Weight of the northern nodes in the mean over a cell, shape (n_rows - 1,)."""


def edge_weights(grid: NodeGrid) -> EdgeWeights:
    """Return the weights of a grid."""
    phi = np.radians(grid.latitudes)
    width = np.radians(grid.column_deg)
    q, w = 0.5 * (_NODES + 1.0), 0.5 * _WEIGHTS
    sine = np.sin(phi)
    bend = np.sum(w * (1.0 - q) * np.cos(q * width))
    lean = np.sum(w * (1.0 - q) * np.sin(q * width))
    polar = np.abs(grid.latitudes) > CARTESIAN_FROM_DEG
    length = RADIUS_M * np.maximum(np.cos(phi), 0.0) * width
    length[np.abs(grid.latitudes) == 90.0] = 0.0
    mean = np.where(polar, sine**2 * bend + (1.0 - sine**2) * 0.5, 0.5)
    south, north = phi[:-1], phi[1:]
    p = south[:, None] + (north - south)[:, None] * q
    weight = np.cos(p) * w
    return EdgeWeights(
        across=length * mean,
        turn=length * np.where(polar, -sine * lean, 0.0),
        along=RADIUS_M * (north - south) * 0.5,
        area=RADIUS_M**2 * width * (np.sin(north) - np.sin(south)),
        north_share=np.sum(weight * q, axis=1) / np.sum(weight, axis=1),
    )


def divergence(
    east: FloatArray, north: FloatArray, grid: NodeGrid, weights: EdgeWeights
) -> FloatArray:
    """Return the divergence of a flux given at nodes, mean over each cell.

    Parameters
    ----------
    east, north : ndarray, shape (..., n_rows, n_columns)
        Fluxes: something times m/s.

    Returns
    -------
    ndarray, shape (..., n_rows - 1, n_cells_across)
        Something per s.
    """
    east_of, north_of = _next(east, grid), _next(north, grid)
    here_e, here_n = (f[..., : grid.n_cells_across] for f in (east, north))
    across = weights.across[:, None] * (here_n + north_of)
    across += weights.turn[:, None] * (here_e - east_of)
    along = weights.along[:, None] * (east[..., :-1, :] + east[..., 1:, :])
    out = across[..., 1:, :] - across[..., :-1, :]
    out += _next(along, grid) - along[..., : grid.n_cells_across]
    return np.asarray(out / weights.area[:, None])


def cell_means(field: FloatArray, grid: NodeGrid, weights: EdgeWeights) -> FloatArray:
    """Return the means over cells of a field interpolated between nodes."""
    rows = 0.5 * (field[..., : grid.n_cells_across] + _next(field, grid))
    share = weights.north_share[:, None]
    return np.asarray((1.0 - share) * rows[..., :-1, :] + share * rows[..., 1:, :])


def _next(field: FloatArray, grid: NodeGrid) -> FloatArray:
    """Return the field at the eastern end of each cell."""
    return np.roll(field, -1, axis=-1) if grid.cyclic else field[..., 1:]


def rising_pa_s(inflow: FloatArray, tendency: FloatArray, slab_b: FloatArray) -> FloatArray:
    """Return the mass that rises through each level, ground to lid, shape (n_slabs + 1, ...).

    Parameters
    ----------
    inflow : ndarray, shape (n_slabs, ...)
        Minus the divergence of the mass of each slab, Pa/s.
    tendency : ndarray, shape (...)
        Of the surface pressure, Pa/s.
    slab_b : ndarray, shape (n_slabs,)
    """
    gain = inflow - np.multiply.outer(slab_b, tendency)
    return np.concatenate([np.zeros_like(gain[:1]), np.cumsum(gain, axis=0)])


def balancing_flux(
    excess: FloatArray, grid: NodeGrid, weights: EdgeWeights
) -> tuple[FloatArray, FloatArray]:
    """Return the least flux at the nodes whose divergence is the excess, but for its mean.

    Parameters
    ----------
    excess : ndarray, shape (n_rows - 1, n_columns)
        Per s, of a grid around the whole Earth.

    Returns
    -------
    tuple of ndarray, shape (n_rows, n_columns)
        East and north; 0 at the poles.
    """
    mean = np.sum(weights.area[:, None] * excess) / (weights.area.sum() * grid.n_columns)
    wanted = np.fft.rfft(weights.area[:, None] * (excess - mean), axis=1)
    operator = _Waves.of(grid, weights)
    pull = operator.solve(wanted)
    # One step of refinement takes back what the ridge took.
    pull += operator.solve(wanted - operator.forward(operator.adjoint(pull)))
    east, north = operator.adjoint(pull)
    return tuple(np.fft.irfft(f, n=grid.n_columns, axis=1) for f in (east, north))  # type: ignore[return-value]


ComplexArray = NDArray[np.complex128]


class _Waves(NamedTuple):
    """The outflow of cells from fluxes at nodes, for each wave around the Earth."""

    across: ComplexArray
    """Outflow through the edge of a row per north flux there, shape (n_rows, n_waves)."""
    turn: ComplexArray
    along: ComplexArray
    """Outflow of a cell per east flux at either of its rows, shape (n_rows - 1, n_waves)."""
    node: FloatArray
    """Weight of a node, 1 / m2: 0 at the poles, where nothing is changed."""

    @classmethod
    def of(cls, grid: NodeGrid, weights: EdgeWeights) -> _Waves:
        turns = np.exp(2j * np.pi * np.arange(grid.n_columns // 2 + 1) / grid.n_columns)
        phi = np.radians(grid.latitudes)
        area = np.maximum(np.cos(phi), 1e-9) * np.gradient(phi) * np.radians(grid.column_deg)
        node = np.where(np.abs(grid.latitudes) == 90.0, 0.0, 1.0 / (RADIUS_M**2 * area))
        return cls(
            np.multiply.outer(weights.across, 1.0 + turns),
            np.multiply.outer(weights.turn, 1.0 - turns),
            np.multiply.outer(weights.along, turns - 1.0),
            node,
        )

    def forward(self, flux: tuple[ComplexArray, ComplexArray]) -> ComplexArray:
        """Return the outflow of cells, shape (n_rows - 1, n_waves)."""
        east, north = flux
        through = self.across * north + self.turn * east
        return through[1:] - through[:-1] + self.along * (east[1:] + east[:-1])

    def adjoint(self, pull: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
        """Return the fluxes at nodes that a pull of cells causes, weighted by node."""
        zero = np.zeros_like(pull[:1])
        down, up = np.concatenate([zero, pull]), np.concatenate([pull, zero])
        jump = down - up
        sides = np.concatenate([self.along.conj() * pull, zero])
        sides[1:] += self.along.conj() * pull
        node = self.node[:, None]
        return node * (self.turn.conj() * jump + sides), node * self.across.conj() * jump

    def solve(self, wanted: ComplexArray) -> ComplexArray:
        """Solve forward(adjoint(pull)) = wanted, all waves at once; tridiagonal in the rows."""
        low, diagonal = self._bands()
        diagonal = diagonal * (1.0 + _RIDGE)
        n = len(diagonal)
        d, y = diagonal.astype(np.complex128), wanted.copy()
        for k in range(1, n):
            factor = low[k - 1] / d[k - 1]
            d[k] = d[k] - factor * low[k - 1].conj()
            y[k] = y[k] - factor * y[k - 1]
        y[-1] /= d[-1]
        for k in range(n - 2, -1, -1):
            y[k] = (y[k] - low[k].conj() * y[k + 1]) / d[k]
        return y

    def _bands(self) -> tuple[ComplexArray, FloatArray]:
        """Return the band below the diagonal, and the diagonal."""
        # Row j of nodes feeds cells j - 1 (through its north edge) and j (its south edge).
        north_e, south_e = self.turn[1:] + self.along, self.along - self.turn[:-1]
        north_n, south_n = self.across[1:], -self.across[:-1]
        node = self.node[:, None]
        diagonal = node[1:] * (np.abs(north_e) ** 2 + np.abs(north_n) ** 2)
        diagonal += node[:-1] * (np.abs(south_e) ** 2 + np.abs(south_n) ** 2)
        low = node[1:-1] * (south_e[1:] * north_e[:-1].conj() + south_n[1:] * north_n[:-1].conj())
        return low, diagonal
