"""Laws that locations obey, on a simple Earth whose times are exact."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Predictions, Sites
from vigie.errors import LocationError, ParameterError
from vigie.facts.phase_windows import is_expected
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths
from vigie.network.location import (
    ErrorModel,
    LocateParams,
    azimuthal_gap_deg,
    kappa,
    locate,
    secondary_gap_deg,
)
from vigie.network.location.covariance import DISTANCE_SHARE, ErrorParts
from vigie.network.location.identify import first_names
from vigie.network.location.kinds import Case
from vigie.network.location.linear import Trial, linearise
from vigie.network.location.params import Field
from vigie.network.location.phases import is_shear, is_water_reflected, known_name
from vigie.network.location.posterior import posterior_of, solve_component
from vigie.network.location.readings import collect
from vigie.records import Channel, ChannelId, Detection, EllipseKind, Inventory, Site, Station

if TYPE_CHECKING:
    from collections.abc import Sequence

T0_NS = 1_600_000_000_000_000_000


class SmoothEarth:
    """Times that bend with distance like those of P and S, and fall with depth."""

    name = "smooth"
    phases = ("P", "S")

    def predict(self, phases: Sequence[str], source: Hypocentre, sites: Sites) -> Predictions:
        """Predict by closed formulas."""
        delta, esaz, seaz = distance_azimuths(
            source.latitude, source.longitude, sites.latitude, sites.longitude
        )
        slow = np.where(np.array(phases) == "S", 1.75, 1.0)
        far = np.hypot(delta, source.depth_km / KM_PER_DEG)
        time = slow * (14.0 * far - 0.05 * far**2)
        per_far = slow * (14.0 - 0.1 * far)
        with np.errstate(divide="ignore", invalid="ignore"):
            slowness = np.where(far > 0.0, per_far * delta / far, 0.0)
            down = np.where(far > 0.0, per_far * source.depth_km / KM_PER_DEG**2 / far, 0.0)
        n = len(delta)
        return Predictions(
            time_s=np.where(delta < 100.0, time, np.nan),
            slowness_s_per_deg=slowness,
            dt_ddepth_s_per_km=down,
            d2t_ddelta2=np.full(n, -0.1) * slow,
            delta_deg=delta,
            esaz_deg=esaz,
            seaz_deg=seaz,
            time_sigma_s=np.full(n, 0.5),
            azimuth_sigma_deg=np.full(n, 3.0),
            slowness_sigma_s_per_deg=np.full(n, 0.5),
        )


EARTH = SmoothEarth()


def network(latitude: float, longitude: float, n: int, seed: int = 0) -> dict[str, Station]:
    """Return stations all around a place, 5 to 80 deg away."""
    rng = np.random.default_rng(seed)
    azimuth = 360.0 * (np.arange(n) + rng.uniform(0.0, 0.5, n)) / n
    lat, lon = destination(latitude, longitude, azimuth, rng.uniform(5.0, 80.0, n))
    return {
        f"S{i:02d}": Station(
            code=f"S{i:02d}", latitude=float(lat[i]), longitude=float(lon[i]), elevation_m=0.0
        )
        for i in range(n)
    }


def arrivals(
    stations: dict[str, Station], truth: Hypocentre, phases: tuple[str, ...] = ("P",)
) -> list[Detection]:
    """Return exact arrivals."""
    codes = sorted(stations)
    sites = Sites(
        np.array([stations[c].latitude for c in codes]),
        np.array([stations[c].longitude for c in codes]),
        np.zeros(len(codes)),
        tuple(codes),
    )
    found = []
    for phase in phases:
        times = EARTH.predict([phase] * len(codes), truth, sites).time_s
        found += [
            Detection(
                id=f"{c}-{phase}",
                station=c,
                time_ns=T0_NS + round(float(t) * 1e9),
                time_sigma_s=0.3,
                phase=phase,
            )
            for c, t in zip(codes, times, strict=True)
        ]
    return found


def miss_km(origin: object, truth: Hypocentre) -> float:
    """Return the distance between an origin and the truth."""
    latitude, longitude = getattr(origin, "latitude"), getattr(origin, "longitude")  # noqa: B009
    delta, _, _ = distance_azimuths(truth.latitude, truth.longitude, latitude, longitude)
    return float(delta) * KM_PER_DEG


PLACES = [(0.0, 0.0), (90.0, 0.0), (-90.0, 12.0), (89.99, -170.0), (10.0, 180.0), (-20.0, -179.99)]


@pytest.mark.parametrize(("latitude", "longitude"), PLACES)
def test_exact_times_give_the_exact_place_at_poles_and_antimeridian(
    latitude: float, longitude: float
) -> None:
    truth = Hypocentre(latitude, longitude, 0.0)
    stations = network(latitude, longitude, 12)
    origin = locate(
        "e", arrivals(stations, truth), stations, EARTH, LocateParams(phases="keep", depth=0.0)
    )
    assert miss_km(origin, truth) < 0.05
    assert abs(origin.time_ns - T0_NS) < 10_000_000
    assert -180.0 <= origin.longitude < 180.0


@settings(max_examples=15, deadline=None)
@given(
    st.floats(-90.0, 90.0),
    st.floats(-180.0, 179.9),
    st.integers(6, 20),
    st.integers(0, 1000),
)
def test_exact_times_give_the_exact_place_anywhere(
    latitude: float, longitude: float, n: int, seed: int
) -> None:
    truth = Hypocentre(latitude, longitude, 0.0)
    stations = network(latitude, longitude, n, seed)
    origin = locate(
        "e", arrivals(stations, truth), stations, EARTH, LocateParams(phases="keep", depth=0.0)
    )
    assert miss_km(origin, truth) < 0.5


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_gross_outliers_are_left_out_and_named(share: float) -> None:
    truth = Hypocentre(45.0, 179.0, 0.0)
    stations = network(45.0, 179.0, 20)
    exact = arrivals(stations, truth)
    n_wrong = round(share * len(exact))
    wrong = [
        replace(d, time_ns=d.time_ns + 40_000_000_000 * (-1) ** i)
        for i, d in enumerate(exact[:n_wrong])
    ]
    origin = locate(
        "e", wrong + exact[n_wrong:], stations, EARTH, LocateParams(phases="keep", depth=0.0)
    )
    assert miss_km(origin, truth) < 1.0
    dropped = {a.detection_id for a in origin.associations if not a.defining}
    assert dropped == {d.id for d in wrong}
    assert {a.reason for a in origin.associations if not a.defining} == {"big_residual"}


def test_depth_is_free_where_stations_are_near_and_default_where_they_are_not() -> None:
    truth = Hypocentre(30.0, 40.0, 60.0)
    lat, lon = destination(30.0, 40.0, np.arange(8) * 45.0, np.linspace(0.3, 3.0, 8))
    near = {
        f"N{i}": Station(
            code=f"N{i}", latitude=float(lat[i]), longitude=float(lon[i]), elevation_m=0.0
        )
        for i in range(8)
    }
    located = locate(
        "e", arrivals(near, truth, ("P", "S")), near, EARTH, LocateParams(phases="keep")
    )
    assert located.depth_reason == "free"
    assert not located.depth_fixed
    assert located.depth_km == pytest.approx(60.0, abs=1.0)
    far = network(30.0, 40.0, 6)
    shallow = Hypocentre(30.0, 40.0, 0.0)
    located = locate("e", arrivals(far, shallow), far, EARTH, LocateParams(phases="keep"))
    assert located.depth_reason == "default"
    assert located.depth_fixed
    assert located.depth_km == 0.0


def test_one_array_locates_by_azimuth_and_slowness() -> None:
    truth = Hypocentre(10.0, 20.0, 0.0)
    station = Station(code="ARR", latitude=35.0, longitude=40.0, elevation_m=0.0)
    detection = arrivals({"ARR": station}, truth)[0]
    sites = Sites(np.array([35.0]), np.array([40.0]), np.zeros(1))
    seen = EARTH.predict(["P"], truth, sites)
    detection = replace(
        detection,
        azimuth_deg=float(seen.seaz_deg[0]),
        azimuth_deg_sigma=1.0,
        slowness_s_per_deg=float(seen.slowness_s_per_deg[0]),
        slowness_s_per_deg_sigma=0.1,
    )
    params = LocateParams(phases="keep", depth=0.0)
    origin = locate("e", [detection], {"ARR": station}, EARTH, params)
    assert miss_km(origin, truth) < 2.0
    assert "as many unknowns as observations" in " ".join(origin.warnings)


def test_unknown_stations_are_left_out_and_named() -> None:
    truth = Hypocentre(0.0, 0.0, 0.0)
    stations = network(0.0, 0.0, 8)
    stray = Detection(id="x", station="NOWHERE", time_ns=T0_NS, phase="P")
    origin = locate(
        "e", [*arrivals(stations, truth), stray], stations, EARTH, LocateParams(phases="keep")
    )
    assert any("NOWHERE" in w and w.startswith("1 ") for w in origin.warnings)
    assert all(a.station != "NOWHERE" for a in origin.associations)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_readings_are_refused_with_the_reason(n: int) -> None:
    stations = network(0.0, 0.0, 6)
    few = arrivals(stations, Hypocentre(0.0, 0.0, 0.0))[:n]
    with pytest.raises(LocationError, match=f"{n} usable arrival times"):
        locate("few", few, stations, EARTH)


def test_identification_names_s_and_survives_wrong_labels() -> None:
    truth = Hypocentre(-5.0, 100.0, 0.0)
    stations = network(-5.0, 100.0, 12)
    unnamed = [replace(d, phase=None) for d in arrivals(stations, truth, ("P", "S"))]
    origin = locate("e", unnamed, stations, EARTH, LocateParams(phases="identify", depth=0.0))
    assert miss_km(origin, truth) < 1.0
    for association in origin.associations:
        assert association.phase[0] == association.detection_id.split("-")[1]
    assert all(a.defining for a in origin.associations)


def test_all_kinds_of_ellipse_are_given_and_coverage_is_first() -> None:
    stations = network(0.0, 0.0, 10)
    origin = locate(
        "e",
        arrivals(stations, Hypocentre(0.0, 0.0, 0.0)),
        stations,
        EARTH,
        LocateParams(phases="keep", depth=0.0, errors=ErrorModel(correlated=False)),
    )
    assert {(e.kind, e.confidence) for e in origin.ellipses} == {
        (kind, level) for kind in EllipseKind for level in (0.9, 0.95)
    }
    assert origin.ellipse is not None
    assert origin.ellipse.kind is EllipseKind.COVERAGE
    assert origin.covariance is not None
    horizontal = np.array(origin.covariance)[:2, :2]
    axes = 2.1460 * np.sqrt(np.linalg.eigvalsh(horizontal))
    assert origin.ellipse.semi_major_km == pytest.approx(axes[1], rel=1e-3)
    assert origin.ellipse.semi_minor_km == pytest.approx(axes[0], rel=1e-3)
    assert np.array(origin.covariance)[2].tolist() == [0.0, 0.0, 0.0, 0.0]


def test_an_assumed_depth_has_the_error_of_the_assumption_and_a_held_one_none() -> None:
    stations = network(0.0, 0.0, 6)
    found = arrivals(stations, Hypocentre(0.0, 0.0, 0.0))
    assumed = locate("e", found, stations, EARTH, LocateParams(phases="keep", depth="default"))
    held = locate("e", found, stations, EARTH, LocateParams(phases="keep", depth=0.0))
    assert assumed.depth_reason == "default"
    assert (assumed.depth_sigma_km, held.depth_sigma_km) == (15.0, None)
    assert assumed.covariance is not None
    assert held.covariance is not None
    assert list(assumed.covariance[2]) == [0.0, 0.0, 15.0**2, 0.0]
    assert list(held.covariance[2]) == [0.0] * 4
    free = locate("e", found, stations, EARTH, LocateParams(phases="keep", depth="free"))
    if not free.depth_fixed and free.covariance is not None:
        assert free.covariance[2][2] == pytest.approx((free.depth_sigma_km or 0.0) ** 2)
    assert np.linalg.eigvalsh(np.array(assumed.covariance)).min() > 0.0


def test_correlated_errors_widen_the_ellipse_of_a_clustered_network() -> None:
    truth = Hypocentre(0.0, 0.0, 0.0)
    lat, lon = destination(0.0, 0.0, np.repeat([0.0, 120.0, 240.0], 5) + np.tile(range(5), 3), 40.0)
    stations = {
        f"C{i}": Station(
            code=f"C{i}", latitude=float(lat[i]), longitude=float(lon[i]), elevation_m=0.0
        )
        for i in range(15)
    }
    plain, correlated = (
        locate(
            "e",
            arrivals(stations, truth),
            stations,
            EARTH,
            LocateParams(
                phases="keep",
                depth=0.0,
                errors=ErrorModel(
                    correlated=c, fields=(Field(1000.0, 1.0, 0.1, 1.0),), scales=((1.0, 1.0),)
                ),
            ),
        )
        for c in (False, True)
    )
    assert plain.ellipse is not None
    assert correlated.ellipse is not None
    assert correlated.ellipse.area_km2 > 1.5 * plain.ellipse.area_km2


def test_a_channel_with_its_own_position_counts_from_there() -> None:
    channel = Channel(
        id=ChannelId("IC", "MDJ", "00", "BHZ"), latitude=44.617, longitude=129.590, elevation_m=5.0
    )
    station = Station(
        code="MDJ",
        latitude=44.61763,
        longitude=129.59341,
        elevation_m=0.0,
        sites=(
            Site(
                code="MDJ", latitude=44.6176, longitude=129.59341, elevation_m=0.0,
                channels=(channel,),
            ),
        ),
    )  # fmt: skip
    on_channel = Detection(id="a", station="MDJ", time_ns=T0_NS, channel=channel.id, phase="P")
    elsewhere = replace(on_channel, id="b", channel=ChannelId("IC", "MDJ", "00", "BH1"))
    readings, _ = collect(
        [on_channel, elsewhere], Inventory((station,)), EARTH.phases, LocateParams()
    )
    assert readings.sites.latitude.tolist() == [44.617, 44.61763]
    assert readings.sites.elevation_m.tolist() == [5.0, 0.0]


@given(st.floats(-85.0, 85.0), st.floats(-179.0, 179.0), st.floats(1.0, 600.0))
def test_derivatives_equal_differences(latitude: float, longitude: float, depth: float) -> None:
    truth = Hypocentre(latitude, longitude, depth)
    stations = network(latitude, longitude, 5)
    detections = [
        replace(d, azimuth_deg=10.0, slowness_s_per_deg=8.0) for d in arrivals(stations, truth)
    ]
    readings, _ = collect(detections, stations, EARTH.phases, LocateParams())
    trial = Trial(latitude, longitude, depth, 0.0)
    rows = linearise(readings, trial, EARTH)
    n = len(readings)
    for column, step in enumerate(np.diag([0.5, 0.5, 0.05, 1.0])):
        up = linearise(readings, trial.moved(step), EARTH).residual
        down = linearise(readings, trial.moved(-step), EARTH).residual
        slope = (down - up) / (2.0 * step[column])
        np.testing.assert_allclose(slope[:n], rows.derivative[:n, column], rtol=2e-3, atol=2e-4)
        if column < 2:
            np.testing.assert_allclose(
                slope[n : 2 * n], rows.derivative[n : 2 * n, column], rtol=2e-2, atol=2e-4
            )


def test_compiled_solution_equals_its_plain_twin() -> None:
    rng = np.random.default_rng(3)
    n = 12
    place = rng.uniform(0.0, 3000.0, (n, 2))
    parts = ErrorParts(
        rng.uniform(0.1, 1.0, n),
        rng.uniform(0.5, 2.0, n),
        np.linalg.norm(place[:, None] - place[None, :], axis=-1),
        DISTANCE_SHARE * np.exp(-np.abs(place[:, :1] - place[:, 0]) / 1000.0),
        rng.uniform(-0.2, -0.1, n),
    )
    derivative = np.column_stack([rng.normal(size=(n, 2)), np.ones(n)])
    residual = rng.normal(size=n)
    errors = ErrorModel(
        fields=(Field(800.0, 1.0, 0.1, 1.0),),
        scales=((0.7, 1.0),), default_depth_sigmas_km=((15.0, 1.0),),
        outlier_fraction=0.0,
    )  # fmt: skip
    found = posterior_of(parts, derivative, residual, errors)
    covariance = parts.matrix(Case(0.7, 800.0, 1.0, 0.1, 15.0))
    weight = np.linalg.inv(covariance)
    expected = np.linalg.inv(derivative.T @ weight @ derivative)
    np.testing.assert_allclose(found.covariances[0], expected, rtol=1e-9)
    np.testing.assert_allclose(
        found.shifts[0], expected @ derivative.T @ weight @ residual, rtol=1e-9
    )
    twin = solve_component(covariance, derivative, residual)
    np.testing.assert_allclose(twin.covariance, expected, rtol=1e-9)
    information = weight - weight @ derivative @ expected @ derivative.T @ weight
    np.testing.assert_allclose(twin.residual_information, np.diag(information), rtol=1e-8)
    np.testing.assert_allclose(twin.residual_weight, information @ residual, rtol=1e-8)
    likelihood = -0.5 * (
        np.linalg.slogdet(covariance)[1]
        + np.linalg.slogdet(derivative.T @ weight @ derivative)[1]
        + residual @ information @ residual
    )
    assert twin.log_likelihood == pytest.approx(likelihood, rel=1e-9)


@given(st.lists(st.floats(0.0, 359.0), min_size=3, max_size=20))
def test_secondary_gap_is_never_smaller(azimuths: list[float]) -> None:
    gap = azimuthal_gap_deg(azimuths)
    second = secondary_gap_deg({str(i): a for i, a in enumerate(azimuths)})
    assert 0.0 < gap <= second + 1e-9 <= 360.0 + 1e-9


@given(st.floats(0.5, 0.99), st.integers(1, 50), st.floats(0.1, 100.0))
def test_k_weighted_lies_between_coverage_and_confidence_in_variance(
    level: float, n_free: int, chi_square: float
) -> None:
    stated = kappa(level, 2, k=1e9, n_free=n_free, chi_square=chi_square)
    coverage = kappa(level, 2, k=math.inf, n_free=n_free, chi_square=chi_square)
    assert stated == pytest.approx(coverage, rel=1e-3)
    assert kappa(level, 2, k=8.0, n_free=n_free, chi_square=chi_square) > 0.0


@pytest.mark.parametrize(
    ("reported", "expected"),
    [("P", "P"), ("p", "P"), ("PKIKP", "PKPdf"), ("amp", ""), ("", ""), (None, ""), ("Pn", "Pn")],
)
def test_reported_names(reported: str | None, expected: str) -> None:
    assert known_name(reported, frozenset({"P", "Pn", "S", "PKPdf"})) == expected


def test_shear_phases_are_told_by_their_last_leg() -> None:
    assert [is_shear(p) for p in ("S", "Sn", "Lg", "ScP", "PKPbc", "sP", "PcS")] == [
        True, True, True, False, False, False, True,
    ]  # fmt: skip


def test_first_names_takes_one_p_and_one_s_per_station() -> None:
    stations = network(0.0, 0.0, 1)
    made = [
        Detection(id=str(i), station="S00", time_ns=T0_NS + i, phase=p)
        for i, p in enumerate(["P", "P", "PcP", "S", None])
    ]
    readings, _ = collect(made, stations, EARTH.phases, LocateParams())
    assert first_names(readings) == ("P", "", "", "S", "")


@pytest.mark.parametrize("wrong", [-1.0, 900.0])
def test_impossible_depths_are_refused(wrong: float) -> None:
    with pytest.raises(ParameterError, match="depth"):
        LocateParams(depth=wrong)


CRUST = load_predictor("ak135")


def regional(truth: Hypocentre, phases: tuple[tuple[str, float, str], ...]) -> list[Detection]:
    """Return arrivals of ak135 at stations 3 to 9 deg away, one more for each late phase."""
    stations = regional_network()
    sites = Sites(
        np.array([s.latitude for s in stations.values()]),
        np.array([s.longitude for s in stations.values()]),
        np.zeros(len(stations)),
        tuple(stations),
    )
    times = CRUST.predict(["Pn"] * len(stations), truth, sites).time_s
    found = [
        Detection(id=f"{c}-P", station=c, time_ns=T0_NS + round(float(t) * 1e9), phase="P")
        for c, t in zip(stations, times, strict=True)
    ]
    for code, later_s, name in phases:
        first = next(d for d in found if d.id == f"{code}-P")
        found.append(
            replace(
                first, id=f"{code}-{name}", time_ns=first.time_ns + round(later_s * 1e9), phase=name
            )
        )
    return found


def regional_network() -> dict[str, Station]:
    """Return eight stations around a place in Korea."""
    lat, lon = destination(41.3, 129.1, np.arange(8) * 45.0, np.linspace(3.0, 9.0, 8))
    return {
        f"K{i}": Station(
            code=f"K{i}", latitude=float(lat[i]), longitude=float(lon[i]), elevation_m=0.0
        )
        for i in range(8)
    }


@pytest.mark.parametrize("phases", ["identify", "keep"])
def test_a_coda_onset_at_regional_distance_is_no_depth_phase(
    phases: Literal["identify", "keep"],
) -> None:
    truth = Hypocentre(41.3, 129.1, 0.0)
    detections = regional(truth, (("K0", 6.0, "pP"), ("K1", 6.0, "pP"), ("K2", 6.1, "pP")))
    origin = locate("e", detections, regional_network(), CRUST, LocateParams(phases=phases))
    assert origin.depth_reason == "default"
    assert not any(a.defining for a in origin.associations if a.detection_id.endswith("-pP"))
    assert miss_km(origin, truth) < 3.0


def test_nothing_is_named_outside_the_windows_of_the_phase_table() -> None:
    truth = Hypocentre(41.3, 129.1, 0.0)
    later = (("K0", 6.0, "PP"), ("K1", 9.0, "PcP"), ("K2", 14.0, ""), ("K3", 5.0, "pwP"))
    detections = regional(truth, later)
    origin = locate("e", detections, regional_network(), CRUST, LocateParams(phases="identify"))
    for association in origin.associations:
        assert association.delta_deg is not None
        if association.phase:
            assert is_expected(association.phase, association.delta_deg, origin.depth_km or 0.0)


def test_water_reflections_tell_no_depth() -> None:
    assert known_name("pwP", frozenset(CRUST.phases)) == ""
    assert is_water_reflected("pwP")
    assert not is_water_reflected("pP")
