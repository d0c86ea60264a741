"""Peaks that no nuclide of a sample makes: neutrons, annihilation, escapes, X-rays, random sums.

Each is an unknown of the solution beside the nuclides, so a peak is first offered to these.
Energies of neutron lines: sheet of the field's lines in germanium, lead and copper (G. Heusser,
Annu. Rev. Nucl. Part. Sci. 45 (1995) 543; ENSDF). Lines of copper are tied, as one of them is that
of Zn-65.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.measured import Clusters

FloatArray = NDArray[np.float64]

ELECTRON_KEV = 510.999
GE_XRAY_KEV = 9.89
NEUTRON_KEV = (139.68, 198.39, 569.70, 803.06, 1063.66)
"""Ge-75m, Ge-71m (cascade summed), Pb-207, Pb-206, Pb-207."""
GERMANIUM = ((595.85, 1.0), (691.43, 0.9))
"""Ge-74, Ge-72 (n, n'), both with a tail to the right. What scatters on one isotope scatters on the
other, so a lone peak at 595.8 keV is As-74's."""
COPPER = ((962.06, 1.0), (669.62, 0.9), (1115.55, 0.7))
"""Cu-63, Cu-63, Cu-65 (n, n'): keV and relative counts."""
LEAD_XRAYS = ((74.969, 1.0), (72.805, 0.6), (84.938, 0.35), (87.3, 0.1))
PAIR_KEV = 1200.0
"""Lines below make no escape peaks that show."""
STRONG_ESCAPE = 300.0
"""Counts from which escapes of a line are looked for, per sqrt of the baseline's scatter."""
STRONG_XRAY_ESCAPE = 2e4
PILE_UP_S = 5e-6
"""Longest that two counts may be apart and yet be one."""
LEAST_RANDOM = 3.0
DOUBLE_SHARE = 0.6
"""Counts in the double-escape peak per count in the single one."""
ESCAPE_ERROR = 1.0
"""Relative error of an expected escape peak."""
XRAY_ESCAPE_AT_100 = 0.0044
"""Escapes of the germanium X-ray per count at full energy, at 100 keV; simulated as well."""


@dataclass(frozen=True, slots=True)
class Label:
    """One cause besides nuclides, with the lines that it makes."""

    cause: str
    """As in ``records.PeakShare``."""
    lines: tuple[tuple[float, float], ...]
    """keV and relative counts."""
    from_kev: float | None = None
    """Line that escaped."""
    expected: float | None = None
    """Counts that it should have, None where nothing is known."""
    expected_sigma: float = 0.0

    @property
    def error(self) -> float:
        """Return the relative error of the ratios of its lines."""
        return 0.35 if len(self.lines) > 1 else 0.0


def labels_of(clusters: Clusters, live_time_s: float | None) -> tuple[Label, ...]:
    """Return the causes that a spectrum's peaks may have besides nuclides.

    Parameters
    ----------
    clusters : Clusters
        Escapes and random sums are those of its stronger peaks.
    live_time_s : float or None
    """
    out = [Label("annihilation", ((ELECTRON_KEV, 1.0),))]
    out += [Label("neutron", ((kev, 1.0),)) for kev in NEUTRON_KEV]
    out += [Label("neutron", GERMANIUM), Label("neutron", COPPER), Label("xray", LEAD_XRAYS)]
    energies, areas = clusters.energy_kev, clusters.gross
    for energy, area in zip(energies, areas, strict=True):
        kev = float(energy)
        if kev > PAIR_KEV and area > STRONG_ESCAPE:
            out += [
                _escape("single_escape", kev, ELECTRON_KEV, float(area) * pair_ratio(kev)),
                _escape(
                    "double_escape",
                    kev,
                    2 * ELECTRON_KEV,
                    DOUBLE_SHARE * float(area) * pair_ratio(kev),
                ),
            ]
        if area > STRONG_XRAY_ESCAPE:
            xrays = XRAY_ESCAPE_AT_100 * (100.0 / kev) ** 1.2 * float(area)
            out.append(_escape("xray_escape", kev, GE_XRAY_KEV, xrays))
    if live_time_s:
        out += _random_sums(energies, areas, live_time_s)
    return tuple(out)


def pair_ratio(energy_kev: float) -> float:
    """Return counts in the single-escape peak per count at full energy, to a factor of two.

    Simulated with ``vigie.simulate.radionuclide.hpge`` for a crystal of 68 x 66 mm; the double
    escape has about 0.6 of it. Smaller crystals have more.
    """
    return float(0.14 * max(energy_kev - 2.0 * ELECTRON_KEV, 0.0) ** 2.2 / 1592.5**2.2)


def _escape(cause: str, kev: float, lost: float, expected: float) -> Label:
    line = ((kev - lost, 1.0),)
    return Label(cause, line, kev, expected, ESCAPE_ERROR * expected)


def _random_sums(energies: FloatArray, areas: FloatArray, live_time_s: float) -> list[Label]:
    strongest = np.argsort(areas)[::-1][:8]
    out = []
    for place, i in enumerate(strongest):
        for j in strongest[place:]:
            both = 1.0 if i == j else 2.0
            expected = both * areas[i] * areas[j] * PILE_UP_S / live_time_s
            if expected > LEAST_RANDOM:
                line = ((float(energies[i] + energies[j]), 1.0),)
                out.append(Label("sum", line, None, 0.5 * expected, expected))
    return out
