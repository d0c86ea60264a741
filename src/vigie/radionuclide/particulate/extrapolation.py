"""Say which results rest on an efficiency beyond the calibrated energies.

There the curve goes on along its last slope: amounts hold its error (``peaks.efficiency``), limits
do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.records import LineState, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.radionuclide.peaks.efficiency import EfficiencyCurve
    from vigie.records import NuclideResult

SHOWING = (LineState.SEEN, LineState.SHARED)


def told_of_extrapolation(
    curve: EfficiencyCurve | None, results: Iterable[NuclideResult]
) -> tuple[Reason, ...]:
    """Return a remark where results rest on extrapolated efficiencies.

    Parameters
    ----------
    curve : EfficiencyCurve or None
        None where no efficiency is stated: then there are no amounts.
    results : iterable of NuclideResult
        What was found rests on its seen lines, what was not on the line of its limit.
    """
    if curve is None:
        return ()
    found = [one for one in results if _beyond(one, curve)]
    if not found:
        return ()
    low, high = curve.range_kev
    names = ", ".join(one.nuclide for one in found if one.detected) or "-"
    others = float(sum(not one.detected for one in found))
    return (
        Reason.of(
            "particulate.extrapolated", low_kev=low, high_kev=high, nuclides=names, others=others
        ),
    )


def _beyond(one: NuclideResult, curve: EfficiencyCurve) -> bool:
    if not one.detected:
        return one.mdc_line_kev is not None and bool(curve.extrapolated(one.mdc_line_kev))
    lines = [line.energy_kev for line in one.evidence if line.state in SHOWING]
    return bool(lines) and bool(curve.extrapolated(lines).all())
