"""One hypothesis of an event, and the state of the search around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.grid import GLOBAL_APERTURE_DEG, touching_cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.grid import Grid
    from vigie.network.association.params import AssociateParams
    from vigie.network.association.prepare import Columns
    from vigie.network.association.tables import TravelTables

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

QUALITIES = np.array([0.05, 0.15, 0.35, 0.6, 0.85, 0.97])
"""Shares of stations within reach that catch P."""
S_RATIOS = np.array([0.02, 0.15, 0.4, 0.8])
"""Chance of S where P is caught."""
REACH_SCATTER = 0.35
"""Scatter of station magnitudes, which blurs the reach of an event."""
MODEL_SCALES = (1.0, 0.4)
"""Factors on the model's errors that are tried."""
MIN_DEPTH_PHASES = 3
"""Stations that must show a depth phase before any is believed."""
_LOSS_DEG = np.array(
    [0, 0.05, 0.1, 0.3, 0.6, 1, 2, 3, 5, 8, 10, 15, 20, 30, 60, 80, 90, 98, 104, 112, 118, 140, 145,
     152, 160, 180]
)  # fmt: skip
_LOSS = np.array(
    [0, 0, 0.1, 0.5, 0.8, 1.05, 1.6, 2.0, 2.5, 3.0, 3.2, 3.4, 3.4, 3.7, 3.75, 3.85, 4.1, 4.6, 5.4,
     5.4, 4.8, 4.5, 3.9, 4.1, 4.4, 4.7]
)  # fmt: skip
"""Loss of P amplitude with distance, log10 units from an arbitrary zero. To 3 deg after
1.11 log10(r) + 0.00189 r (Hutton & Boore 1987), 20-98 deg after Veith & Clawson (1972), with the
core's shadow and the PKP caustic beyond; only the shape matters."""


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One reading of the Earth model: how much it errs, and which branch is usually picked."""

    scale: float
    """Factor on the model's errors."""
    crustal: bool
    """Whether Pg and Sg, rather than the first arrivals, are what is usually picked."""
    tabs: tuple[FloatArray, ...]


def _variants(tabs: tuple[FloatArray, ...], tables: TravelTables) -> list[Variant]:
    first_p, first_s, sigma_p, sigma_s, depths, branches = tabs
    swapped = branches.copy()
    near = tables_deltas() < 20.0
    for first, later in ((0, 1), (3, 4)):
        both = np.isfinite(branches[later]) & near
        swapped[first] = np.where(both, branches[later], branches[first])
        swapped[later] = np.where(both, branches[first], branches[later])
    crustal = bool(np.isfinite(branches[1][:, near]).any())
    found = []
    for scale in MODEL_SCALES:
        rest = (scale * sigma_p, scale * sigma_s, depths)
        found.append(Variant(scale, False, (first_p, first_s, *rest, branches)))
        if crustal:
            found.append(Variant(scale, True, (first_p, first_s, *rest, swapped)))
    return found


def tables_deltas() -> FloatArray:
    """Return the distances of the tables' columns."""
    from vigie.network.association.tables import DELTAS_DEG

    return DELTAS_DEG


@dataclass(slots=True, eq=False)
class Hypothesis:
    """A place and time with the detections that speak for it."""

    unit: FloatArray
    depth_km: float
    time_s: float
    score: float
    """Log likelihood ratio against noise."""
    log_odds: float
    """The score with priors and the number of trials counted."""
    size: float
    normal: FloatArray
    stations: IntArray
    index: IntArray
    """Picks taken for P and S at each station, shape (n, 2); negative where none."""
    branch: IntArray
    """Row of the branch tables that each pick follows."""
    residual_s: FloatArray
    sigma_s: FloatArray
    member: FloatArray
    """Probability that each pick is what it is taken for."""
    p: FloatArray
    variant: Variant
    secondary: dict[int, tuple[str, float]] = field(default_factory=dict)
    """Further picks explained: index to phase and residual."""

    def defining(self) -> list[tuple[int, int, int]]:
        """Return (row, kind, pick) of the likely picks."""
        rows, kinds = np.nonzero((self.index >= 0) & (self.member > 0.5))
        return [(int(r), int(k), int(self.index[r, k])) for r, k in zip(rows, kinds, strict=True)]


class Context:
    """What a search works on: columns, tables, grid, and the free picks."""

    def __init__(
        self, columns: Columns, tables: TravelTables, grid: Grid, params: AssociateParams
    ) -> None:
        from vigie.network.association import _kernels as kernels

        self.columns, self.tables, self.grid, self.params = columns, tables, grid, params
        n = len(columns.stations)
        n_near = min(n, 128 if grid.aperture_deg > GLOBAL_APERTURE_DEG else 64)
        self.near, self.near_deg = kernels.nearest(grid.unit, columns.unit, n_near)
        self.levels = _levels(n_near)
        self.net = (
            columns.unit,
            columns.east,
            columns.north,
            columns.first,
            columns.elevation_km * tables.rise_p_s_per_km,
            columns.elevation_km * tables.rise_s_s_per_km,
        )
        self.tabs = tables.kernel()
        self.variants = _variants(self.tabs, tables)
        self.limit_depth_km = float(
            min(params.max_depth_km, grid.depth_km[-1] + grid.half_depth_km[-1])
        )
        farthest = float(self.near_deg[:, -1].max(initial=0.0))
        self.longest_s = self._longest(farthest)
        self.near_scale_deg = float(np.median(grid.radius_deg)) * 0.25
        near = float(np.median(self.near_deg[:, min(3, n - 1)]))
        self.time_per_deg = self._slope(near)
        self.required = self._required()
        self.touching = touching_cells(grid)
        self.merge_deg = max(1.0 * grid.spacing_deg, 4.0 * self.near_scale_deg)
        self.events: list[Hypothesis] = []
        self._base = (columns.gain_p.copy(), columns.gain_s.copy(), columns.rate_hz.copy())

    def _required(self) -> float:
        """Return the log likelihood ratio that a well-located event needs, nats."""
        sigma = float(np.hypot(np.median(self.tables.sigma_p_s[:500]), self.default_sigma_s))
        place = 1.4 * sigma / self.time_per_deg
        volume = 4.0 * np.pi**2 * place**2 * sigma * 10.0
        density = _log_density(self.params, self.grid)
        return float(self.params.min_log_odds - density - np.log(volume))

    def _longest(self, delta_deg: float) -> float:
        use = tables_deltas() <= delta_deg + 1.0
        times = np.concatenate([self.tables.first_p[:, use], self.tables.first_s[:, use]])
        longest = float(np.nanmax(times, initial=1.0))
        return min(longest, 2400.0) + 10.0

    def _slope(self, delta_deg: float) -> float:
        deltas = tables_deltas()
        k = int(np.clip(np.searchsorted(deltas, delta_deg), 1, len(deltas) - 2))
        row = self.tables.first_p[2]
        slope = float((row[k + 1] - row[k - 1]) / (deltas[k + 1] - deltas[k - 1]))
        return slope if np.isfinite(slope) and slope > 1.0 else 8.0

    def deltas(self, h: Hypothesis) -> FloatArray:
        """Return the distances of a hypothesis' stations, deg."""
        return _deltas(h.unit, self.columns.unit[h.stations])

    def bounds(self, start: float, end: float) -> tuple[IntArray, IntArray]:
        """Return first and end pick of each station within a span."""
        first, times = self.columns.first, self.columns.time_s
        n = len(first) - 1
        low, high = np.empty(n, np.int64), np.empty(n, np.int64)
        for j in range(n):
            span = times[first[j] : first[j + 1]]
            low[j], high[j] = first[j] + np.searchsorted(span, [start, end])
        return low, high

    def least_radius_deg(self, cell: int) -> float:
        """Return the radius at which a place is known as well as times are."""
        delta = float(self.near_deg[cell, min(3, self.near_deg.shape[1] - 1)])
        column = int(np.searchsorted(tables_deltas(), delta))
        sigma = float(np.hypot(self.tables.sigma_p_s[min(column, 1640)], self.default_sigma_s))
        return 0.7 * sigma / self._slope(delta)

    @property
    def default_sigma_s(self) -> float:
        """Standard error of a time that states none."""
        if self.params.reading_sigma_s is not None:
            return self.params.reading_sigma_s
        return float(np.clip(0.1 + 0.1 * self.grid.spacing_deg, 0.1, 1.0))

    def take(self, hypothesis: Hypothesis) -> None:
        """Take the picks of an event and make the rest of its wave train likelier noise."""
        self._explain(hypothesis)
        self._apply(hypothesis)
        self.events.append(hypothesis)

    def rebuild(self, events: list[Hypothesis]) -> None:
        """Free all picks, then take those of the events given."""
        columns = self.columns
        columns.gain_p[:], columns.gain_s[:], columns.rate_hz[:] = self._base
        self.events = list(events)
        for event in events:
            self._apply(event)

    def _apply(self, hypothesis: Hypothesis) -> None:
        columns = self.columns
        taken = [i for _, _, i in hypothesis.defining()] + list(hypothesis.secondary)
        self._raise_coda(hypothesis)
        columns.gain_p[taken] = -1e9
        columns.gain_s[taken] = -1e9

    def _explain(self, h: Hypothesis) -> None:
        """Give the free picks that later phases of an event explain to the event."""
        from vigie.network.association import _event_kernels as ek

        columns = self.columns
        delta = _deltas(h.unit, columns.unit)
        heard = 0.9 / (1.0 + np.exp(-1.7 * (h.size - loss_at(delta, h.depth_km)) / REACH_SCATTER))
        np.maximum.at(heard, h.stations, h.member.max(axis=1))
        own = {i for _, _, i in h.defining()}
        source = (h.unit, h.depth_km, h.time_s)
        for name, (table, chance, is_p, model) in self.tables.later_phases().items():
            index, residual = ek.explain(
                source,
                heard,
                (table, chance, is_p, model),
                columns.picks(),
                self.net,
                self.tabs,
                columns.rate_hz,
            )
            hits = [
                (int(i), float(r))
                for i, r in zip(index, residual, strict=True)
                if i >= 0 and int(i) not in own and int(i) not in h.secondary
            ]
            if name[0] in "ps" and len(hits) < MIN_DEPTH_PHASES:
                continue
            h.secondary.update({i: (name, r) for i, r in hits})

    def _raise_coda(self, h: Hypothesis) -> None:
        from vigie.network.association import _event_kernels as event_kernels

        event_kernels.raise_coda(
            (h.unit, h.depth_km, h.time_s),
            h.stations,
            h.p,
            h.member,
            self.params.coda_rate,
            self.columns.rate_hz,
            self.columns.picks(),
            self.net,
            self.tabs,
        )


def settle_candidate(
    context: Context, start: tuple[FloatArray, float, float], level: int
) -> Hypothesis:
    """Settle place, time and depth of a candidate, and judge who heard it.

    The model may err less here than it says, and the crustal phases rather than the first
    arrivals may be what is picked: each variant is tried, and the best explanation kept.
    """
    best = _settle(context, start, level, context.variants[0])
    if best.log_odds > -10.0:
        for variant in context.variants[1:]:
            unit, depth, time = start
            if variant.crustal:
                time += _branch_shift(context, best)
            other = _settle(context, (unit, depth, time), level, variant)
            best = max(best, other, key=lambda h: h.log_odds)
        again = _settle(context, (best.unit, best.depth_km, best.time_s), level, best.variant)
        best = max(best, again, key=lambda h: h.log_odds)
    return best


def _branch_shift(context: Context, h: Hypothesis) -> float:
    """Return the shift of origin time that lets crustal phases meet the picks of first ones."""
    row = int(np.argmin(np.abs(context.tables.depths_km - h.depth_km)))
    delta = _deltas(h.unit, context.columns.unit[h.stations])
    first, later = (
        np.interp(delta, tables_deltas(), context.tables.branches[k, row]) for k in (0, 1)
    )
    use = (h.member[:, 0] > 0.5) & np.isfinite(later) & (delta < 12.0)
    return float(np.mean((first - later)[use])) if use.any() else 0.0


def _settle(
    context: Context, start: tuple[FloatArray, float, float], level: int, variant: Variant
) -> Hypothesis:
    from vigie.network.association import _event_kernels as ek

    unit, depth, time = start
    columns = context.columns
    picks, net, tabs = columns.picks(), context.net, variant.tabs
    delta = _deltas(unit, columns.unit)
    order = np.argsort(delta, kind="stable")[: max(4 * level, 60)].astype(np.int64)
    p = np.full((len(order), 2), 0.05)
    p[:level] = (0.5, 0.3)
    shallow = context.params.shallow_scale_km
    limits = (5, 5.0 / variant.scale, 4.0, context.limit_depth_km)
    trials = tabs[4][tabs[4] <= context.limit_depth_km]
    unit, depth, time, _, _ = ek.settle_depths(
        (unit, depth, time), trials, limits, order, p, picks, net, tabs, shallow
    )
    size = 0.0
    normal = np.eye(4)
    for turn in range(2):
        if turn == 1:
            # Everyone whom an event of this size could have reached.
            delta = _deltas(unit, columns.unit)
            order = np.argsort(delta, kind="stable").astype(np.int64)
            order = order[loss_at(delta[order], depth) < size + 1.2]
        index, _, gain, _, _ = ek.evidence(unit, depth, time, 4.0, order, picks, net, tabs)
        _, p, size = _fit_detection(context, unit, depth, order, index, gain)
        unit, depth, time, _, normal = ek.settle(
            (unit, depth, time), True, limits, order, p, picks, net, tabs
        )
    index, branch, gain, residual, sigma = ek.evidence(
        unit, depth, time, 4.0, order, picks, net, tabs
    )
    score, p, size = _fit_detection(context, unit, depth, order, index, gain)
    e = p * np.exp(np.minimum(gain, 50.0))
    member = np.where(index >= 0, e / (1.0 - p + e), 0.0)
    return Hypothesis(
        unit,
        depth,
        time,
        score,
        score + _log_prior(context, depth, normal),
        size,
        normal,
        order,
        index,
        branch,
        residual,
        sigma,
        member,
        p,
        variant,
    )


def _fit_detection(
    context: Context,
    unit: FloatArray,
    depth: float,
    order: IntArray,
    index: IntArray,
    gain: FloatArray,
) -> tuple[float, FloatArray, float]:
    from vigie.network.association import _event_kernels as ek

    loss = loss_at(_deltas(unit, context.columns.unit[order]), depth)
    sizes = np.linspace(loss.min() - 0.3, loss.max() + 0.7, 14)
    score, p, size = ek.fit_detection(index, gain, loss, REACH_SCATTER, QUALITIES, sizes, S_RATIOS)
    return float(score), p, float(size)


def _log_prior(context: Context, depth_km: float, normal: FloatArray) -> float:
    """Log of the expected number of events in the volume that the posterior fills."""
    from vigie.network.association import _event_kernels as ek

    params, grid = context.params, context.grid
    precision = normal + np.diag(
        [9.0 / grid.area_deg2, 9.0 / grid.area_deg2, 1.0 / params.shallow_scale_km**2, 1e-6]
    )
    log_volume = 2.0 * np.log(2.0 * np.pi) - 0.5 * float(np.linalg.slogdet(precision)[1])
    prior = ek.depth_prior(depth_km, params.shallow_scale_km)
    return float(_log_density(params, grid) + prior + log_volume)


def _log_density(params: AssociateParams, grid: Grid) -> float:
    """Log of the expected events per deg^2, s and km at the surface."""
    rate_hz = params.events_per_hour / 3600.0
    return float(np.log(rate_hz / grid.area_deg2 / params.shallow_scale_km))


def loss_at(delta_deg: FloatArray, depth_km: float) -> FloatArray:
    """Return the loss of P amplitude, log10 units; the distance is to the hypocentre."""
    slant = np.hypot(delta_deg, np.where(delta_deg < 20.0, depth_km / 111.19, 0.0))
    loss: FloatArray = np.interp(slant, _LOSS_DEG, _LOSS)
    return loss


def _deltas(unit: FloatArray, stations: FloatArray) -> FloatArray:
    chord = np.linalg.norm(stations - unit, axis=1)
    return np.asarray(np.degrees(2.0 * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0))))


def _levels(n: int) -> IntArray:
    levels = [m for m in (4, 6, 9, 14, 20, 30, 45, 70, 110) if m < n]
    return np.array([*levels, n], dtype=np.int64)
