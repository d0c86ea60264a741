"""Whether the energies of a spectrum can be believed; where not, nothing is said of nuclides.

What it computes: the share of clear peaks that nothing explains. Where energies were not adjusted
on natural lines and most clear peaks belong to no nuclide, no background, escape or sum, it is the
energies that are wrong and not the library: nuclides found then are chance, and those not found may
be there. As for germanium gas (``noble_gas.germanium_energy``), nothing is said of any.

Source: sheet 3.1 (an adjustment beyond its limits is not taken, and flagged) and 3.6 (unexplained
significant peaks raise a flag).

Assumptions: where natural lines did settle the energies, unexplained peaks are of nuclides that
the library has not; two or three peaks tell where nothing explains any of them.

Accuracy as measured: docs/methods/particulate.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.records import Reason

if TYPE_CHECKING:
    from collections.abc import Collection

    from vigie.records import Peak

DOUBTFUL = "particulate.energies_doubtful"
ADJUSTED = "peaks.recalibrated"
CLEAR_Z = 6.0
"""Significance of a peak that tells: those that the adjustment of energies is made on."""
LEAST_PEAKS = 4
LEAST_ALONE = 2
"""Of short counts; where that is all, and none is explained, they tell as well."""
MOST_SHARE = 0.5
"""Of clear peaks without an explanation. Simulated filters with right energies have at most 0.02,
others, with energies off by more than is adjusted, 0.7 to 0.9."""


def doubt_of_energies(
    peaks: tuple[Peak, ...], unexplained: Collection[int], remarks: tuple[Reason, ...]
) -> Reason | None:
    """Return why the energies cannot be believed; None where nothing speaks against them.

    Parameters
    ----------
    peaks : tuple of Peak
    unexplained : collection of int
        Indices of those that nothing explains.
    remarks : tuple of Reason
        Of the fit of peaks: whether energies were adjusted.
    """
    if any(one.code == ADJUSTED for one in remarks):
        return None
    clear = [k for k, one in enumerate(peaks) if one.significance > CLEAR_Z]
    odd = [k for k in clear if k in unexplained]
    most_are = len(odd) >= LEAST_PEAKS and len(odd) > MOST_SHARE * len(clear)
    if not most_are and not LEAST_ALONE <= len(odd) == len(clear):
        return None
    return Reason.of(DOUBTFUL, unexplained=len(odd), peaks=len(clear))
