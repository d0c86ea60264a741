"""Zero times: fissions that cannot give a ratio, and times that exclude each other."""

import numpy as np
import pytest

from vigie.facts.nuclides import yield_sets
from vigie.i18n import messages
from vigie.radionuclide.ratios import ratio_curve, zero_times
from vigie.radionuclide.ratios.agreement import zero_time_remarks
from vigie.radionuclide.ratios.zero_time import PEAK_TOLERANCE, TIMES_S
from vigie.records import Collection, IsotopeRatio, RatioKind, ZeroTime

AT_NS = 10**18
HOUR_NS = 3_600_000_000_000
PEAKS = {one: float(np.nanmax(ratio_curve("Xe-133m", "Xe-133", one))) for one in yield_sets()}


def ratio(value: float, low: float, high: float) -> IsotopeRatio:
    return IsotopeRatio(
        numerator="Xe-133m", denominator="Xe-133", value=value, kind=RatioKind.BOUNDED,
        low=low, high=high, at_ns=AT_NS,
    )  # fmt: skip


def test_a_fission_that_never_gives_so_much_does_not_open_the_interval() -> None:
    least, *others = sorted(PEAKS.values())
    low = 0.5 * (least + others[0]) if others[0] > 1.5 * least else 1.25 * least
    assert PEAK_TOLERANCE * least < low < max(PEAKS.values())
    full, _ = zero_times(ratio(1.1 * low, low, 1.4 * low))
    assert full.earliest_ns is not None
    oldest = (AT_NS - full.earliest_ns) / 1e9
    # No yields but those that reach the ratio count: the last of them to fall below its low end.
    expected = []
    for one, peak in PEAKS.items():
        curve = ratio_curve("Xe-133m", "Xe-133", one)
        if PEAK_TOLERANCE * peak >= low:
            above = np.flatnonzero(curve >= low)
            expected.append(TIMES_S[above[-1]] if len(above) else TIMES_S[np.nanargmax(curve)])
    assert oldest >= max(expected)
    assert oldest < 1.2 * max(expected)


def test_less_than_is_ever_left_stays_open() -> None:
    full, _ = zero_times(ratio(1e-13, 1e-14, 1e-2))
    assert full.earliest_ns is None
    assert full.latest_ns is not None
    assert full.remarks == ()


def test_ratios_beyond_all_fissions_have_no_interval_and_say_so() -> None:
    full, apart = zero_times(ratio(9e3, 8e3, 1e4))
    for one in (full, apart):
        assert (one.time_ns, one.earliest_ns, one.latest_ns) == (None, None, None)
        (told,) = one.remarks
        assert told.code == "noble_gas.no_zero_time"
        word = dict(told.params)["scenario"]
        assert messages("en").template(f"term.{word}")


@pytest.mark.parametrize("top", [1.0, 3.0])
def test_an_interval_and_no_time_at_all_are_not_told_together(top: float) -> None:
    peak = max(PEAKS.values())
    for one in zero_times(ratio(2.0 * peak, 0.5 * peak, 3.0 * top * peak)):
        has_interval = one.earliest_ns is not None or one.latest_ns is not None
        assert has_interval != bool(one.remarks)


def time(scenario: str, first_h: int | None, best_h: int | None, last_h: int | None) -> ZeroTime:
    first, best, last = (
        None if one is None else AT_NS + one * HOUR_NS for one in (first_h, best_h, last_h)
    )
    return ZeroTime(
        numerator="Xe-133m", denominator="Xe-133", scenario=scenario, time_ns=best,
        earliest_ns=first, latest_ns=last,
    )  # fmt: skip


COLLECTION = Collection(start_ns=AT_NS, stop_ns=AT_NS + 12 * HOUR_NS, air_volume_m3=10.0)


def codes(times: list[ZeroTime]) -> list[str]:
    return [one.code for one in zero_time_remarks(times, COLLECTION)]


def test_times_of_one_scenario_that_exclude_each_other_are_told() -> None:
    apart = [time("full_ingrowth", -90, -80, -70), time("full_ingrowth", -60, -50, -40)]
    assert codes(apart) == ["noble_gas.zero_times_disagree"]
    assert codes([apart[0], time("fractionated", -60, -50, -40)]) == []
    assert codes([apart[0], time("full_ingrowth", None, -50, -40)]) == []
    # Each two of three overlap only where the third does not reach.
    assert codes([*apart, time("full_ingrowth", -75, -60, -55)]) == [
        "noble_gas.zero_times_disagree"
    ]
    assert codes([apart[0], time("full_ingrowth", None, None, None)]) == []


def test_a_time_after_the_start_of_collection_is_told() -> None:
    assert codes([time("full_ingrowth", -5, 3, 4)]) == ["noble_gas.zero_time_after_start"]
    assert codes([time("full_ingrowth", 1, None, 4)]) == ["noble_gas.zero_time_after_start"]
    assert codes([time("full_ingrowth", -5, -1, 4)]) == []
    assert zero_time_remarks([time("full_ingrowth", -5, 3, 4)], None) == []
