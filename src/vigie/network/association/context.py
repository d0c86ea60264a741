"""What a search works on: the picks that are free, the grid, the tables, the events so far."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.barred import barred_by
from vigie.network.association.foresight import log_density, log_volumes, thresholds
from vigie.network.association.grid import GLOBAL_APERTURE_DEG, touching_cells
from vigie.network.association.hypothesis import Hypothesis, deltas_deg
from vigie.network.association.labels import label_gains
from vigie.network.association.later import later_phases
from vigie.network.association.learn import Learned, coda_scale, event_rate, label_trust, snr_trust
from vigie.network.association.loudness import learned_trust, loudness_of
from vigie.network.association.prepare import noise_rates
from vigie.network.association.tables import DELTAS_DEG
from vigie.network.association.variants import variants_of
from vigie.network.loss import B_VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from vigie.network.association.barred import Barred
    from vigie.network.association.grid import Grid
    from vigie.network.association.params import AssociateParams
    from vigie.network.association.prepare import Columns
    from vigie.network.association.tables import TravelTables

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

LEAST_SHARE = 0.05
MEETINGS = 8
"""Times that onsets which place no event are settled again, at as many places."""


class Context:
    """What a search works on: columns, tables, grid, and the free picks."""

    def __init__(
        self, columns: Columns, tables: TravelTables, grid: Grid, params: AssociateParams
    ) -> None:
        from vigie.network.association.kernels import stacking

        self.columns, self.tables, self.grid, self.params = columns, tables, grid, params
        n = len(columns.stations)
        n_near = min(n, 128 if grid.aperture_deg > GLOBAL_APERTURE_DEG else 64)
        self.near, self.near_deg = stacking.nearest(grid.unit, columns.unit, n_near)
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
        self.variants = variants_of(self.tabs, tables)
        self.limit_depth_km = float(
            min(params.max_depth_km, grid.depth_km[-1] + grid.half_depth_km[-1])
        )
        farthest = float(self.near_deg[:, -1].max(initial=0.0))
        self.longest_s = self._longest(farthest)
        self.near_scale_deg = 0.25 * float(np.median(grid.radius_deg[self._near_cells()]))
        near = float(np.median(self.near_deg[self._near_cells(), min(3, n - 1)]))
        self.time_per_deg = float(self.slopes(np.array(near)))
        self.share = self.shares(self.near_deg[:, 0].astype(np.float64))
        self.learned = Learned(params.events_per_hour)
        self.threshold = thresholds(self)
        self.log_volume = log_volumes(self)
        self.required = self._required()
        self.least_radius_deg = self._least_radii()
        self.touching = touching_cells(grid)
        self.merge_deg = max(1.0 * grid.spacing_deg, 4.0 * self.near_scale_deg)
        self.events: list[Hypothesis] = []
        self.barred: list[Barred] = []
        self._met: Counter[int] = Counter()
        n_picks = len(columns.detections)
        self.frequency_hz = np.array([d.freq_hz or 0.0 for d in columns.detections])
        self.loudness = loudness_of(columns.detections)
        self._noise_hz = columns.rate_hz.copy()
        self._label_gains = self._gains()
        self._wake_hz = np.zeros(n_picks)
        self._wake_expected = 0.0
        self._taken = np.zeros(n_picks, dtype=np.bool_)
        self._doubled = np.zeros(n_picks, dtype=np.bool_)

    def _gains(self) -> tuple[FloatArray, FloatArray]:
        learned = self.learned
        return label_gains(self.columns.detections, learned.label_trust, learned.snr_trust)

    def shares(self, nearest_deg: FloatArray) -> FloatArray:
        """Return how much of a change of travel times differs between the stations.

        A network seen from afar under an angle of a / delta turns a shift of the place by r into
        times that differ by r a / (2 delta) slownesses; the rest shifts the origin time.
        """
        angle = 0.75 * self.grid.aperture_deg / np.maximum(nearest_deg, 1e-6)
        return np.asarray(np.clip(angle, LEAST_SHARE, 1.0))

    def _near_cells(self) -> NDArray[np.bool_]:
        """Return which cells lie within and around the network."""
        grid = self.grid
        if grid.aperture_deg > GLOBAL_APERTURE_DEG:
            return np.ones(len(grid.unit), dtype=np.bool_)
        reach = max(self.params.region_margin * grid.aperture_deg, 0.3)
        return np.asarray(self.near_deg[:, 0] - grid.radius_deg <= reach)

    @property
    def onset_sigma_s(self) -> float:
        """Standard error of an onset: model and reading."""
        return float(np.hypot(np.median(self.tables.sigma_p_s[:500]), self.default_sigma_s))

    def drop(self, hypothesis: Hypothesis) -> None:
        """Take the picks of a hypothesis that is no event of its own."""
        self._doubled[[i for _, _, i in hypothesis.defining()]] = True
        self._taken |= self._doubled
        self._refresh()

    def _required(self) -> FloatArray:
        """Return the log likelihood ratio that an event in each cell needs, nats."""
        rarity = np.log(10.0) * B_VALUE * self.threshold
        return np.asarray(self.params.min_log_odds - log_density(self) + rarity - self.log_volume)

    def _longest(self, delta_deg: float) -> float:
        use = delta_deg + 1.0 >= DELTAS_DEG
        times = np.concatenate([self.tables.first_p[:, use], self.tables.first_s[:, use]])
        longest = float(np.nanmax(times, initial=1.0))
        return min(longest, 2400.0) + 10.0

    def slopes(self, delta_deg: FloatArray) -> FloatArray:
        """Return the slowness of the first P of a shallow source, s/deg; 8 where there is none."""
        deltas = DELTAS_DEG
        k = np.clip(np.searchsorted(deltas, delta_deg), 1, len(deltas) - 2)
        row = self.tables.first_p[2]
        slope = (row[k + 1] - row[k - 1]) / (deltas[k + 1] - deltas[k - 1])
        return np.where(np.isfinite(slope) & (slope > 1.0), slope, 8.0)

    def deltas(self, h: Hypothesis) -> FloatArray:
        """Return the distances of a hypothesis' stations, deg."""
        return deltas_deg(h.unit, self.columns.unit[h.stations])

    def bounds(self, start: float, end: float) -> tuple[IntArray, IntArray]:
        """Return first and end pick of each station within a span."""
        first, times = self.columns.first, self.columns.time_s
        n = len(first) - 1
        low, high = np.empty(n, np.int64), np.empty(n, np.int64)
        for j in range(n):
            span = times[first[j] : first[j + 1]]
            low[j], high[j] = first[j] + np.searchsorted(span, [start, end])
        return low, high

    def _least_radii(self) -> FloatArray:
        """Return the radius at which a place in each cell is known as well as times are."""
        delta = self.near_deg[:, min(3, self.near_deg.shape[1] - 1)].astype(np.float64)
        column = np.minimum(np.searchsorted(DELTAS_DEG, delta), len(DELTAS_DEG) - 1)
        sigma = np.hypot(self.tables.sigma_p_s[column], self.default_sigma_s)
        return np.asarray(0.7 * sigma / self.slopes(delta))

    @property
    def default_sigma_s(self) -> float:
        """Standard error of a time that states none."""
        if self.params.reading_sigma_s is not None:
            return self.params.reading_sigma_s
        return float(np.clip(0.1 + 0.1 * self.grid.spacing_deg, 0.1, 1.0))

    def take(self, hypothesis: Hypothesis) -> None:
        """Take the picks of an event and make the rest of its wave train likelier noise."""
        later_phases(self, hypothesis)
        self._mark(hypothesis)
        self._refresh()
        self.events.append(hypothesis)

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Leave events and picks as they were before, whatever is taken, freed or withheld."""
        events, taken = list(self.events), self._taken.copy()
        wake_hz, wake_expected = self._wake_hz.copy(), self._wake_expected
        try:
            yield
        finally:
            self.events, self._taken = events, taken | self._doubled
            self._wake_hz, self._wake_expected = wake_hz, wake_expected
            self._refresh()

    def lend(self, picks: list[int]) -> None:
        """Free some taken picks."""
        self._taken[picks] = False
        self._refresh()

    def withhold(self, picks: list[int]) -> None:
        """Take picks that no event holds."""
        self._taken[picks] = True
        self._refresh()

    def picks_of(self, pick: int) -> tuple[FloatArray, ...]:
        """Return the tuple that the kernels take, with one pick free and no other."""
        time_s, gain_p, gain_s, *rest = self.columns.picks()
        alone_p, alone_s = np.full_like(gain_p, -1e9), np.full_like(gain_s, -1e9)
        log_rate = np.log(self.columns.rate_hz[pick])
        alone_p[pick], alone_s[pick] = (g[pick] - log_rate for g in self._label_gains)
        return (time_s, alone_p, alone_s, *rest)

    def precision(self, normal: FloatArray) -> FloatArray:
        """Return the precision of place (deg), depth (km) and time (s), that of the prior added.

        Parameters
        ----------
        normal : ndarray, shape (4, 4)
            Of a hypothesis.
        """
        area, scale_km = self.grid.area_deg2, self.params.shallow_scale_km
        return np.asarray(normal + np.diag([9.0 / area, 9.0 / area, 1.0 / scale_km**2, 1e-6]))

    def bar(self, refused: list[tuple[Hypothesis, str]]) -> None:
        """Free the picks of events that did not hold, and why; they are not tried again."""
        self.barred += [barred_by(h, reason, self.columns.time_s) for h, reason in refused]
        self.rebuild([e for e in self.events if all(e is not r for r, _ in refused)])

    def met_again(self, h: Hypothesis) -> None:
        """Count how often onsets that place no event come back, and have done with them."""
        picks = {i for _, _, i in h.defining()}
        for k, barred in enumerate(self.barred):
            if barred.unplaced & picks:
                self._met[k] += 1
                if self._met[k] == MEETINGS:
                    self._doubled[list(barred.unplaced)] = True
                    self._taken |= self._doubled
                    self._refresh()

    def rebuild(self, events: list[Hypothesis]) -> None:
        """Free all picks, then take those of the events given."""
        self._wake_hz[:] = 0.0
        self._wake_expected = 0.0
        self._taken[:] = self._doubled
        self.events = list(events)
        for event in events:
            self._mark(event)
        self._refresh()

    def learn(self) -> None:
        """Adapt rates, labels and coda to the events found so far."""
        columns, free = self.columns, ~self._taken
        self._noise_hz = noise_rates(
            columns.time_s, columns.first, self.params.prior_noise_interval_s, free
        )
        scale = coda_scale(self._noise_hz[free], self._wake_hz[free], self._wake_expected)
        self.learned = Learned(
            event_rate(self.params.events_per_hour, len(self.events), columns),
            label_trust(self.events, columns),
            scale,
            learned_trust(self.events),
            snr_trust(self.events, columns, self.learned.snr_trust),
        )
        self._label_gains = self._gains()
        self.required = self._required()
        self._refresh()

    def _mark(self, h: Hypothesis) -> None:
        from vigie.network.association.kernels import wave_train

        self._taken[[i for _, _, i in h.defining()] + list(h.secondary)] = True
        self._wake_expected += wave_train.wake(
            (h.unit, h.depth_km, h.time_s),
            h.stations,
            h.p,
            h.member,
            self.params.coda_rate,
            self.columns.picks(),
            self.net,
            self.tabs,
            self._wake_hz,
        )

    def _refresh(self) -> None:
        columns = self.columns
        columns.rate_hz[:] = self._noise_hz + self.learned.coda_scale * self._wake_hz
        columns.coda_s[:] = self.learned.coda_scale * self.params.coda_rate / columns.rate_hz
        log_rate = np.log(columns.rate_hz)
        for gain, label in zip((columns.gain_p, columns.gain_s), self._label_gains, strict=True):
            gain[:] = np.where(self._taken, -1e9, label - log_rate)


def _levels(n: int) -> IntArray:
    levels = [m for m in (4, 6, 9, 14, 20, 30, 45, 70, 110) if m < n]
    return np.array([*levels, n], dtype=np.int64)
