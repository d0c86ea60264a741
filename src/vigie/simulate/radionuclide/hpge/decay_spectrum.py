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
from vigie.radionuclide.particulate.summing import k_xrays
from vigie.simulate.radionuclide.hpge.cross_sections import ELECTRON_KEV
from vigie.simulate.radionuclide.hpge.outcome import BINS, NOTHING, Outcome, both, either, photon
from vigie.simulate.radionuclide.hpge.response import response_of

if TYPE_CHECKING:
    from vigie.facts.cascades import Level, Transition
    from vigie.facts.nuclides import GammaLine, Nuclide
    from vigie.simulate.radionuclide.hpge.geometry import DetectorGeometry

FloatArray = NDArray[np.float64]

RESOLVING_TIME_S = 1e-6
SAME_LINE_KEV = 0.35
UNLISTED = 2e-3
"""Photons per decay: a stronger step that is not among a nuclide's lines is that of an isomer."""
SUM_LINE_KEV = 0.2
"""A sum as near to a line counts as the line."""
LEAST_XRAY_KEV = 25.0
"""X-rays of less do not get through the filter, end cap and dead layer."""
LEAST_KEV = 20.0
DOPPLER_KEV = 2.5
"""Standard deviation of Compton edges."""


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
        stated = _near(intensity, line.energy_kev)
        if _cascades(line) and stated:
            # Lines too close to be told apart share what the cascades give to all of them.
            here = np.zeros(len(energy), dtype=bool)
            for kev in stated:
                here |= np.abs(energy - kev) < SUM_LINE_KEV
            used |= here
            alone = sum(photons * float(response.peak(kev)) for kev, photons in stated.items())
            factor = float(chance[here].sum()) / alone
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
    smooth = broadened(continuum)
    return DecaySpectrum(table[:, 0], table[:, 1], table[:, 2], table[:, 3], smooth)


def broadened(continuum: FloatArray) -> FloatArray:
    """Return a continuum with its Compton edges as wide as bound electrons make them.

    An electron's momentum p along the transfer q shifts the scattered photon by (p/m) q E'/E: with
    1.5 atomic units in germanium, 2 to 3 keV at the edges of 200 to 2600 keV. One width is taken.
    """
    frequency = np.fft.rfftfreq(BINS)
    kernel = np.exp(-2.0 * (np.pi * DOPPLER_KEV * frequency) ** 2)
    return np.asarray(np.maximum(np.fft.irfft(np.fft.rfft(continuum) * kernel, BINS), 0.0))


def _cascades(line: GammaLine) -> bool:
    """Tell whether a line is of gamma rays or annihilation; some tables call the latter X-rays."""
    return line.kind is not LineKind.XRAY or abs(line.energy_kev - ELECTRON_KEV) < SAME_LINE_KEV


def _near(intensity: dict[float, float], energy_kev: float) -> dict[float, float]:
    return {e: photons for e, photons in intensity.items() if abs(e - energy_kev) < SAME_LINE_KEV}


def _cascading(
    facts: Nuclide, geometry: DetectorGeometry
) -> tuple[FloatArray, FloatArray, FloatArray, dict[float, float]]:
    """Return peaks, their chances, continuum, and photons per decay of what cascades."""
    parts: list[Outcome] = []
    weights: list[float] = []
    intensity: dict[float, float] = {}
    known = [one.energy_kev for one in facts.lines if _cascades(one)]
    alone_kev: list[float] = []
    for cascade in cascades(facts.name):
        own = _own(cascade, known)
        for step, photons in zip(own.transitions, balanced_photons(own), strict=True):
            intensity[step.energy_kev] = intensity.get(step.energy_kev, 0.0) + photons
        positrons = sum(level.feeding * level.positron for level in own.levels)
        if positrons > 0.0:
            intensity[ELECTRON_KEV] = 2.0 * positrons
        xrays = tuple(
            zip(*(x.tolist() for x in k_xrays(facts.name, own.daughter_number)), strict=True)
        )
        alone_kev += [energy for energy, _ in xrays]
        for outcome, weight in outcomes(own, geometry, xrays):
            parts.append(outcome)
            weights.append(weight)
    if not parts:
        return np.empty(0), np.empty(0), np.zeros(BINS), {}
    total = either(parts, weights)
    # X-rays by themselves are the table's lines.
    alone = np.abs(total.energy_kev[:, None] - np.array(alone_kev)).min(axis=1) < 0.05
    kept = ~alone & (total.energy_kev > LEAST_KEV)
    return total.energy_kev[kept], total.probability[kept], total.continuum, intensity


def balanced_photons(cascade: Cascade) -> list[float]:
    """Return the photons of each step per decay, as feeding and branching of the levels give them.

    They are the stated ones but where more is stated to enter a level than to leave it.
    """
    visits = [level.feeding for level in cascade.levels]
    photons = [0.0] * len(cascade.transitions)
    for index in reversed(range(len(visits))):
        rows = [k for k, s in enumerate(cascade.transitions) if s.start == index]
        total = sum(cascade.transitions[k].total for k in rows)
        for k in rows:
            step = cascade.transitions[k]
            photons[k] = visits[index] * step.intensity / total
            visits[step.end] += visits[index] * step.total / total
    return photons


def _own(cascade: Cascade, known_kev: list[float]) -> Cascade:
    """Leave out the steps that the table gives to another nuclide: those of long-lived isomers."""
    steps = tuple(
        s
        for s in cascade.transitions
        if _prompt(cascade, s) or any(abs(s.energy_kev - e) < SAME_LINE_KEV for e in known_kev)
    )
    return Cascade(cascade.daughter_number, cascade.levels, steps)


def _prompt(cascade: Cascade, step: Transition) -> bool:
    """Tell whether a step that the table does not list is weak and at once, not an isomer's."""
    life = cascade.levels[step.start].half_life_s or 0.0
    return life <= RESOLVING_TIME_S and step.intensity < UNLISTED


def outcomes(
    cascade: Cascade, geometry: DetectorGeometry, xrays: tuple[tuple[float, float], ...]
) -> list[tuple[Outcome, float]]:
    """Return the outcome of each independent beginning of a cascade, and how often it happens.

    Parameters
    ----------
    cascade : Cascade
    geometry : DetectorGeometry
    xrays : tuple of (float, float)
        Energies of the daughter's K X-rays, and how often each is the one.
    """
    light = k_fluorescence(cascade.daughter_number)
    xray = _xray(xrays, geometry)
    levels = cascade.levels
    after = [NOTHING] * len(levels)
    at_once = [NOTHING] * len(levels)
    arrivals = [level.feeding for level in levels]
    for index in range(len(levels)):
        steps = [s for s in cascade.transitions if s.start == index]
        if not steps:
            continue
        total = sum(s.total for s in steps)
        parts = [both(_step(s, light, xray, geometry), at_once[s.end]) for s in steps]
        after[index] = either(parts, [s.total / total for s in steps])
        # What follows from a level that lives is another event.
        lives = (levels[index].half_life_s or 0.0) > RESOLVING_TIME_S
        at_once[index] = NOTHING if lives else after[index]
    begun: list[tuple[Outcome, float]] = []
    for index in reversed(range(len(levels))):
        if (levels[index].half_life_s or 0.0) > RESOLVING_TIME_S:
            arrived = arrivals[index] + sum(s.total for s in cascade.transitions if s.end == index)
            begun.append((after[index], arrived))
            continue
        if arrivals[index] > 0.0:
            fed = both(_feeding(levels[index], light, xray, geometry), after[index])
            begun.append((fed, arrivals[index]))
    return begun


def _step(step: Transition, light: float, xray: Outcome, geometry: DetectorGeometry) -> Outcome:
    """Return the outcome of one step: a photon, or a conversion electron with its X-ray."""
    gamma = photon(geometry, step.energy_kev) if step.energy_kev > LEAST_KEV else NOTHING
    if step.conversion <= 0.0:
        return gamma
    converted = step.conversion / (1.0 + step.conversion)
    with_xray = converted * light * min(step.k_conversion / step.conversion, 1.0)
    return either([gamma, xray, NOTHING], [1.0 - converted, with_xray, converted - with_xray])


def _feeding(level: Level, light: float, xray: Outcome, geometry: DetectorGeometry) -> Outcome:
    vacancies = level.k_capture * light
    capture = either([xray, NOTHING], [vacancies, 1.0 - vacancies]) if vacancies else NOTHING
    if level.positron <= 0.0:
        return capture
    pair = photon(geometry, ELECTRON_KEV, 2.0 * level.positron)
    return both(capture, pair)


def _xray(xrays: tuple[tuple[float, float], ...], geometry: DetectorGeometry) -> Outcome:
    """Return the outcome of one K X-ray."""
    seen = [(energy, share) for energy, share in xrays if energy > LEAST_XRAY_KEV]
    lost = 1.0 - sum(share for _, share in seen)
    parts = [*(photon(geometry, energy) for energy, _ in seen), NOTHING]
    return either(parts, [*(share for _, share in seen), lost])


def k_fluorescence(number: int) -> float:
    """Return the share of K vacancies that give an X-ray (Burhop 1955, to 2 % above Z = 20).

    Examples
    --------
    >>> round(k_fluorescence(55), 2)
    0.89
    """
    return number**4 / (number**4 + 1.12e6)
