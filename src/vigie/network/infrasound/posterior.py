"""Where and when an infrasound event was: the posterior on triangles that grow fine.

What it computes: from the likelihood of ``likelihood`` the probability of each triangle of a grid
of the globe and, within it, of each origin time; from these regions of highest density at given
probabilities, their outlines, the ellipse that holds a probability, mean and most likely point,
and the distribution of the origin time. Source: Bayes' rule with a prior that is even over area
and time, times the chance of being heard by events of any size (``hearing``). Method: all
triangles of 880 km are weighed with the likelihood blunted by their size; those that hold the
mass are divided and weighed anew, until the blunting is small beside the errors. A sharp peak seems
lighter than it is while it is blunted, so those that hold much in the end are divided further. The
point at which the likelihood is largest is sought in place and time together. Accuracy: see
``docs/methods/infrasound_location.md``. Cost: 0.5 s for four detections.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import LocationError
from vigie.geodesy import geographic_latitude_deg, wrap_longitude_deg
from vigie.network.infrasound.sphere_grid import (
    EARTH_RADIUS_KM,
    areas_km2,
    centres,
    globe,
    outlines,
    radius_km,
    split,
)

if TYPE_CHECKING:
    from vigie.network.infrasound.likelihood import SoundLikelihood

FloatArray = NDArray[np.float64]

FIRST_LEVEL = 3
"""Triangles of 880 km, over the whole globe."""
LAST_LEVEL = 14
"""Of 430 m: finer than anything that sound tells."""
LIGHT = 0.002
"""The lightest triangles that hold so much of the blunted mass are not divided further ..."""
LEFT_OUT = 1e-6
"""... and those that hold so much are dropped."""
RESOLVED = 300
"""Triangles that must hold nine tenths of the mass at the end ..."""
FEW = 40
"""... and of a first idea."""
MOST_SHARE = 0.01
"""No triangle holds more of the mass at the end."""
CELL_SHARE = 0.36
"""Standard deviation of a place in an even triangle, along each axis, over its radius."""


@dataclass(frozen=True, slots=True, eq=False)
class SoundPosterior:
    """Probability over n triangles and, in each, t origin times."""

    cells: FloatArray
    """Corners, shape (n, 3, 3)."""
    mass: FloatArray
    """Shape (n,), sum 1."""
    time_s: FloatArray
    """After the readings' reference, shape (n, t)."""
    share: FloatArray
    """Of each origin time within its triangle, rows of sum 1."""
    level: NDArray[np.int64]
    """Of each triangle."""
    log_evidence: float
    """Log of the integral of likelihood and prior over km^2 and s."""

    @property
    def density(self) -> FloatArray:
        """Probability per km^2, shape (n,)."""
        return np.asarray(self.mass / areas_km2(self.cells))

    def mean(self) -> FloatArray:
        """Return the mean place as a unit vector."""
        mean = self.mass @ centres(self.cells)
        return np.asarray(mean / np.linalg.norm(mean))

    def most_likely(self) -> tuple[FloatArray, float]:
        """Return place and origin time of the largest density in both together."""
        gap = np.gradient(self.time_s, axis=1)
        joint = self.density[:, None] * self.share / np.maximum(gap, 1e-6)
        row, column = np.unravel_index(int(np.argmax(joint)), joint.shape)
        return centres(self.cells[row : row + 1])[0], float(self.time_s[row, column])

    def region(self, probability: float) -> NDArray[np.bool_]:
        """Return which triangles form the smallest region of a probability."""
        order = np.argsort(-self.density, kind="stable")
        before = np.cumsum(self.mass[order]) - self.mass[order]
        inside = np.zeros(len(self.mass), dtype=np.bool_)
        inside[order[before < probability]] = True
        return inside

    def polygons(self, probability: float) -> tuple[FloatArray, ...]:
        """Return the outlines of a region as rows of latitude and longitude, largest first."""
        inside = self.region(probability)
        lines = outlines(self.cells[inside], self.level[inside])
        return tuple(np.column_stack(geographic(line)) for line in lines)

    def rank_of(self, place: FloatArray) -> float:
        """Return the probability of the smallest region that reaches a place."""
        inside = _holds(self.cells, place)
        if not inside.any():
            return 1.0
        row = int(np.argmax(inside))
        denser = self.density > self.density[row]
        return float(self.mass[denser].sum() + 0.5 * self.mass[row])

    def offsets_km(self, place: FloatArray) -> FloatArray:
        """Return north and east offsets of the triangles from a place, along great circles."""
        east = np.array([-place[1], place[0], 0.0])
        length = float(np.linalg.norm(east))
        east = east / length if length > 1e-12 else np.array([0.0, 1.0, 0.0])
        north = np.cross(place, east)
        middle = centres(self.cells)
        angle = np.arctan2(np.linalg.norm(np.cross(middle, place), axis=1), middle @ place)
        turn = np.arctan2(middle @ east, middle @ north)
        away = np.column_stack([np.cos(turn), np.sin(turn)])
        return np.asarray(away * (angle * EARTH_RADIUS_KM)[:, None])

    def covariance(self, place: FloatArray) -> FloatArray:
        """Return second moments of north km, east km and time s about a place and the mean time."""
        cell_variance = areas_km2(self.cells) * CELL_SHARE**2 / 1.299
        mean_s = np.sum(self.share * self.time_s, axis=1)
        centre_s = float(self.mass @ mean_s)
        columns = np.column_stack([self.offsets_km(place), mean_s - centre_s])
        moments = (self.mass[:, None] * columns).T @ columns
        within = np.sum(self.share * (self.time_s - mean_s[:, None]) ** 2, axis=1)
        extra = self.mass @ np.column_stack([cell_variance, cell_variance, within])
        return np.asarray(moments + np.diag(extra))

    def time_quantiles(self, probabilities: FloatArray) -> FloatArray:
        """Return quantiles of the origin time, s after the reference."""
        times, cumulated = self._times()
        return np.asarray(np.interp(probabilities, cumulated, times))

    def time_rank(self, time_s: float) -> float:
        """Return the probability that the event was before a time."""
        times, cumulated = self._times()
        return float(np.interp(time_s, times, cumulated, left=0.0, right=1.0))

    def _times(self) -> tuple[FloatArray, FloatArray]:
        weight = (self.mass[:, None] * self.share).ravel()
        order = np.argsort(self.time_s.ravel(), kind="stable")
        sums = np.cumsum(weight[order])
        return self.time_s.ravel()[order], (sums - 0.5 * weight[order]) / sums[-1]


def sound_posterior(
    event_id: str, likelihood: SoundLikelihood, *, rough: bool = False
) -> SoundPosterior:
    """Refine the grid around the mass and return the posterior.

    Parameters
    ----------
    event_id : str
        For errors.
    likelihood : SoundLikelihood
    rough : bool
        Whether to stop at a few cells, for a first idea.

    Raises
    ------
    LocationError
        No place within the largest range of all arrays explains the detections.
    """
    parts = _divided(event_id, likelihood, FEW if rough else RESOLVED)
    if not rough:
        parts = _evened(parts, likelihood)
    return _final(parts, likelihood, exact=not rough)


def _divided(
    event_id: str, likelihood: SoundLikelihood, least: int
) -> list[tuple[int, FloatArray]]:
    """Return triangles, with their levels, that are divided where the blunted mass is."""
    level = FIRST_LEVEL
    cells = _in_reach(globe(level), likelihood, radius_km(level))
    leaves: list[tuple[int, FloatArray]] = []
    while True:
        log_mass = _weighed(cells, level, likelihood, n_nodes=24) if len(cells) else np.empty(0)
        if not np.isfinite(log_mass).any():
            raise LocationError(
                event=event_id,
                reason="no place is within reach of all arrays that heard it",
                remedy="Check which detections belong together and where the arrays are.",
            )
        heavy, light = _shared_out(log_mass, likelihood.params.max_cells)
        leaves.append((level, cells[light]))
        cells = split(cells[heavy])
        level += 1
        if level == LAST_LEVEL or _is_fine(cells, level, likelihood, least):
            return [*leaves, (level, cells)]


def _evened(
    parts: list[tuple[int, FloatArray]], likelihood: SoundLikelihood
) -> list[tuple[int, FloatArray]]:
    """Divide the triangles that hold more than they seemed to while all was blunted."""
    weighed = [(level, cells, _log_mass(cells, level, likelihood)) for level, cells in parts]
    while True:
        top = max(float(log_mass.max(initial=-np.inf)) for _, _, log_mass in weighed)
        total = sum(float(np.exp(log_mass - top).sum()) for _, _, log_mass in weighed)
        most = top + np.log(MOST_SHARE * total)
        kept, new = [], []
        for level, cells, log_mass in weighed:
            heavy = (log_mass > most) & (level < LAST_LEVEL)
            kept.append((level, cells[~heavy], log_mass[~heavy]))
            if heavy.any():
                finer = split(cells[heavy])
                new.append((level + 1, finer, _log_mass(finer, level + 1, likelihood)))
        if not new:
            return [(level, cells) for level, cells, _ in kept]
        weighed = [*kept, *new]


def _log_mass(cells: FloatArray, level: int, likelihood: SoundLikelihood) -> FloatArray:
    """Return the log mass of cells, blunted by no more than the places within them are apart."""
    if not len(cells):
        return np.empty(0)
    blunt_km = CELL_SHARE * radius_km(level)
    log_mass, _, _ = likelihood.mass(centres(cells), blunt_km, n_nodes=48)
    return np.asarray(log_mass + np.log(areas_km2(cells)))


def _weighed(
    cells: FloatArray, level: int, likelihood: SoundLikelihood, n_nodes: int
) -> FloatArray:
    """Return the log mass of cells by the likelihood blunted by their size."""
    log_mass, _, _ = likelihood.mass(centres(cells), radius_km(level), n_nodes)
    return np.asarray(log_mass + np.log(areas_km2(cells)))


def _final(
    parts: list[tuple[int, FloatArray]], likelihood: SoundLikelihood, *, exact: bool
) -> SoundPosterior:
    """Weigh cells of all levels alike and return the posterior."""
    found = []
    for level, cells in parts:
        if len(cells):
            blunt_km = CELL_SHARE * radius_km(level)
            log_mass, time_s, share = likelihood.mass(
                centres(cells), blunt_km, n_nodes=48, exact=exact
            )
            log_mass = log_mass + np.log(areas_km2(cells))
            found.append((cells, log_mass, time_s, share, np.full(len(cells), level)))
    cells, log_mass, time_s, share, levels = (
        np.concatenate(columns) for columns in zip(*found, strict=True)
    )
    top = float(log_mass.max())
    mass = np.exp(log_mass - top)
    kept = mass > 1e-7 * mass.max()
    total = float(mass[kept].sum())
    return SoundPosterior(
        cells[kept],
        mass[kept] / total,
        time_s[kept],
        share[kept],
        levels[kept],
        top + float(np.log(total)),
    )


def _in_reach(cells: FloatArray, likelihood: SoundLikelihood, slack_km: float) -> FloatArray:
    """Return the cells of which some place is within the largest range of every array."""
    readings = likelihood.readings
    heard = readings.unit[np.unique(readings.array)]
    angle = np.arccos(np.clip(centres(cells) @ heard.T, -1.0, 1.0))
    far_km = likelihood.params.max_range_km + slack_km
    return np.asarray(cells[(angle * EARTH_RADIUS_KM <= far_km).all(axis=1)])


def _shared_out(log_mass: FloatArray, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the cells to be divided, and those that are light but not of no account."""
    order = np.argsort(-log_mass, kind="stable")
    mass = np.exp(log_mass[order] - log_mass[order[0]])
    held = np.cumsum(mass) / mass.sum()
    n_heavy = min(int(np.searchsorted(held, 1.0 - LIGHT)) + 1, most)
    n_all = min(int(np.searchsorted(held, 1.0 - LEFT_OUT)) + 1, n_heavy + most)
    return order[:n_heavy], order[n_heavy:n_all]


def _is_fine(cells: FloatArray, level: int, likelihood: SoundLikelihood, least: int) -> bool:
    """Tell whether cells are small beside what the detections resolve around them."""
    log_mass, _, _ = likelihood.mass(centres(cells), CELL_SHARE * radius_km(level), 16)
    mass = np.sort(np.exp(log_mass - log_mass.max()))[::-1]
    n90 = int(np.searchsorted(np.cumsum(mass), 0.9 * mass.sum())) + 1
    return n90 >= least


def _holds(cells: FloatArray, place: FloatArray) -> NDArray[np.bool_]:
    a, b, c = cells[:, 0], cells[:, 1], cells[:, 2]
    turn = np.sign(np.einsum("ij,ij->i", a, np.cross(b, c)))
    sides = [turn * (np.cross(x, y) @ place) >= -1e-15 for x, y in ((a, b), (b, c), (c, a))]
    return np.asarray(sides[0] & sides[1] & sides[2] & (centres(cells) @ place > 0.0))


def geographic(unit: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return geographic latitudes and longitudes, deg, of unit vectors of shape (n, 3)."""
    latitude = geographic_latitude_deg(np.degrees(np.arcsin(np.clip(unit[:, 2], -1.0, 1.0))))
    return latitude, wrap_longitude_deg(np.degrees(np.arctan2(unit[:, 1], unit[:, 0])))
