"""What the table of nuclides says of one nuclide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LineKind(StrEnum):
    """How a photon comes about."""

    GAMMA = "gamma"
    XRAY = "x-ray"
    ANNIHILATION = "annihilation"


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaLine:
    """A line of photons, per decay of the nuclide that emits it."""

    energy_kev: float
    energy_sigma_kev: float | None = None
    """None where the source states none."""
    intensity: float
    """Photons per decay; above 1 possible (annihilation)."""
    intensity_sigma: float | None = None
    kind: LineKind = LineKind.GAMMA
    source: str = ""
    """Key of ``table_sources()``: ``ensdf``, ``decay_2012`` ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Share of the decays of a nuclide that lead to a daughter."""

    daughter: str
    """``Ba-137m``; need not be in the table where it is stable."""
    fraction: float
    mode: str = ""
    """``beta-``, ``ec`` (beta+ included), ``alpha`` or ``it``."""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coincidence:
    """Two photons of one decay."""

    gate_kev: float
    """The photon that comes first."""
    coincident_kev: float
    probability: float
    """Of both photons, per decay of the nuclide."""
    level_half_life_s: float | None = None
    """Of the longest-lived level on the way from the first to the second photon; None where
    the source states none (shorter than was measured). Above about 1 us a detector sees two
    events."""
    kind: LineKind = LineKind.GAMMA
    """Of the second photon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaBranch:
    """A beta-minus (or beta-plus) transition."""

    end_point_kev: float
    intensity: float
    """Electrons per decay."""
    intensity_sigma: float | None = None
    positron: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectronLine:
    """A line of conversion or Auger electrons, per decay."""

    energy_kev: float
    intensity: float
    intensity_sigma: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nuclide:
    """Decay data of one nuclide. Lines belong to their emitter, never to its parent."""

    name: str
    half_life_s: float
    half_life_sigma_s: float | None = None
    lines: tuple[GammaLine, ...] = ()
    """Photons, strongest first; those of daughters are the daughters'."""
    branches: tuple[Branch, ...] = ()
    """Where the decays lead; fractions add up to 1 but for spontaneous fission."""
    coincidences: tuple[Coincidence, ...] = ()
    betas: tuple[BetaBranch, ...] = ()
    electrons: tuple[ElectronLine, ...] = ()
    """Filled for the noble gases and what accompanies them."""
    sources: tuple[tuple[str, str], ...] = ()
    """What each part was taken from: ``("half_life", "decay_2012")`` ..."""
    remarks: tuple[str, ...] = ()
    """Where the sources differ and what was chosen."""

    @property
    def decay_constant_per_s(self) -> float:
        """Return lambda = ln 2 / T."""
        return 0.6931471805599453 / self.half_life_s

    def line(self, energy_kev: float, tolerance_kev: float = 0.5) -> GammaLine | None:
        """Return the line nearest to an energy, or None where none lies within the tolerance."""
        near = [one for one in self.lines if abs(one.energy_kev - energy_kev) <= tolerance_kev]
        return min(near, key=lambda one: abs(one.energy_kev - energy_kev), default=None)
