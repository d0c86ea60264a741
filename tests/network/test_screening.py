"""Screening: thresholds, reasons, and the laws that scores obey."""

from __future__ import annotations

import inspect
import math
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vigie.network.screening
from vigie.geodesy import KM_PER_DEG
from vigie.network.screening import (
    SENTENCES,
    DepthParams,
    RegionalModel,
    RegionalParams,
    ScreeningParams,
    combine,
    criteria,
    screen_event,
)
from vigie.records import (
    Amplitude,
    Association,
    Detection,
    Event,
    Magnitude,
    Origin,
    Screening,
    Verdict,
)

OUT, KEPT = Verdict.SCREENED_OUT, Verdict.NOT_SCREENED_OUT
POOR, NOT = Verdict.INSUFFICIENT_DATA, Verdict.NOT_CONSIDERED


def origin(**more: object) -> Origin:
    base = Origin(id="o", time_ns=0, latitude=0.0, longitude=0.0, depth_km=0.0, depth_fixed=True)
    return replace(base, **more)  # type: ignore[arg-type]


def event(*magnitudes: Magnitude, **more: object) -> Event:
    return Event(id="e", origins=(origin(**more),), magnitudes=magnitudes)


def mag(type_: str, value: float, n: int | None = 20, bound: str = "") -> Magnitude:
    return Magnitude(type=type_, value=value, n_stations=n, bound=bound)


def result(event: Event, criterion: str, params: ScreeningParams | None = None) -> Screening:
    return next(s for s in screen_event(event, params) if s.criterion == criterion)


# Processing manual of the International Data Centre, section 7.3.2:
# SCORE = (0.64 - mb + Ms) / (1.96 sigma) - 1, sigma^2 = 1.25^2 0.34^2 / N_b + 0.23^2 / N_s.
# mb 4.5 (16 stations), Ms 4.6 (9): sigma = sqrt(0.10625^2 + 0.076667^2) = 0.131022,
# 0.74 / 0.131022 = 5.6479; over 1.96, less 1: 1.8816.
def test_ms_mb_score_by_hand() -> None:
    found = result(event(mag("mb", 4.5, 16), mag("Ms", 4.6, 9)), "ms_mb")
    assert found.score == pytest.approx(5.6479, abs=1e-3)
    assert dict(found.params)["idc_score"] == pytest.approx(1.8816, abs=1e-3)
    assert found.verdict is OUT


# DPRK, 2016-01-06: REB mb 4.85; its Rayleigh waves lie on Ms = mb - 0.64 or below.
@pytest.mark.parametrize(
    ("ms", "verdict"), [(3.6, KEPT), (4.0, KEPT), (4.2, KEPT), (4.4, KEPT), (5.0, OUT)]
)
def test_ms_mb_verdict(ms: float, verdict: Verdict) -> None:
    assert result(event(mag("mb", 4.8, 16), mag("Ms", ms, 9)), "ms_mb").verdict is verdict


def test_maximum_likelihood_magnitudes_come_first() -> None:
    found = result(
        event(mag("mb", 4.8), mag("mbmle", 4.5), mag("Ms", 4.5), mag("msmle", 4.2)), "ms_mb"
    )
    assert dict(found.params)["mb"] == 4.5
    assert dict(found.params)["ms"] == 4.2


def test_a_plain_ms_comes_before_a_bound() -> None:
    found = result(event(mag("mb", 4.5), mag("msmle", 3.0, bound="<"), mag("msmle", 4.5)), "ms_mb")
    assert dict(found.params)["ms"] == 4.5


def test_a_bound_of_ms_speaks_only_for_an_explosion() -> None:
    low = result(event(mag("mb", 5.0), mag("msmle", 3.5, bound="<")), "ms_mb")
    assert (low.verdict, low.code) == (KEPT, "ms_mb.bound_explosion")
    assert low.score is not None
    assert low.score < 0.0
    high = result(event(mag("mb", 5.0), mag("msmle", 6.0, bound="<")), "ms_mb")
    assert (high.verdict, high.score) == (POOR, None)


@pytest.mark.parametrize(
    ("magnitudes", "more", "verdict", "code"),
    [
        ((), {}, POOR, "ms_mb.no_mb"),
        ((mag("mb", 4.5),), {}, POOR, "ms_mb.no_ms"),
        ((mag("mb", 4.5), mag("Ms", 4.5, 1)), {}, POOR, "ms_mb.few_stations"),
        ((mag("mb", 3.4), mag("Ms", 4.5)), {}, NOT, "ms_mb.too_small"),
        ((mag("mb", 4.5), mag("Ms", 4.5)), {"depth_km": 150.0}, NOT, "ms_mb.too_deep"),
        ((mag("mbmle", 4.5, bound="<"), mag("Ms", 4.5)), {}, POOR, "ms_mb.no_mb"),
        ((mag("mb", math.nan), mag("Ms", 4.5)), {}, POOR, "ms_mb.no_mb"),
    ],
)
def test_ms_mb_says_why_it_says_nothing(
    magnitudes: tuple[Magnitude, ...], more: dict[str, object], verdict: Verdict, code: str
) -> None:
    found = result(event(*magnitudes, **more), "ms_mb")
    assert (found.verdict, found.code) == (verdict, code)
    assert found.reason


@given(st.floats(3.5, 6.5), st.floats(2.0, 7.0), st.integers(1, 60), st.integers(2, 60))
def test_more_surface_waves_never_look_more_like_an_explosion(
    mb: float, ms: float, n_mb: int, n_ms: int
) -> None:
    one = result(event(mag("mb", mb, n_mb), mag("Ms", ms, n_ms)), "ms_mb")
    two = result(event(mag("mb", mb, n_mb), mag("Ms", ms + 0.3, n_ms)), "ms_mb")
    assert one.score is not None
    assert two.score is not None
    assert two.score > one.score
    assert (one.verdict is OUT) <= (two.verdict is OUT)


def phase(station: str, name: str, delta_deg: float = 60.0) -> Association:
    return Association(
        detection_id=f"{station}{name}",
        station=station,
        phase=name,
        delta_deg=delta_deg,
        time_defining=True,
    )


def deep(depth_km: float, sigma_km: float, *associations: Association) -> Event:
    return event(
        depth_km=depth_km, depth_sigma_km=sigma_km, depth_fixed=False, associations=associations
    )


PP = (phase("A", "pP"), phase("B", "sP"))


@pytest.mark.parametrize(
    ("depth_km", "sigma_km", "associations", "verdict", "code"),
    [
        (30.0, 5.0, PP, OUT, "depth.screened_out"),
        # 10 + 1.96 x 5 = 19.8 km is the limit.
        (19.9, 5.0, PP, OUT, "depth.screened_out"),
        (19.7, 5.0, PP, KEPT, "depth.not_screened_out"),
        (30.0, 5.0, PP[:1], POOR, "depth.unconfirmed"),
        (30.0, 5.0, (phase("A", "pP"), phase("A", "sP")), POOR, "depth.unconfirmed"),
        (30.0, 5.0, (), POOR, "depth.unconfirmed"),
        (30.0, 3.0, (phase("A", "Pg", 0.3), phase("B", "Pg", 0.35)), OUT, "depth.screened_out"),
        (30.0, 3.0, (phase("A", "Pg", 0.3), phase("B", "Pg", 0.5)), POOR, "depth.unconfirmed"),
        (2.0, 1.0, (), KEPT, "depth.not_screened_out"),
    ],
)
def test_depth(
    depth_km: float,
    sigma_km: float,
    associations: tuple[Association, ...],
    verdict: Verdict,
    code: str,
) -> None:
    found = result(deep(depth_km, sigma_km, *associations), "depth")
    assert (found.verdict, found.code) == (verdict, code)


def test_a_fixed_depth_says_nothing() -> None:
    assert result(event(depth_km=33.0, depth_sigma_km=1.0), "depth").code == "depth.fixed"
    assert result(event(depth_km=None, depth_fixed=False), "depth").code == "depth.unknown"
    free = result(event(depth_km=33.0, depth_fixed=False, associations=PP), "depth")
    assert free.code == "depth.unknown"


def test_a_depth_fixed_by_its_depth_phases_counts() -> None:
    found = result(
        event(
            depth_km=60.0,
            depth_sigma_km=4.0,
            depth_reason="depth_phases",
            associations=PP,
        ),
        "depth",
    )
    assert found.verdict is OUT


CALIBRATED = RegionalModel(name="test", calibration_sigma=0.1, station_sigma=0.2)


def regional(
    excess: float, *, stations: int = 4, snr_p: float = 10.0, snr_s: float = 10.0
) -> tuple[Event, ScreeningParams]:
    """Build an event whose P/S lies so far above that of earthquakes in its region."""
    params = RegionalParams(model=CALIBRATED)
    detections, associations = [], []
    for i in range(stations):
        delta_deg = 3.0 + 2.0 * i
        log10_ps = CALIBRATED.source_log10_ps + excess
        for name, sign in (("Pn", 1.0), ("Lg", -1.0)):
            path = CALIBRATED.path(name)
            assert path is not None
            log10_ps += sign * path.log10_decay(delta_deg * KM_PER_DEG, math.sqrt(48.0))
        amplitudes = (
            Amplitude(
                type="regional:Pn", value=10.0**log10_ps, unit="nm", band_hz=(6.0, 8.0), snr=snr_p
            ),
            Amplitude(type="regional:Lg", value=1.0, unit="nm", band_hz=(6.0, 8.0), snr=snr_s),
        )
        detections.append(Detection(id=f"S{i}", station=f"S{i}", time_ns=0, amplitudes=amplitudes))
        associations.append(
            Association(detection_id=f"S{i}", station=f"S{i}", phase="Pn", delta_deg=delta_deg)
        )
    made = Event(
        id="e",
        origins=(origin(associations=tuple(associations)),),
        detections=tuple(detections),
    )
    return made, ScreeningParams(regional_ps=params)


def test_regional_ratio_by_hand() -> None:
    # An excess of -0.1: 0.5 below explosions (+0.40); sigma^2 = 0.2^2/4 + 0.1^2 + 0.15^2.
    found = result(*reorder(regional(-0.1)))
    assert dict(found.params)["excess"] == pytest.approx(-0.1, abs=1e-6)
    assert found.score == pytest.approx(0.5 / math.sqrt(0.01 + 0.01 + 0.0225), abs=1e-4)
    assert found.verdict is OUT
    assert found.data == ("S0", "S1", "S2", "S3")


def reorder(pair: tuple[Event, ScreeningParams]) -> tuple[Event, str, ScreeningParams]:
    return pair[0], "regional_ps", pair[1]


@pytest.mark.parametrize(("excess", "verdict"), [(0.4, KEPT), (0.1, KEPT), (-0.2, OUT)])
def test_regional_verdict(excess: float, verdict: Verdict) -> None:
    assert result(*reorder(regional(excess))).verdict is verdict


def test_the_uncalibrated_default_is_cautious() -> None:
    made, _ = regional(-0.1)
    assert result(made, "regional_ps").verdict is KEPT


def test_s_that_drowned_is_a_lower_bound_of_the_ratio() -> None:
    strong = result(*reorder(regional(0.9, snr_s=1.0)))
    assert (strong.verdict, strong.code) == (KEPT, "regional_ps.bound_low")
    weak = result(*reorder(regional(-1.5, snr_s=1.0)))
    assert (weak.verdict, weak.score) == (POOR, None)


def test_p_that_drowned_is_an_upper_bound_of_the_ratio() -> None:
    assert result(*reorder(regional(-0.6, snr_p=1.0))).verdict is OUT
    assert result(*reorder(regional(0.4, snr_p=1.0))).verdict is KEPT


def test_nothing_above_noise_is_no_data() -> None:
    assert result(*reorder(regional(0.4, snr_p=1.0, snr_s=1.0))).code == "regional_ps.no_data"


@given(st.floats(-2.0, 2.0), st.floats(0.01, 1.0))
def test_a_larger_p_never_looks_more_like_an_earthquake(excess: float, step: float) -> None:
    low, high = (result(*reorder(regional(e))).score for e in (excess, excess + step))
    assert low is not None
    assert high is not None
    assert high < low


def verdicts(*pairs: tuple[str, Verdict, float | None]) -> Screening:
    results = [Screening(criterion=c, verdict=v, score=s) for c, v, s in pairs]
    return combine(results, ScreeningParams().combined)


def test_one_criterion_is_enough() -> None:
    found = verdicts(("ms_mb", OUT, 4.0), ("depth", POOR, None), ("regional_ps", KEPT, 0.5))
    assert (found.verdict, found.score, found.data) == (OUT, 4.0, ("ms_mb",))


def test_criteria_that_contradict_each_other_leave_it_to_a_person() -> None:
    found = verdicts(("ms_mb", KEPT, -3.0), ("regional_ps", OUT, 2.5))
    assert (found.verdict, found.code) == (KEPT, "combined.contradicted")
    assert "regional P/S" in found.reason
    assert "Ms:mb speaks against it" in found.reason


def test_a_confirmed_depth_is_not_contradicted() -> None:
    assert verdicts(("ms_mb", KEPT, -3.0), ("depth", OUT, 5.0)).verdict is OUT


def test_no_criterion_screens_out() -> None:
    assert verdicts(("ms_mb", KEPT, -1.0), ("depth", POOR, None)).verdict is KEPT
    assert verdicts(("ms_mb", NOT, None), ("depth", POOR, None)).verdict is POOR
    assert verdicts(("ms_mb", NOT, None), ("depth", NOT, None)).verdict is NOT


def test_thresholds_and_their_version_are_configuration() -> None:
    params = ScreeningParams(version="mine", depth=DepthParams(threshold_km=50.0))
    found = result(deep(40.0, 2.0, *PP), "depth", params)
    assert found.verdict is KEPT
    assert dict(found.params)["version"] == "mine"


def test_every_criterion_answers_an_empty_event() -> None:
    found = screen_event(Event(id="e", origins=()))
    assert [s.criterion for s in found] == [*(c.name for c in criteria()), "combined"]
    assert all(s.reason for s in found)


def test_every_sentence_is_one_and_calm() -> None:
    for code, text in SENTENCES.items():
        named = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        assert all(named), code
        assert text.endswith("."), code
        assert "!" not in text, code


def test_no_text_of_the_room_says_what_vigie_never_says() -> None:
    forbidden = "nuc" + "lear"
    folder = Path(inspect.getfile(vigie.network.screening)).parent
    for path in sorted(folder.glob("*.py")):
        assert forbidden not in path.read_text(encoding="utf-8").lower(), path.name


@pytest.mark.slow
def test_rates_on_simulated_events() -> None:
    from benchmarks.screening_rates import CALIBRATED as SIMULATED
    from benchmarks.screening_rates import rates

    params = ScreeningParams(regional_ps=RegionalParams(model=SIMULATED))
    found = rates(40, 40, seed=11, params=params)
    for criterion in ("ms_mb", "depth", "regional_ps", "combined"):
        wrong = found[criterion]["explosions"][OUT.value]
        # 2.5 % are meant to be; 5 of 40 would be a one in a thousand chance.
        assert wrong < 5, criterion
    assert found["combined"]["earthquakes"][OUT.value] >= 8
