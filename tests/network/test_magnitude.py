"""Network magnitudes: what they are made of, and the laws that they obey."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.network.magnitude import (
    MB,
    Datum,
    MagnitudeParams,
    StationCorrection,
    StationNoise,
    estimate,
    mb_correction,
    ml_scale,
    ms_correction,
    relative_magnitude,
    size_event,
    station_magnitudes,
)
from vigie.records import Amplitude, Association, Detection, Event, Magnitude, Origin


def arrival(
    station: str, phase: str, delta_deg: float, *amplitudes: Amplitude, time_ns: int = 0
) -> tuple[Detection, Association]:
    detection = Detection(
        id=f"{station}-{phase}", station=station, time_ns=time_ns, amplitudes=amplitudes
    )
    return detection, Association(
        detection_id=detection.id, station=station, phase=phase, delta_deg=delta_deg
    )


def event(*arrivals: tuple[Detection, Association], depth_km: float | None = 0.0) -> Event:
    origin = Origin(
        id="o",
        time_ns=0,
        latitude=0.0,
        longitude=0.0,
        depth_km=depth_km,
        associations=tuple(a for _, a in arrivals),
    )
    return Event(id="e", origins=(origin,), detections=tuple(d for d, _ in arrivals))


def a52(nm: float, period_s: float = 1.0, **more: bool) -> Amplitude:
    return Amplitude(type="A5/2", value=nm, unit="nm", period_s=period_s, **more)  # type: ignore[arg-type]


def noise(station: str, delta_deg: float, nm: float, type_: str = "A5/2") -> StationNoise:
    return StationNoise(
        station=station,
        phase="P" if type_ == "A5/2" else "LR",
        delta_deg=delta_deg,
        amplitude=Amplitude(type=f"noise:{type_}", value=nm, unit="nm"),
    )


def by_type(magnitudes: tuple[Magnitude, ...]) -> dict[str, Magnitude]:
    return {m.type: m for m in magnitudes}


def test_mb_of_ten_nanometres_at_sixty_degrees() -> None:
    (mb,) = size_event(event(arrival("AAA", "P", 60.0, a52(10.0))))
    assert (mb.type, mb.n_stations) == ("mb", 1)
    assert mb.value == pytest.approx(1.0 + 3.731, abs=1e-6)
    assert mb.sigma == pytest.approx(MB.scatter)


def test_mb_is_the_mean_with_its_standard_error() -> None:
    three = [arrival(s, "P", 60.0, a52(nm)) for s, nm in (("A", 1.0), ("B", 10.0), ("C", 100.0))]
    (mb,) = size_event(event(*three))
    assert mb.value == pytest.approx(4.731)
    # The values lie 1 apart: sample standard deviation 1, over the root of 3.
    assert mb.sigma == pytest.approx(1.0 / math.sqrt(3.0))


def test_plain_amplitude_of_a_bulletin_will_do() -> None:
    detection, association = arrival("AAA", "P", 60.0)
    detection = replace(detection, amplitude_nm=20.0, period_s=2.0)
    (mb,) = size_event(event((detection, association)))
    assert mb.value == pytest.approx(4.731, abs=1e-6)


def test_velocity_is_brought_to_displacement() -> None:
    amplitude = Amplitude(type="A5/2", value=2.0 * math.pi * 10.0, unit="nm/s", period_s=1.0)
    (mb,) = size_event(event(arrival("AAA", "P", 60.0, amplitude)))
    assert mb.value == pytest.approx(4.731, abs=1e-6)


@pytest.mark.parametrize(
    ("amplitude", "delta_deg", "reason"),
    [
        (a52(10.0), 19.9, "distance 19.9 deg outside 20 to 105"),
        (a52(10.0), 105.1, "distance 105.1 deg outside 20 to 105"),
        (a52(10.0, 5.0), 60.0, "period 5.00 s outside 0.1 to 3"),
        (a52(0.0), 60.0, "amplitude is not above 0"),
        (replace(a52(9.0), unit="count"), 60.0, "amplitude in count, no calibration"),
        (replace(a52(9.0), period_s=None), 60.0, "no period or no correction"),
    ],
)
def test_what_cannot_be_used_says_why(amplitude: Amplitude, delta_deg: float, reason: str) -> None:
    good, bad = arrival("AAA", "P", 60.0, a52(10.0)), arrival("BBB", "P", delta_deg, amplitude)
    (mb,) = size_event(event(good, bad))
    assert mb.n_stations == 1
    # A bulletin cannot hold what is not a number, so only values stand in the magnitude.
    assert all(math.isfinite(s.value) for s in mb.stations)
    stations = station_magnitudes(event(good, bad), MB, MagnitudeParams())
    assert {s.station: s.reason for s in stations} == {"AAA": "", "BBB": reason}


def test_a_station_counts_once() -> None:
    first = arrival("AAA", "P", 60.0, a52(10.0))
    again = (replace(first[0], id="later", time_ns=5), replace(first[1], detection_id="later"))
    (mb,) = size_event(event(again, first))
    assert mb.stations[0].detection_id == "AAA-P"


def test_ml_and_ms() -> None:
    sbsnr = Amplitude(type="SBSNR", value=100.0, unit="nm")
    alr = Amplitude(type="ALR", value=200.0, unit="nm", period_s=20.0)
    found = by_type(
        size_event(event(arrival("A", "Pn", 4.0, sbsnr), arrival("B", "LR", 60.0, alr)))
    )
    assert found["ML"].value == pytest.approx(2.0 + 2.851)
    assert found["Ms"].value == pytest.approx(1.0 + ms_correction(60.0, 0.0))


def test_ml_is_not_for_deep_events() -> None:
    sbsnr = Amplitude(type="SBSNR", value=100.0, unit="nm")
    assert size_event(event(arrival("A", "Pn", 4.0, sbsnr), depth_km=60.0)) == ()


def test_a_regional_curve_can_be_given() -> None:
    from vigie.facts.magnitude_tables import DistanceCurve

    scale = ml_scale(DistanceCurve((0.0, 10.0), (1.0, 3.0), "a test"))
    sbsnr = Amplitude(type="SBSNR", value=10.0, unit="nm")
    (ml,) = size_event(
        event(arrival("A", "Pn", 5.0, sbsnr)), params=MagnitudeParams(scales=(scale,))
    )
    assert ml.value == pytest.approx(1.0 + 2.0)


def test_station_corrections_are_added() -> None:
    params = MagnitudeParams(corrections=(StationCorrection(station="A", type="mb", value=-0.2),))
    (mb,) = size_event(event(arrival("A", "P", 60.0, a52(10.0))), params=params)
    assert mb.value == pytest.approx(4.531, abs=1e-6)


def test_silence_lowers_the_magnitude_and_is_listed() -> None:
    heard = arrival("A", "P", 60.0, a52(10.0)), arrival("B", "P", 60.0, a52(10.0))
    silent = [noise(s, 60.0, 2.0) for s in "CDEFG"]
    found = by_type(size_event(event(*heard), silent))
    assert found["mbmle"].value < found["mb"].value - 0.1
    assert found["mbmle"].n_stations == 7
    bounds = {s.station: s.bound for s in found["mbmle"].stations}
    assert bounds == {"A": "", "B": "", **dict.fromkeys("CDEFG", "<")}
    threshold = next(s for s in found["mbmle"].stations if s.station == "C")
    assert threshold.value == pytest.approx(math.log10(2.0 * MB.detection_factor) + 3.731)


def test_clipped_stations_raise_the_magnitude() -> None:
    heard = [arrival(s, "P", 60.0, a52(10.0)) for s in "AB"]
    loud = [arrival(s, "P", 60.0, a52(1000.0, clipped=True)) for s in "CDE"]
    found = by_type(size_event(event(*heard, *loud)))
    assert found["mb"].value == pytest.approx(4.731, abs=1e-6)
    assert found["mb"].n_stations == 2
    assert found["mbmle"].value > found["mb"].value + 0.5


def test_silence_alone_gives_an_upper_bound() -> None:
    found = by_type(
        size_event(
            event(arrival("A", "P", 60.0, a52(10.0))),
            [noise(s, 60.0, 30.0, "ALR") for s in "BCD"],
        )
    )
    assert set(found) == {"mb", "msmle"}
    assert found["msmle"].bound == "<"
    assert found["msmle"].sigma is None


def test_noise_of_a_station_that_heard_is_ignored() -> None:
    heard = arrival("A", "P", 60.0, a52(10.0))
    assert [m.type for m in size_event(event(heard), [noise("A", 60.0, 0.1)])] == ["mb"]


def test_an_event_without_origin_has_no_size() -> None:
    assert size_event(Event(id="e", origins=())) == ()


values = st.lists(st.floats(2.0, 7.0), min_size=1, max_size=12)


@given(values, st.floats(0.1, 1.0))
def test_without_bounds_the_likelihood_is_the_mean(measured: list[float], s: float) -> None:
    found = estimate([Datum(v, s) for v in measured])
    assert found.value == pytest.approx(float(np.mean(measured)), abs=1e-8)
    assert found.sigma == pytest.approx(s / math.sqrt(len(measured)), rel=1e-6)
    assert found.high - found.value == pytest.approx(s / math.sqrt(len(measured)), abs=1e-6)


@given(values, values, st.floats(-3.0, 3.0))
def test_a_shift_of_all_data_shifts_the_answer(
    measured: list[float], silent: list[float], shift: float
) -> None:
    def solve(by: float) -> float:
        return estimate(
            [Datum(v + by, 0.3) for v in measured] + [Datum(v + by, 0.3, "<") for v in silent]
        ).value

    assert solve(shift) == pytest.approx(solve(0.0) + shift, abs=1e-7)


@given(values, values)
def test_silence_never_raises_and_clipping_never_lowers(
    measured: list[float], edges: list[float]
) -> None:
    plain = [Datum(v, 0.3) for v in measured]
    mean = estimate(plain).value
    assert estimate([*plain, *(Datum(v, 0.3, "<") for v in edges)]).value <= mean + 1e-9
    assert estimate([*plain, *(Datum(v, 0.3, ">") for v in edges)]).value >= mean - 1e-9


@given(values, values, values)
def test_the_answer_is_the_maximum(
    measured: list[float], above: list[float], below: list[float]
) -> None:
    from vigie.network.magnitude.likelihood import CensoredLikelihood

    data = [
        *(Datum(v, 0.3) for v in measured),
        *(Datum(v, 0.3, "<") for v in above),
        *(Datum(v, 0.3, ">") for v in below),
    ]
    likelihood = CensoredLikelihood(data)
    found = estimate(data)
    top = likelihood(found.value)
    for m in np.linspace(found.value - 1.0, found.value + 1.0, 41):
        assert likelihood(float(m)) <= top + 1e-9
    assert found.low < found.value < found.high
    assert likelihood(found.low) == pytest.approx(top - 0.5, abs=1e-5)


@given(st.integers(1, 40), st.floats(3.0, 6.0))
def test_a_bound_is_where_all_silent_stations_would_hardly_be(n: int, edge: float) -> None:
    found = estimate([Datum(edge, 0.3, "<")] * n, z=1.645)
    # n equal thresholds: Phi(z)^n = exp(-1.645^2 / 2), independent of the estimator.
    from scipy.special import ndtr

    assert n * math.log(float(ndtr((edge - found.value) / 0.3))) == pytest.approx(
        -0.5 * 1.645**2, abs=1e-6
    )


def test_one_silence_against_all_others_hardly_matters() -> None:
    heard = [Datum(v, 0.34) for v in (4.9, 5.0, 5.1, 5.2, 4.8, 5.0)]
    deaf = Datum(3.0, 0.34, "<")
    assert estimate([*heard, deaf]).value < 4.75
    assert estimate([*heard, replace(deaf, miss=0.005)]).value == pytest.approx(5.0, abs=0.01)


def test_many_silences_are_believed() -> None:
    heard = [Datum(4.5, 0.34)]
    silent = [Datum(4.0, 0.34, "<")] * 12
    sure = estimate([*heard, *silent]).value
    doubted = estimate([*heard, *(replace(d, miss=0.005) for d in silent)]).value
    assert doubted == pytest.approx(sure, abs=0.05)


@given(values, values, st.floats(0.001, 0.2))
def test_the_highest_of_several_maxima_is_found(
    measured: list[float], silent: list[float], miss: float
) -> None:
    from vigie.network.magnitude.likelihood import CensoredLikelihood

    data = [*(Datum(v, 0.3) for v in measured), *(Datum(v, 0.3, "<", miss) for v in silent)]
    likelihood = CensoredLikelihood(data)
    found = estimate(data)
    assert likelihood(found.value) >= likelihood.at(np.linspace(1.0, 8.0, 701)).max() - 1e-3
    assert found.low < found.value < found.high


def test_a_wider_scatter_is_found_where_many_stations_show_it() -> None:
    rng = np.random.default_rng(1)
    data = [Datum(float(v), 0.3) for v in rng.normal(4.0, 0.6, 200)]
    seen = float(np.std([d.value for d in data])) / 0.3
    assert estimate(data, scatter_prior=0.25).scatter_factor == pytest.approx(seen, abs=0.1)


def test_two_stations_hardly_move_the_scatter() -> None:
    two = [Datum(3.4, 0.3), Datum(4.6, 0.3)]
    assert estimate(two, scatter_prior=0.25).scatter_factor < 1.5


@pytest.mark.parametrize("data", [[], [Datum(math.nan, 0.3)], [Datum(4.0, 0.0)]])
def test_data_without_sense_are_refused(data: list[Datum]) -> None:
    with pytest.raises(ParameterError):
        estimate(data)


def test_relative_magnitude_of_two_neighbours() -> None:
    small = event(*(arrival(s, "P", 60.0, a52(10.0)) for s in "ABCDE"))
    factors = dict(zip("ABCDE", (1.5, 1.6, 1.585, 1.55, 30.0), strict=True))
    big = event(*(arrival(s, "P", 60.0, a52(10.0 * f)) for s, f in factors.items()))
    found = relative_magnitude(small, big)
    assert found is not None
    # The median passes by the station that is wrong by more than an order.
    assert found.value == pytest.approx(math.log10(1.585), abs=1e-9)
    assert found.sigma < 0.05
    assert len(found.stations) == 5
    back = relative_magnitude(big, small)
    assert back is not None
    assert back.value == pytest.approx(-found.value)


def test_distant_events_are_not_compared() -> None:
    here = event(arrival("A", "P", 60.0, a52(10.0)))
    far = replace(here, origins=(replace(here.origins[0], latitude=5.0),))
    with pytest.raises(ParameterError, match="at most 100 km"):
        relative_magnitude(here, far)


def test_q_outside_the_table_is_nan() -> None:
    assert np.isnan(mb_correction([-1.0, 181.0, 60.0], [0.0, 0.0, 801.0])).all()


@pytest.mark.slow
def test_network_magnitude_is_unbiased_where_the_mean_is_high() -> None:
    from benchmarks.magnitude_bias import Scene, summary

    # A fifth of the benchmark's 1,000 events: the error of the mean is below 0.01.
    found = summary(Scene(n_events=200), seed=20160909)
    assert found["mean_bias"] > 0.1
    assert abs(found["mle_bias"]) < 0.04
    assert found["mle_rms"] < 0.4 * found["mean_rms"]
