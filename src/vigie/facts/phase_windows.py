"""Where each phase is to be expected: distance and depth windows and the smallest mb.

Source: parameter file GA_dist_depth_ranges of the IDC's global association (SAIC 1995,
release 1.1 of 1998), as kept in the public repository davmre/sigvisa, where the windows of
the regional phases were widened. A phase may have two windows for different depths.
"""

from __future__ import annotations

from typing import NamedTuple


class PhaseWindow(NamedTuple):
    """Distances and depths, ends included, at which a phase is expected."""

    phase: str
    min_delta_deg: float
    max_delta_deg: float
    min_depth_km: float
    max_depth_km: float
    min_mb: float | None
    """Smallest mb for which it is expected; None where it always is."""


PHASE_WINDOWS: tuple[PhaseWindow, ...] = (
    PhaseWindow("LQ", 5.0, 180.0, 0.0, 800.0, None),
    PhaseWindow("LR", 5.0, 180.0, 0.0, 800.0, None),
    PhaseWindow("Lg", 0.0, 18.0, 0.0, 40.0, None),
    PhaseWindow("P", 0.0, 98.0, 40.0, 800.0, None),
    PhaseWindow("P", 17.0, 98.0, 0.0, 40.0, None),
    PhaseWindow("PKKP", 10.0, 165.0, 0.0, 800.0, 4.5),
    PhaseWindow("PKiKP", 0.0, 130.0, 0.0, 800.0, 4.5),
    PhaseWindow("PKKPab", 105.0, 165.0, 0.0, 800.0, 4.5),
    PhaseWindow("PKKPbc", 105.0, 125.0, 0.0, 800.0, 4.5),
    PhaseWindow("PKKPdf", 10.0, 125.0, 0.0, 800.0, 4.5),
    PhaseWindow("PKP", 114.0, 180.0, 0.0, 800.0, 3.5),
    PhaseWindow("P3KP", 10.0, 40.0, 0.0, 800.0, 4.5),
    PhaseWindow("PKPPKP", 10.0, 140.0, 0.0, 800.0, 5.0),
    PhaseWindow("PKP2", 10.0, 140.0, 0.0, 800.0, 5.0),
    PhaseWindow("PKP2ab", 10.0, 140.0, 0.0, 800.0, 5.0),
    PhaseWindow("PKP2bc", 10.0, 140.0, 0.0, 800.0, 5.0),
    PhaseWindow("PKP2df", 10.0, 140.0, 0.0, 800.0, 5.0),
    PhaseWindow("PKPab", 145.0, 176.0, 0.0, 800.0, 3.5),
    PhaseWindow("PKPbc", 149.0, 155.0, 0.0, 800.0, 3.5),
    PhaseWindow("PKPdf", 114.0, 180.0, 0.0, 800.0, 3.5),
    PhaseWindow("PP", 30.0, 180.0, 40.0, 800.0, 4.0),
    PhaseWindow("PP", 20.0, 180.0, 0.0, 40.0, 4.0),
    PhaseWindow("PPP", 50.0, 180.0, 40.0, 800.0, 5.0),
    PhaseWindow("PPP", 30.0, 180.0, 0.0, 40.0, 5.0),
    PhaseWindow("PPS", 60.0, 180.0, 0.0, 800.0, 5.0),
    PhaseWindow("PS", 88.0, 138.0, 0.0, 800.0, 5.0),
    PhaseWindow("Pb", 0.0, 3.5, 0.0, 40.0, 5.0),
    PhaseWindow("PcP", 10.0, 70.0, 0.0, 800.0, 4.0),
    PhaseWindow("PcS", 10.0, 62.0, 0.0, 800.0, 4.5),
    PhaseWindow("Pdiff", 98.0, 114.0, 0.0, 800.0, 4.0),
    PhaseWindow("Pg", 0.0, 20.0, 0.0, 40.0, None),
    PhaseWindow("Pn", 2.0, 20.0, 0.0, 40.0, None),
    PhaseWindow("Rg", 0.0, 3.0, 0.0, 0.0, None),
    PhaseWindow("S", 0.0, 30.0, 40.0, 800.0, None),
    PhaseWindow("SKP", 110.0, 180.0, 0.0, 800.0, 5.0),
    PhaseWindow("SKPab", 130.0, 141.0, 0.0, 800.0, 5.0),
    PhaseWindow("SKPdf", 110.0, 180.0, 0.0, 800.0, 5.0),
    PhaseWindow("SKKP", 40.0, 125.0, 40.0, 650.0, 5.0),
    PhaseWindow("SKKPdf", 40.0, 125.0, 40.0, 650.0, 5.0),
    PhaseWindow("SKKPbc", 78.0, 100.0, 40.0, 650.0, 5.0),
    PhaseWindow("SKS", 104.0, 180.0, 0.0, 800.0, 5.0),
    PhaseWindow("SKSac", 61.0, 144.0, 0.0, 800.0, 5.0),
    PhaseWindow("SKSdf", 104.0, 180.0, 0.0, 800.0, 5.0),
    PhaseWindow("SP", 88.0, 138.0, 0.0, 800.0, 5.0),
    PhaseWindow("SPP", 60.0, 180.0, 0.0, 800.0, 5.0),
    PhaseWindow("SS", 30.0, 180.0, 40.0, 800.0, 5.0),
    PhaseWindow("SS", 20.0, 180.0, 0.0, 40.0, 5.0),
    PhaseWindow("SSS", 50.0, 180.0, 0.0, 800.0, 5.0),
    PhaseWindow("Sb", 0.0, 4.0, 0.0, 40.0, 5.0),
    PhaseWindow("ScP", 10.0, 62.0, 0.0, 800.0, 4.0),
    PhaseWindow("ScS", 10.0, 98.0, 0.0, 800.0, 5.0),
    PhaseWindow("Sg", 0.0, 18.0, 0.0, 40.0, None),
    PhaseWindow("Sn", 2.0, 18.0, 0.0, 40.0, None),
    PhaseWindow("pP", 10.0, 98.0, 10.0, 800.0, 5.0),
    PhaseWindow("pS", 10.0, 98.0, 10.0, 800.0, 5.0),
    PhaseWindow("sP", 10.0, 98.0, 10.0, 800.0, 5.0),
    PhaseWindow("sS", 10.0, 98.0, 10.0, 800.0, 5.0),
    PhaseWindow("H", 0.0, 360.0, 0.0, 10.0, None),
    PhaseWindow("O", 0.0, 360.0, 0.0, 10.0, None),
    PhaseWindow("T", 0.0, 360.0, 0.0, 800.0, None),
    PhaseWindow("I", 0.0, 60.0, -1.0, 150.0, None),
)
"""In the order of the source."""


def windows_of(phase: str) -> tuple[PhaseWindow, ...]:
    """Return the windows of a phase; none if the table does not know it.

    Examples
    --------
    >>> [(w.min_delta_deg, w.max_delta_deg) for w in windows_of("P")]
    [(0.0, 98.0), (17.0, 98.0)]
    """
    return tuple(window for window in PHASE_WINDOWS if window.phase == phase)


def is_expected(phase: str, delta_deg: float, depth_km: float, mb: float | None = None) -> bool:
    """Say whether a phase is expected at a distance and depth, and for a magnitude if given.

    Examples
    --------
    >>> is_expected("P", 50.0, 0.0), is_expected("P", 10.0, 0.0), is_expected("PcP", 40.0, 0.0, 3.5)
    (True, False, False)
    """
    return any(
        window.min_delta_deg <= delta_deg <= window.max_delta_deg
        and window.min_depth_km <= depth_km <= window.max_depth_km
        and (mb is None or window.min_mb is None or mb >= window.min_mb)
        for window in windows_of(phase)
    )
