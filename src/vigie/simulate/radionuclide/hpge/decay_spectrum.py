"""The spectrum of a nuclide per decay, with true-coincidence summing to all orders.

From each level of the daughter (``vigie.facts.cascades``), what follows is the mixture, over the
steps that leave it, of the step's photon together with what follows from the level below:
convolved exactly (``outcome``). Levels that live above 1 us end a cascade and begin another.
Positrons give two annihilation photons, of which at most one hits a detector at the filter's side.
X-rays of K vacancies (capture, conversion) add to what comes with them; as lines of their own they
are the table's. Directions of photons of one decay are taken as independent, and efficiencies as
the mean of the source. Check: against decays sampled one by one (``cascade_events``), see the
tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.facts.cascades import Cascade, cascades
from vigie.facts.nuclides import LineKind, nuclide
from vigie.simulate.radionuclide.hpge.cross_sections import ELECTRON_KEV
from vigie.simulate.radionuclide.hpge.outcome import BINS, NOTHING, Outcome, both, either, photon
from vigie.simulate.radionuclide.hpge.response import response_of

if TYPE_CHECKING:
    from vigie.facts.cascades import Transition
    from vigie.facts.nuclides import GammaLine, Nuclide
    from vigie.simulate.radionuclide.hpge.geometry import DetectorGeometry

FloatArray = NDArray[np.float64]

RESOLVING_TIME_S = 1e-6
SAME_LINE_KEV = 0.35
LEAST_XRAY_KEV = 25.0
"""X-rays of less do not get through the filter, end cap and dead layer."""
LEAST_KEV = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class DecaySpectrum:
    """Counts per decay."""

    energy_kev: FloatArray
    """Of peaks, shape (n,)."""
    counts: FloatArray
    line_kev: FloatArray
    """Line of the table to which a peak belongs; NaN of escape and sum peaks."""
    summing: FloatArray
    """Counts over those without summing; NaN of escape and sum peaks."""
    continuum: FloatArray
    """In bins of 1 keV, shape (4096,)."""


@lru_cache(maxsize=2048)
def decay_spectrum(name: str, geometry: DetectorGeometry) -> DecaySpectrum:
    """Return the spectrum of a nuclide, without its daughters, per decay.

    Parameters
    ----------
    name : str
        Normal name.
    geometry : DetectorGeometry

    Raises
    ------
    UnknownNuclideError
        The table does not hold the nuclide.
    """
    facts = nuclide(name)
    response = response_of(geometry)
    energy, chance, continuum, intensity = _cascading(facts, geometry)
    rows: list[tuple[float, float, float, float]] = []
    used = np.zeros(len(energy), dtype=bool)
    for line in facts.lines:
        if line.energy_kev < LEAST_KEV:
            continue
        peak = line.intensity * float(response.peak(line.energy_kev))
        near = np.flatnonzero((np.abs(energy - line.energy_kev) < SAME_LINE_KEV) & ~used)
        stated = intensity.get(_nearest(intensity, line.energy_kev), 0.0)
        if _cascades(line) and stated > 0.0 and len(near):
            best = int(near[np.argmax(chance[near])])
            used[best] = True
            factor = chance[best] / (stated * float(response.peak(energy[best])))
        else:
            factor = 1.0
            out = photon(geometry, line.energy_kev)
            continuum = continuum + line.intensity * out.continuum
            for kev, p in zip(out.energy_kev[1:], out.probability[1:], strict=True):
                rows.append((float(kev), line.intensity * float(p), np.nan, np.nan))
        rows.append((line.energy_kev, peak * factor, line.energy_kev, factor))
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    rest = np.full((int((~used).sum()), 4), np.nan)
    rest[:, 0], rest[:, 1] = energy[~used], chance[~used]
    table = np.concatenate([table, rest])
    return DecaySpectrum(table[:, 0], table[:, 1], table[:, 2], table[:, 3], continuum)


def _cascades(line: GammaLine) -> bool:
    """Tell whether a line is of gamma rays or annihilation; some tables call the latter X-rays."""
    return line.kind is not LineKind.XRAY or abs(line.energy_kev - ELECTRON_KEV) < SAME_LINE_KEV


def _nearest(intensity: dict[float, float], energy_kev: float) -> float:
    near = [e for e in intensity if abs(e - energy_kev) < SAME_LINE_KEV]
    return max(near, key=lambda e: intensity[e], default=-1.0)


def _cascading(
    facts: Nuclide, geometry: DetectorGeometry
) -> tuple[FloatArray, FloatArray, FloatArray, dict[float, float]]:
    """Return peaks, their chances, continuum, and photons per decay of what cascades."""
    parts: list[Outcome] = []
    weights: list[float] = []
    intensity: dict[float, float] = {}
    known = [one.energy_kev for one in facts.lines if _cascades(one)]
    for cascade in cascades(facts.name):
        own = _own(cascade, known)
        for step in own.transitions:
            intensity[step.energy_kev] = intensity.get(step.energy_kev, 0.0) + step.intensity
        positrons = sum(level.feeding * level.positron for level in own.levels)
        if positrons > 0.0:
            intensity[ELECTRON_KEV] = 2.0 * positrons
        for outcome, weight in outcomes(own, geometry):
            parts.append(outcome)
            weights.append(weight)
    if not parts:
        return np.empty(0), np.empty(0), np.zeros(BINS), {}
    total = either(parts, weights)
    xray = [k_xray_kev(c.daughter_number) for c in cascades(facts.name)]
    alone = np.array([min(abs(e - x) for x in xray) < SAME_LINE_KEV for e in total.energy_kev])
    kept = ~alone & (total.energy_kev > LEAST_KEV)
    return total.energy_kev[kept], total.probability[kept], total.continuum, intensity


def _own(cascade: Cascade, known_kev: list[float]) -> Cascade:
    """Leave out the steps that the table gives to another nuclide: those of long-lived isomers."""
    steps = tuple(
        s
        for s in cascade.transitions
        if (cascade.levels[s.start].half_life_s or 0.0) < 1.0
        or any(abs(s.energy_kev - e) < SAME_LINE_KEV for e in known_kev)
    )
    return Cascade(cascade.daughter_number, cascade.levels, steps)


def outcomes(cascade: Cascade, geometry: DetectorGeometry) -> list[tuple[Outcome, float]]:
    """Return the outcome of each independent beginning of a cascade, and how often it happens."""
    levels = cascade.levels
    after = [NOTHING] * len(levels)
    arrivals = [level.feeding for level in levels]
    for index in range(len(levels)):
        steps = [s for s in cascade.transitions if s.start == index]
        if not steps:
            continue
        total = sum(s.total for s in steps)
        parts = [both(_step(s, cascade.daughter_number, geometry), after[s.end]) for s in steps]
        after[index] = either(parts, [s.total / total for s in steps])
    begun: list[tuple[Outcome, float]] = []
    for index in reversed(range(len(levels))):
        if (levels[index].half_life_s or 0.0) > RESOLVING_TIME_S:
            arrived = arrivals[index] + sum(s.total for s in cascade.transitions if s.end == index)
            begun.append((after[index], arrived))
            continue
        if arrivals[index] > 0.0:
            fed = both(_feeding(cascade, index, geometry), after[index])
            begun.append((fed, arrivals[index]))
    return begun


def _step(step: Transition, number: int, geometry: DetectorGeometry) -> Outcome:
    """Return the outcome of one step: a photon, or a conversion electron with its X-ray."""
    gamma = photon(geometry, step.energy_kev) if step.energy_kev > LEAST_KEV else NOTHING
    if step.conversion <= 0.0:
        return gamma
    k_share = min(step.k_conversion / step.conversion, 1.0)
    converted = _xray(number, k_share, geometry)
    share = 1.0 / (1.0 + step.conversion)
    return either([gamma, converted], [share, 1.0 - share])


def _feeding(cascade: Cascade, index: int, geometry: DetectorGeometry) -> Outcome:
    level = cascade.levels[index]
    capture = _xray(cascade.daughter_number, level.k_capture, geometry)
    if level.positron <= 0.0:
        return capture
    pair = photon(geometry, ELECTRON_KEV, 2.0 * level.positron)
    return both(capture, pair)


def _xray(number: int, vacancies: float, geometry: DetectorGeometry) -> Outcome:
    energy = k_xray_kev(number)
    if vacancies <= 0.0 or energy < LEAST_XRAY_KEV:
        return NOTHING
    return photon(geometry, energy, vacancies * k_fluorescence(number))


def k_xray_kev(number: int) -> float:
    """Return the energy of the K alpha 1 line of an element (Moseley's law, to 3 %).

    Examples
    --------
    >>> round(k_xray_kev(55), 1), round(k_xray_kev(82), 1)
    (30.3, 75.2)
    """
    # Screening and relativity bend Moseley's straight line; one term follows it to lead.
    return 0.0101 * (number - 1) ** 2 * (1.0 + 2e-5 * number**2)


def k_fluorescence(number: int) -> float:
    """Return the share of K vacancies that give an X-ray (Burhop 1955, to 2 % above Z = 20).

    Examples
    --------
    >>> round(k_fluorescence(55), 2)
    0.89
    """
    return number**4 / (number**4 + 1.12e6)
