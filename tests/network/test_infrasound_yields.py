"""Yield from the sound of an event: intervals that follow from the relations, never a point."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.earth.atmosphere import climatology
from vigie.geodesy import KM_PER_DEG
from vigie.network.infrasound import Climatology
from vigie.network.infrasound.yield_paths import MODEL_SIGMA_LOG10, path_toward, relation_of
from vigie.network.infrasound.yields import YieldParams, yields_of
from vigie.records import (
    Amplitude,
    Association,
    Detection,
    Event,
    Origin,
    Technology,
    YieldRange,
    parse_iso,
)
from vigie.sources import Charge, Explosive, LanlAmplitude

TIME_NS = parse_iso("2012-08-27T23:00:00Z")
AIR = Climatology()


def event_of(
    amplitudes_pa: list[float],
    *,
    ranges_km: list[float] | None = None,
    kind: str = "beam:max",
    period_s: float | None = None,
    unit: str = "Pa",
) -> Event:
    """Return an event heard by an array for each amplitude, toward the west."""
    ranges = ranges_km or [500.0] * len(amplitudes_pa)
    tied = tuple(
        Association(
            detection_id=f"d{k}", station=f"S{k}", phase="I", delta_deg=r / KM_PER_DEG,
            esaz_deg=270.0, time_defining=True,
        )
        for k, r in enumerate(ranges)
    )  # fmt: skip
    detections = tuple(
        Detection(
            id=f"d{k}", station=f"S{k}", time_ns=TIME_NS, phase="I", period_s=period_s,
            technology=Technology.INFRASOUND,
            amplitudes=(Amplitude(type=kind, value=a, unit=unit),) if a else (),
        )
        for k, a in enumerate(amplitudes_pa)
    )  # fmt: skip
    origin = Origin(
        id="o", time_ns=TIME_NS, latitude=40.0, longitude=10.0, depth_km=0.0, associations=tied
    )
    return Event(id="e", origins=(origin,), detections=detections)


def by_name(found: tuple[YieldRange, ...]) -> dict[tuple[str, str], YieldRange]:
    return {(one.relation, one.kind): one for one in found}


def test_published_readings_give_their_yields() -> None:
    # Stevens et al. 2002: 1 kt at 1000 km 0.195 Pa; AFTAC: 1 kt 4.81 s.
    found = by_name(yields_of(event_of([0.195], ranges_km=[1000.0], period_s=4.81), AIR))
    assert found["stevens", "nuclear"].median_kt == pytest.approx(1.0, rel=0.01)
    assert found["aftac", "nuclear"].median_kt == pytest.approx(1.0, rel=0.01)
    # Half of what a nuclear explosion gives is blast: a chemical charge counts twice.
    assert found["aftac", "chemical"].median_kt == pytest.approx(0.5, rel=0.01)
    assert {one.origin_id for one in found.values()} == {"o"}
    assert found["lanl", "chemical"].atmosphere == "climatology"
    assert found["stevens", "nuclear"].atmosphere == ""


def test_wind_lowers_a_downwind_reading() -> None:
    profile = climatology(latitude=40.0, time_ns=TIME_NS)
    west, east = (path_toward(profile, a) for a in (270.0, 90.0))
    assert west.wind_m_s == pytest.approx(-east.wind_m_s)
    assert west.wind_m_s > 10.0  # summer: toward the west
    assert west.ratio > east.ratio
    found = by_name(yields_of(event_of([0.5]), AIR))["lanl", "chemical"]
    still = LanlAmplitude(range_km=500.0)
    observed = found.median_kt
    assert observed is not None
    assert still.predict(Charge.kilotons(observed)) == pytest.approx(
        0.5 * 10.0 ** (-0.018 * west.wind_m_s), rel=1e-3
    )


def test_an_rms_bounds_from_below_only() -> None:
    peaks = by_name(yields_of(event_of([0.5]), AIR))
    least = by_name(yields_of(event_of([0.5], kind="beam:rms"), AIR))
    assert least.keys() == peaks.keys()
    for key, one in least.items():
        assert (one.bound, one.median_kt, one.high_kt) == (">", None, None)
        assert one.low_kt < (peaks[key].median_kt or 0.0)
    # One peak is worth more than any rms.
    event = event_of([0.5, 0.5], kind="beam:rms")
    detection = event.detections[0]
    peak = replace(detection, amplitudes=(Amplitude(type="peak", value=0.5, unit="Pa"),))
    both = by_name(yields_of(replace(event, detections=(peak, event.detections[1])), AIR))
    assert both["stevens", "nuclear"].stations == ("S0",)
    assert both["stevens", "nuclear"].median_kt is not None


def test_the_peak_of_a_detection_counts_and_not_what_stands_beside_it() -> None:
    event = event_of([0.5])
    beside = (
        Amplitude(type="beam:rms", value=0.06, unit="Pa"),
        event.detections[0].amplitudes[0],
        Amplitude(type="beam:peak_to_peak", value=0.9, unit="Pa"),
    )
    detection = replace(event.detections[0], amplitudes=beside)
    assert yields_of(replace(event, detections=(detection,)), AIR) == yields_of(event, AIR)


@pytest.mark.parametrize(
    "event",
    [
        event_of([0.5], unit="count"),
        event_of([0.0]),
        event_of([-1.0]),
        event_of([math.inf]),
        Event(id="none", origins=()),
    ],
)
def test_without_a_reading_nothing_is_said(event: Event) -> None:
    assert yields_of(event, AIR) == ()


def test_what_does_not_define_the_event_does_not_size_it() -> None:
    event = event_of([0.5, 50.0])
    origin = event.origins[0]
    first, second = origin.associations
    spoilt = replace(origin, associations=(first, replace(second, time_defining=False)))
    (one,) = {y.stations for y in yields_of(replace(event, origins=(spoilt,)), AIR)}
    assert one == ("S0",)


def test_the_error_of_the_place_and_the_scatter_of_arrays_widen_the_interval() -> None:
    event = event_of([0.2])
    sure = by_name(yields_of(event, AIR))["stevens", "nuclear"]
    place = replace(
        event.origins[0],
        covariance=((250.0**2, 0, 0, 0), (0, 250.0**2, 0, 0), (0, 0, 0, 0), (0, 0, 0, 1.0)),
    )
    vague = by_name(yields_of(replace(event, origins=(place,)), AIR))["stevens", "nuclear"]
    assert (vague.sigma_log10 or 0.0) > 1.1 * (sure.sigma_log10 or 0.0)
    alike = by_name(yields_of(event_of([0.2, 0.2]), AIR))["stevens", "nuclear"]
    apart = by_name(yields_of(event_of([0.02, 2.0]), AIR))["stevens", "nuclear"]
    assert alike.median_kt == pytest.approx(apart.median_kt, rel=1e-6)
    assert (apart.sigma_log10 or 0.0) > 2.0 * (alike.sigma_log10 or 0.0)
    # The relation errs alike at all arrays.
    model = MODEL_SIGMA_LOG10["stevens"] / 0.68
    assert (alike.sigma_log10 or 0.0) > model


def test_intervals_hold_the_truth_where_the_errors_are_true() -> None:
    rng = np.random.default_rng(20261126)
    profile = climatology(latitude=40.0, time_ns=TIME_NS)
    path = path_toward(profile, 270.0)
    held = []
    for _ in range(150):
        charge = Charge.kilotons(float(10.0 ** rng.uniform(-2, 2)))
        ranges = rng.uniform(200.0, 2000.0, 3).tolist()
        # The relation errs at all arrays alike; readings each by their own.
        shift = rng.normal() * MODEL_SIGMA_LOG10["stevens"]
        errors = shift + rng.normal(size=3) * YieldParams().amplitude_sigma_log10
        seen = [
            relation_of("stevens", Explosive.NUCLEAR, path, r).predict(charge) * 10.0**e
            for r, e in zip(ranges, errors, strict=True)
        ]
        one = by_name(yields_of(event_of(seen, ranges_km=ranges), AIR))["stevens", "nuclear"]
        held.append(one.low_kt <= charge.kt <= (one.high_kt or 0.0))
    # Three standard errors of a share of 0.9.
    assert abs(np.mean(held) - 0.9) < 3.0 * math.sqrt(0.09 / len(held))


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.floats(1e-3, 50.0), min_size=1, max_size=4),
    st.floats(50.0, 5000.0),
    st.floats(0.2, 60.0),
)
def test_louder_is_larger(amplitudes_pa: list[float], range_km: float, period_s: float) -> None:
    ranges = [range_km] * len(amplitudes_pa)
    louder = [2.0 * a for a in amplitudes_pa]
    one, two = (
        by_name(yields_of(event_of(a, ranges_km=ranges, period_s=period_s), AIR))
        for a in (amplitudes_pa, louder)
    )
    for key in one.keys() & two.keys():
        a, b = one[key], two[key]
        assert 0.0 < a.low_kt < (a.median_kt or 0.0) < (a.high_kt or 0.0)
        if a.quantity == "period":
            assert a == b
        elif a.stations == b.stations:
            assert (b.median_kt or 0.0) > (a.median_kt or 0.0)
