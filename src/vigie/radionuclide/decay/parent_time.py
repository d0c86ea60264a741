"""Zero time of a pair of parent and daughter, from a ratio as the analysis gives it.

The set of ratios that the data allow may be open (``RatioKind``); it becomes the set of ages
by ``chronometer`` and, counted back from the time for which the ratio holds, an interval of
zero times. Where the set falls into two pieces (``exclusive``), they are what lies from 0 to
``low`` and from ``high`` on: nothing is excluded at either end and the age stays open. A set whose
lower piece holds no ratio above 0 (``low`` at 0 or below) begins at ``high``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.errors import ParameterError
from vigie.radionuclide.decay.chronometer import age_from_ratio
from vigie.records import RatioKind, ZeroTime
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from vigie.records import IsotopeRatio


def parent_daughter_time(ratio: IsotopeRatio) -> ZeroTime:
    """Return when there was parent only, of a ratio daughter (numerator) over parent.

    Raises
    ------
    NoEquilibriumError
        The numerator does not descend from the denominator.
    ParameterError
        The ratio does not say for which time it holds.
    """
    if ratio.at_ns is None:
        raise ParameterError(
            name="at_ns", value="None", expected="must be the time for which the ratio holds"
        )
    low, high = _ends(ratio)
    age = age_from_ratio(ratio.denominator, ratio.numerator, ratio.value, low=low, high=high)
    remarks: tuple[Reason, ...] = ()
    if not age.possible:
        remarks = (Reason.of("radionuclide.beyond_equilibrium", **_names(ratio)),)
    elif age.oldest_s is None:
        remarks = (Reason.of("radionuclide.age_open", **_names(ratio)),)
    return ZeroTime(
        numerator=ratio.numerator,
        denominator=ratio.denominator,
        scenario="parent_daughter",
        time_ns=_before(ratio.at_ns, age.value_s),
        earliest_ns=_before(ratio.at_ns, age.oldest_s),
        latest_ns=_before(ratio.at_ns, age.youngest_s),
        probability=ratio.probability,
        remarks=remarks,
    )


def _names(ratio: IsotopeRatio) -> dict[str, str]:
    return {"parent": ratio.denominator, "daughter": ratio.numerator}


def _ends(ratio: IsotopeRatio) -> tuple[float | None, float | None]:
    if ratio.kind is RatioKind.BOUNDED:
        return ratio.low, ratio.high
    if ratio.kind is RatioKind.LOWER:
        return ratio.low, None
    if ratio.kind is RatioKind.UPPER:
        return None, ratio.high
    if ratio.kind is RatioKind.EXCLUSIVE and ratio.low is not None and ratio.low <= 0.0:
        return ratio.high, None
    return None, None


def _before(at_ns: int, age_s: float | None) -> int | None:
    return None if age_s is None else at_ns - round(age_s * 1e9)
