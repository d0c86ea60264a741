"""The bubble of an event from the periods of its stations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.hydroacoustic.explosion import bubble_period_s
from vigie.network.hydro.bubble import event_bubble
from vigie.records import Detection, Technology

SIGMA_S = 0.0005


def read(
    station: str,
    period_s: float | None,
    sigma_s: float = SIGMA_S,
    *,
    snr: float | None = None,
    ghost_delay_s: float | None = None,
) -> Detection:
    """Return an H with a bubble period."""
    return Detection(
        id=f"{station}-{period_s}",
        station=station,
        time_ns=0,
        phase="H",
        technology=Technology.HYDROACOUSTIC,
        bubble_period_s=period_s,
        bubble_period_s_sigma=None if period_s is None else sigma_s,
        snr=snr,
        ghost_delay_s=ghost_delay_s,
    )


def test_four_triplets_of_one_explosion_state_its_charge_at_its_depth() -> None:
    # Periods as found in recordings simulated of 100 kg at 200 m.
    truth = float(bubble_period_s(100.0, 200.0))
    found = event_bubble(
        read(f"H{k}", period, 0.00045)
        for k, period in enumerate((0.11369, 0.11359, 0.11372, 0.11339))
    )
    assert found is not None
    assert found.stations == ("H0", "H1", "H2", "H3")
    assert found.period_s == pytest.approx(truth, abs=2.0 * found.sigma_s)
    # What they share does not shrink with their number.
    assert found.sigma_s == 0.00045
    at_200 = next(c for c in found.charges if c.depth_m == 200.0)
    assert at_200.low_kg < 100.0 < at_200.high_kg


def test_one_other_period_is_left_out_and_named() -> None:
    found = event_bubble([read("A", 0.3), read("B", 0.3005), read("C", 0.17)])
    assert found is not None
    assert found.stations == ("A", "B")
    assert found.others == (("C", 0.17),)


def test_stations_that_do_not_agree_heard_no_common_bubble() -> None:
    assert event_bubble([read("A", 0.3), read("B", 0.17)]) is None
    assert (
        event_bubble([read(s, p) for s, p in zip("ABCD", (0.3, 0.3, 0.17, 0.17), strict=True)])
        is None
    )
    assert event_bubble([]) is None
    assert event_bubble([read("A", None)]) is None


def test_the_stronger_reading_of_a_station_counts_and_ghosts_bound_the_depth() -> None:
    weak, strong = read("A", 0.17, snr=3.0), read("A", 0.3, snr=9.0, ghost_delay_s=0.04)
    found = event_bubble([weak, strong, read("B", 0.3, ghost_delay_s=0.02)])
    assert found is not None
    assert found.stations == ("A", "B")
    assert found.flat_m == pytest.approx(0.5 * 1485.0 * 0.04)


@given(
    st.lists(st.floats(-3.0, 3.0), min_size=1, max_size=8),
    st.floats(0.03, 1.0),
    st.floats(1e-4, 1e-2),
)
def test_the_mean_lies_among_its_readings_whatever_their_order(
    errors: list[float], period_s: float, relative: float
) -> None:
    sigma_s = relative * period_s
    periods = [period_s + e * sigma_s for e in errors]
    readings = [read(f"S{k}", p, sigma_s) for k, p in enumerate(periods)]
    found, turned = event_bubble(readings), event_bubble(readings[::-1])
    assert (found is None) == (turned is None)
    if found is None or turned is None:
        return
    used = [p for k, p in enumerate(periods) if f"S{k}" in found.stations]
    assert min(used) - 1e-12 <= found.period_s <= max(used) + 1e-12
    assert found.sigma_s >= sigma_s
    assert len(found.stations) == len(turned.stations)
    assert len(found.stations) + len(found.others) == len(readings)
