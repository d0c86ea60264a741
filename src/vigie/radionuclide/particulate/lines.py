"""Lines that sources should show in one spectrum: expected counts per Bq.

Counts of a line = photons per decay x decays per Bq x efficiency x live over real time x summing
factor. The sum peaks of a source stand among its lines. Without a stated efficiency, that of a
usual germanium detector is assumed, in shape only: identification works, activities are not given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import LineKind, nuclide
from vigie.radionuclide.particulate.labels import DOUBLE_SHARE, ELECTRON_KEV, pair_ratio
from vigie.radionuclide.particulate.sources import LEAST_KEV, SERIES
from vigie.radionuclide.particulate.summing import NO_SUMMING, SummedLines, summed_lines
from vigie.radionuclide.peaks import DetectorModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.radionuclide.particulate.sources import Source

FloatArray = NDArray[np.float64]

GENERIC_KEV = (30.0, 60.0, 90.0, 150.0, 300.0, 600.0, 1200.0, 2000.0, 3000.0)
GENERIC_EFFICIENCY = (0.002, 0.05, 0.09, 0.10, 0.065, 0.038, 0.022, 0.015, 0.0105)
"""Of a coaxial p-type crystal of some 50 % with a filter on it; simulated with the physical model
of ``vigie.simulate.radionuclide.hpge`` and rounded. Only its shape is used."""
ANNIHILATION_KEV = 510.999
OWN_LINE_KEV, ESCAPE_SIGMA = 1.0, 0.5
"""A sum's escape nearer to a line of its nuclide is that line; relative error of its counts."""
UNSTATED_INTENSITY_SIGMA = 0.02
"""Relative, of lines whose source states none."""


@dataclass(frozen=True, slots=True, eq=False)
class LineTable:
    """Lines of all sources, one row each."""

    source: NDArray[np.int64]
    """Index of the source, shape (n,)."""
    emitter: tuple[str, ...]
    energy_kev: FloatArray
    counts: FloatArray
    """Per Bq of the source, shape (n,)."""
    intensity: FloatArray
    """Photons per decay of the emitter; 0 of sum peaks."""
    intensity_sigma: FloatArray
    """Relative."""
    summing: FloatArray
    """Factor; 1 where nothing comes with the line."""
    is_sum: NDArray[np.bool_]
    is_xray: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Efficiencies:
    """Efficiencies of a detector, stated or assumed."""

    model: DetectorModel

    @property
    def known(self) -> bool:
        """Tell whether an efficiency is stated."""
        return self.model.efficiency is not None

    def peak(self, energy_kev: FloatArray) -> FloatArray:
        """Return full-energy-peak efficiencies; assumed ones in shape only."""
        if self.model.efficiency is not None:
            return np.asarray(self.model.efficiency.efficiency(energy_kev))
        logs = np.interp(np.log(energy_kev), np.log(GENERIC_KEV), np.log(GENERIC_EFFICIENCY))
        return np.asarray(np.exp(logs))

    @property
    def total(self) -> Callable[[FloatArray], FloatArray] | None:
        """Return the total efficiency, None where it is not stated."""
        stated = self.model.total_efficiency
        if not self.known or stated is None:
            return None
        return lambda energy: np.asarray(stated.efficiency(energy))


def line_table(
    sources: Sequence[Source],
    efficiencies: Efficiencies,
    live_share: float,
    *,
    span_kev: tuple[float, float],
    least: float,
) -> LineTable:
    """Return the lines of sources in a spectrum.

    Parameters
    ----------
    sources : sequence of Source
    efficiencies : Efficiencies
    live_share : float
        Live over real time.
    span_kev : (float, float)
        Energies that the spectrum covers.
    least : float
        Lines with less than this share of their source's strongest are left out.
    """
    rows: list[FloatArray] = []
    emitters: list[str] = []
    summed: dict[tuple[str, bool], SummedLines] = {}
    for index, source in enumerate(sources):
        # Surroundings are far: nothing sums there. What is theirs alone is the natural series.
        at_detector = source.kind == "air" or source.name not in SERIES
        near = at_detector and efficiencies.total is not None
        own: list[FloatArray] = []
        names: list[str] = []
        for emitter in source.emitters:
            key = (emitter.name, near)
            if key not in summed:
                summed[key] = (
                    summed_lines(emitter.name, efficiencies.peak, efficiencies.total)
                    if near
                    else NO_SUMMING
                )
            table = _emitted(emitter.name, summed[key], efficiencies, span_kev)
            table[:, 1] *= emitter.decays * live_share
            own.append(table)
            names += [emitter.name] * len(table)
        joined = np.concatenate(own) if own else np.empty((0, 7))
        strongest = float(joined[:, 1].max(initial=0.0))
        kept = joined[:, 1] > least * strongest
        rows.append(np.column_stack([np.full(int(kept.sum()), index), joined[kept]]))
        emitters += [name for name, keep in zip(names, kept, strict=True) if keep]
    table = np.concatenate(rows) if rows else np.empty((0, 8))
    return LineTable(
        source=table[:, 0].astype(np.int64),
        emitter=tuple(emitters),
        energy_kev=table[:, 1],
        counts=table[:, 2],
        intensity=table[:, 3],
        intensity_sigma=table[:, 4],
        summing=table[:, 5],
        is_sum=table[:, 6] > 0.0,
        is_xray=table[:, 7] > 0.0,
    )


def _emitted(
    name: str, summed: SummedLines, efficiencies: Efficiencies, span_kev: tuple[float, float]
) -> FloatArray:
    """Return rows of energy, counts per decay, intensity, its error, factor, sum, X-ray."""
    lines = [
        line
        for line in nuclide(name).lines
        if max(span_kev[0], LEAST_KEV) < line.energy_kev < span_kev[1]
    ]
    out = np.zeros((len(lines), 7))
    if lines:
        energy = np.array([line.energy_kev for line in lines])
        efficiency = efficiencies.peak(energy)
        for k, line in enumerate(lines):
            xray = line.kind is LineKind.XRAY and abs(line.energy_kev - ANNIHILATION_KEV) > 0.5
            factor = 1.0 if xray else summed.factor_at(line.energy_kev)
            sigma = (
                line.intensity_sigma or UNSTATED_INTENSITY_SIGMA * line.intensity
            ) / line.intensity
            counts = line.intensity * efficiency[k] * factor
            out[k] = (line.energy_kev, counts, line.intensity, sigma, factor, 0.0, xray)
    # Sums beyond the spectrum stay: their escapes may lie within.
    inside = summed.sum_kev > span_kev[0]
    sums = np.zeros((int(inside.sum()), 7))
    sums[:, 0], sums[:, 1] = summed.sum_kev[inside], summed.sum_counts[inside]
    sums[:, 4], sums[:, 5] = 1.0, 1.0
    sums[:, 3] = 0.05
    beyond = _beyond(name, summed, efficiencies, span_kev[1])
    escapes = _escapes(np.concatenate([sums, beyond]), out[:, 0], span_kev)
    return np.concatenate([out, sums, escapes])


def _beyond(
    name: str, summed: SummedLines, efficiencies: Efficiencies, end_kev: float
) -> FloatArray:
    """Return rows of lines beyond the spectrum, with what sums feed them."""
    lines = [line for line in nuclide(name).lines if line.energy_kev >= end_kev]
    out = np.zeros((len(lines), 7))
    if lines:
        out[:, 0] = [line.energy_kev for line in lines]
        out[:, 1] = efficiencies.peak(out[:, 0])
        out[:, 1] *= [line.intensity * summed.factor_at(line.energy_kev) for line in lines]
        out[:, 4], out[:, 5] = 1.0, 1.0
    return out


def _escapes(sums: FloatArray, lines_kev: FloatArray, span_kev: tuple[float, float]) -> FloatArray:
    """Return rows of what sums and lines beyond leave when annihilation photons escape.

    Tl-208's 2614.5 and 583.2 keV meet beyond a spectrum's end, and show at 2175.7 keV.
    """
    out = []
    for photons, share in ((1.0, 1.0), (2.0, DOUBLE_SHARE)):
        rows = sums.copy()
        rows[:, 0] -= photons * ELECTRON_KEV
        rows[:, 1] *= share * np.array([pair_ratio(float(kev)) for kev in sums[:, 0]])
        rows[:, 3] = ESCAPE_SIGMA
        away = np.abs(np.subtract.outer(rows[:, 0], lines_kev)).min(axis=1, initial=np.inf)
        # A line that sums with annihilation comes back as itself.
        shown = (rows[:, 1] > 0.0) & (rows[:, 0] > span_kev[0]) & (away > OWN_LINE_KEV)
        out.append(rows[shown])
    return np.concatenate(out)
