"""What a station's detector counts without any release: surroundings, cosmic rays, neutrons.

Rates are orders of magnitude of low-level counting at sea level in 10 cm of lead, taken from the
published spectrum of a lead cave (becquerel test data, 2017: 609 keV 5e-3, 1461 keV 1.1e-2, 2615
keV 7e-3 counts/s) and, of neutron lines, from G. Heusser, Annu. Rev. Nucl. Part. Sci. 45 (1995)
543. Lines of the surroundings come through the shield: low energies are taken off, continua
raised.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import nuclide
from vigie.simulate.radionuclide.hpge.decay_spectrum import decay_spectrum
from vigie.simulate.radionuclide.hpge.geometry import DetectorGeometry
from vigie.simulate.radionuclide.hpge.outcome import BINS

FloatArray = NDArray[np.float64]

AMBIENT_CHAINS = {
    "uranium": (("Pb-214", 1.0), ("Bi-214", 1.0), ("Ra-226", 0.3)),
    "thorium": (("Ac-228", 1.0), ("Pb-212", 1.0), ("Bi-212", 1.0), ("Tl-208", 0.359)),
    "potassium": (("K-40", 1.0),),
    "thorium_234": (("Th-234", 1.0), ("Pa-234m", 1.0), ("U-235", 0.046)),
    "cobalt": (("Co-60", 1.0),),
    "caesium": (("Ba-137m", 1.0),),
}
"""Members and their decays per decay of the chain, in the surroundings."""
REFERENCE_LINES = {
    "uranium": ("Bi-214", 609.32),
    "thorium": ("Tl-208", 2614.51),
    "potassium": ("K-40", 1460.82),
    "thorium_234": ("Pa-234m", 1001.0),
    "cobalt": ("Co-60", 1332.49),
    "caesium": ("Ba-137m", 661.66),
}
LEAD_XRAYS = ((74.969, 1.0), (72.805, 0.6), (84.9, 0.35), (87.3, 0.1))
"""keV and share: K alpha 1, 2, K beta 1 and 2 groups."""
NEUTRON_LINES = (
    (139.68, 1.0, 0.0),
    (198.39, 0.8, 2.0),
    (595.85, 0.7, 16.0),
    (691.43, 0.6, 20.0),
    (569.70, 0.15, 0.0),
    (803.06, 0.25, 0.0),
    (962.06, 0.12, 0.0),
    (1115.55, 0.08, 0.0),
)
"""keV, share, tail to the right (keV).

Ge-75m, Ge-71m, Ge-74, Ge-72, Pb-207, Pb-206, Cu-63, Cu-65.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NaturalBackground:
    """Rates of what is not in the filter; counts/s of the line named, or of the whole."""

    potassium_per_s: float = 0.011
    uranium_per_s: float = 0.005
    """At 609 keV: radon in the shield included."""
    thorium_per_s: float = 0.006
    """At 2615 keV."""
    thorium_234_per_s: float = 2e-4
    """At 1001 keV."""
    cobalt_per_s: float = 0.0
    """At 1332 keV; in the steel of some shields."""
    caesium_per_s: float = 0.0
    """At 662 keV."""
    annihilation_per_s: float = 0.02
    lead_xrays_per_s: float = 0.02
    neutrons_per_s: float = 1.5e-3
    """Of the line at 139.7 keV."""
    cosmic_per_s: float = 1.2
    """Of the continuum, 30 to 3000 keV."""
    scattered: float = 8.0
    """Counts scattered in the shield per count at full energy."""
    hardening_kev: float = 250.0
    """Below, the shield takes lines of the surroundings away."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Expected counts: peaks and continuum."""

    peaks: FloatArray
    """Energy, counts, extra FWHM, right tail; shape (n, 4), see ``draw_peaks``."""
    sources: tuple[str, ...]
    """What each peak is: ``ambient Bi-214``, ``neutron``, ``xray``, ``annihilation``."""
    lines_kev: FloatArray
    """Line of the table, NaN of others."""
    continuum: FloatArray
    """In bins of 1 keV."""


def natural_counts(
    background: NaturalBackground, geometry: DetectorGeometry, live_s: float, doppler_kev: float
) -> Counted:
    """Return what the surroundings give in a live time.

    Parameters
    ----------
    background : NaturalBackground
    geometry : DetectorGeometry
        Of the detector; the surroundings are as far as a source at 20 cm.
    live_s : float
    doppler_kev : float
        Extra width of the annihilation line.
    """
    far = DetectorGeometry(
        crystal_radius_cm=geometry.crystal_radius_cm,
        crystal_length_cm=geometry.crystal_length_cm,
        gap_cm=20.0,
        source_thickness_cm=0.0,
    )
    rows: list[tuple[float, float, float, float]] = []
    sources: list[str] = []
    lines: list[float] = []
    continuum = cosmic_continuum() * background.cosmic_per_s * live_s
    for chain, members in AMBIENT_CHAINS.items():
        decays = getattr(background, f"{chain}_per_s") * live_s / _per_decay(chain, far, background)
        for name, share in members if decays > 0.0 else ():
            found = decay_spectrum(name, far)
            through = _through(found.energy_kev, background)
            counts = decays * share * found.counts * through
            rows += [(e, c, 0.0, 0.0) for e, c in zip(found.energy_kev, counts, strict=True)]
            sources += [f"ambient {name}"] * len(counts)
            lines += list(found.line_kev)
            continuum += decays * share * found.continuum
            continuum += background.scattered * _scattered(found.energy_kev, counts)
    one = live_s
    rows.append((510.999, background.annihilation_per_s * one, doppler_kev, 0.0))
    rows += [(e, s * background.lead_xrays_per_s * one, 0.0, 0.0) for e, s in LEAD_XRAYS]
    rows += [(e, s * background.neutrons_per_s * one, 0.0, t) for e, s, t in NEUTRON_LINES]
    sources += ["annihilation"] + ["xray"] * len(LEAD_XRAYS) + ["neutron"] * len(NEUTRON_LINES)
    lines += [np.nan] * (len(rows) - len(lines))
    return Counted(np.array(rows), tuple(sources), np.array(lines), continuum)


def cosmic_continuum() -> FloatArray:
    """Return the shape of the continuum of muons and their electrons, sum 1, bins of 1 keV."""
    e = np.arange(BINS) + 0.5
    rising = 1.0 / (1.0 + np.exp(-(e - 60.0) / 12.0))
    shape = rising * (0.55 * np.exp(-e / 190.0) / 190.0 + 0.45 * np.exp(-e / 900.0) / 900.0)
    # Bremsstrahlung of muon-made electrons in lead peaks about 150 keV.
    shape += 0.12 * np.exp(-0.5 * (np.log(e / 150.0) / 0.45) ** 2) / (e * 0.45 * 2.5066)
    return np.asarray(shape / shape.sum())


def bremsstrahlung(end_point_kev: float) -> FloatArray:
    """Return the shape of a continuum of beta rays in the filter, sum 1, bins of 1 keV."""
    e = np.arange(BINS) + 0.5
    rising = 1.0 / (1.0 + np.exp(-(e - 50.0) / 8.0))
    shape = rising * np.clip(1.0 - e / end_point_kev, 0.0, None) ** 3 / e
    return np.asarray(shape / max(shape.sum(), 1e-300))


def _per_decay(chain: str, far: DetectorGeometry, background: NaturalBackground) -> float:
    name, energy = REFERENCE_LINES[chain]
    share = dict(AMBIENT_CHAINS[chain])[name]
    found = decay_spectrum(name, far)
    at = int(np.nanargmin(np.abs(found.line_kev - energy)))
    assert nuclide(name).line(energy, 1.0) is not None
    return share * float((found.counts * _through(found.energy_kev, background))[at])


def _through(energy_kev: FloatArray, background: NaturalBackground) -> FloatArray:
    return np.asarray(np.exp(-((background.hardening_kev / np.maximum(energy_kev, 10.0)) ** 1.3)))


def _scattered(energy_kev: FloatArray, counts: FloatArray) -> FloatArray:
    """Return what the shield scatters: a triangle from 60 keV to the line, sum of the counts."""
    e = np.arange(BINS) + 0.5
    out = np.zeros(BINS)
    strong = counts > 1e-3 * counts.max() if len(counts) else np.zeros(0, dtype=bool)
    for kev, number in zip(energy_kev[strong], counts[strong], strict=True):
        rising = 1.0 / (1.0 + np.exp(-(e - 70.0) / 12.0))
        shape = (
            rising
            * np.exp(-e / (0.3 * kev))
            / (1.0 + np.exp(np.clip((e - kev + 15.0) / 5.0, -50.0, 50.0)))
        )
        out += number * shape / max(shape.sum(), 1e-300)
    return out
