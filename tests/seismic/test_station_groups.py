"""P and S of one station: which belong together, and where that places the event."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import destination, distance_azimuths
from vigie.records import Detection, Station
from vigie.records.time import add_seconds, parse_iso
from vigie.seismic.station_groups import StationOrigin, locate_groups

STATION = Station(code="SYN", latitude=30.0, longitude=60.0, elevation_m=200.0)
TIME_NS = parse_iso("2020-01-01T00:00:00Z")
LATITUDE, LONGITUDE = (float(x) for x in destination(30.0, 60.0, 70.0, 5.0))


def seen(phase: str, at_s: float, *, snr: float = 40.0, wave: str = "P") -> Detection:
    """Return a detection; P has the azimuth 70."""
    is_p = wave == "P"
    return Detection(
        id=f"{phase}{at_s:g}",
        station="SYN",
        time_ns=add_seconds(TIME_NS, at_s),
        time_sigma_s=0.2,
        phase=phase,
        snr=snr,
        azimuth_deg=70.0 if is_p else None,
        azimuth_deg_sigma=12.0 if is_p else None,
        wave_type_probabilities=tuple((k, 0.9 if k == wave else 0.1 / 3.0) for k in "NTPS"),
    )


def times(delta_deg: float, azimuth_deg: float = 70.0) -> list[float]:
    """Return travel times of first P, first S and Lg."""
    latitude, longitude = destination(30.0, 60.0, azimuth_deg, delta_deg)
    source = Hypocentre(float(latitude), float(longitude), 0.0)
    site = Sites(np.full(3, 30.0), np.full(3, 60.0), np.full(3, 200.0), ("SYN",) * 3)
    predictor = load_predictor("ak135")
    return [
        float(np.nanmin(predictor.predict(phases, source, site).time_s))
        for phases in (("Pg", "Pn", "P"), ("Sg", "Sn", "S"), ("Lg",) * 3)
    ]


P_S, S_S, LG_S = times(5.0)
P = seen("Pn", P_S)
S = seen("Sn", S_S, wave="S")
LG = seen("Lg", LG_S, wave="S")


def found(*detections: Detection) -> tuple[StationOrigin, ...]:
    """Return what the station sees alone."""
    return locate_groups(detections, STATION, load_predictor("ak135"))


def test_p_with_azimuth_and_s_place_the_event() -> None:
    (one,) = found(P, S, LG)
    origin = one.origin
    away = distance_azimuths(LATITUDE, LONGITUDE, origin.latitude, origin.longitude)[0]
    assert float(away) < 0.02
    assert abs(origin.time_ns - TIME_NS) < 0.3e9
    assert [a.phase for a in origin.associations] == ["Pn", "Sn"]
    assert one.s_minus_p_s == pytest.approx(S_S - P_S)
    # 12 deg of azimuth over 5 deg of distance are 116 km, times 2.146 for 90 %.
    assert origin.ellipse is not None
    assert origin.ellipse.semi_major_km == pytest.approx(2.146 * 116.0, rel=0.03)


def test_s_that_may_be_lg_widens_the_distance() -> None:
    (sure,), (open_,) = found(P, S, LG), found(P, S)
    assert sure.origin.latitude == open_.origin.latitude
    assert sure.origin.ellipse is not None
    assert open_.origin.ellipse is not None
    assert open_.origin.ellipse.area_km2 > 1.5 * sure.origin.ellipse.area_km2
    assert (open_.origin.time_sigma_s or 0.0) > 2.0 * (sure.origin.time_sigma_s or 0.0)


@pytest.mark.parametrize(
    "detections",
    [
        pytest.param((S, LG), id="no P"),
        pytest.param((P, LG), id="no S"),
        pytest.param((replace(P, azimuth_deg=None, azimuth_deg_sigma=None), S), id="no azimuth"),
        pytest.param((replace(P, azimuth_deg_sigma=80.0), S), id="hardly an azimuth"),
        pytest.param((replace(P, snr=4.0), S), id="weak P"),
        pytest.param((P, replace(S, wave_type_probabilities=(("N", 0.6), ("S", 0.4)))), id="S?"),
        pytest.param((P, seen("P", P_S + 20.0, snr=30.0), S), id="two P before S"),
        pytest.param((P, replace(S, azimuth_deg=200.0, azimuth_deg_sigma=10.0)), id="azimuths"),
        pytest.param(
            (replace(P, slowness_s_per_deg=6.0, slowness_s_per_deg_sigma=1.0), S), id="too steep"
        ),
    ],
)
def test_what_is_not_sure_places_nothing(
    detections: tuple[Detection, ...],
) -> None:
    assert found(*detections) == ()


def test_the_first_s_behind_p_counts() -> None:
    (one,) = found(P, seen("Sn", P_S + 20.0, wave="S"), S, seen("Sn", 9e3, wave="S"))
    assert one.s_minus_p_s == pytest.approx(20.0)


def test_coda_and_pg_do_not_hide_the_p() -> None:
    later = seen("Pg", P_S + 8.0, snr=60.0)
    coda = seen("P", P_S + 15.0, snr=6.0)
    (one,) = found(P, later, coda, S, LG)
    assert one.p is P


def test_two_events_are_two_groups() -> None:
    again = [replace(d, id=f"{d.id}b", time_ns=d.time_ns + 600 * 10**9) for d in (P, S, LG)]
    assert [o.p.id for o in found(P, S, LG, *again)] == [P.id, again[0].id]


@settings(max_examples=20, deadline=None)
@given(st.floats(0.3, 19.0), st.floats(0.0, 359.0), st.permutations(range(3)))
def test_exact_times_in_any_order_give_the_place(
    delta_deg: float, azimuth_deg: float, order: list[int]
) -> None:
    p_s, s_s, lg_s = times(delta_deg, azimuth_deg)
    detections = [
        replace(seen("Pn", p_s), azimuth_deg=azimuth_deg),
        seen("Sn", s_s, wave="S"),
        seen("Lg", max(lg_s, s_s + 1.0), wave="S"),
    ]
    (one,) = found(*(detections[i] for i in order))
    truth = destination(30.0, 60.0, azimuth_deg, delta_deg)
    away = distance_azimuths(
        float(truth[0]), float(truth[1]), one.origin.latitude, one.origin.longitude
    )[0]
    assert float(away) < 0.05
