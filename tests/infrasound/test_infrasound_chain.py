"""Infrasound arrays, recorded and simulated: what is found, which element is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.errors import ArrayGeometryError
from vigie.exchange import open_intake
from vigie.geodesy import destination
from vigie.infrasound import InfrasoundRecipe, process_array
from vigie.infrasound.categories import category_of
from vigie.infrasound.elements import judge_elements
from vigie.infrasound.pressure import pressure_of
from vigie.pipeline.detect import detect_all, stations_of
from vigie.pipeline.station_book import open_book
from vigie.records import (
    Channel,
    ChannelId,
    Response,
    ResponseStage,
    Site,
    Station,
    Technology,
    Waveform,
    parse_iso,
)
from vigie.signal.pmcc import Family

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vigie.pipeline.detect import DetectRun
    from vigie.records import Detection

RATE_HZ = 20.0
START_NS = parse_iso("2020-01-01T00:00:00Z")
RANGES_KM = np.array([0.0, 0.4, 0.5, 0.6, 1.1, 1.2, 1.0])
AZIMUTHS_DEG = np.array([0.0, 20.0, 140.0, 260.0, 80.0, 200.0, 320.0])


def station(n: int = 7) -> Station:
    return station_at(AZIMUTHS_DEG[:n], RANGES_KM[:n])


def station_at(azimuth_deg: np.ndarray, range_km: np.ndarray) -> Station:
    """Return an array whose elements lie so about its reference point."""
    latitude, longitude = destination(40.0, 10.0, azimuth_deg, range_km / 111.195)
    sites = tuple(
        Site(code=f"S{k}", latitude=float(a), longitude=float(b), elevation_m=0.0)
        for k, (a, b) in enumerate(zip(latitude, longitude, strict=True))
    )
    return Station(
        code="S",
        latitude=40.0,
        longitude=10.0,
        elevation_m=0.0,
        technology=Technology.INFRASOUND,
        sites=sites,
    )


def recordings(
    bursts: Sequence[tuple[float, float, float]],
    *,
    n: int = 7,
    length_s: float = 900.0,
    snr: float = 4.0,
) -> list[Waveform]:
    """Return bursts of 0.4-3 Hz, 40 s long, from (time s, azimuth deg, velocity m/s)."""
    rng = np.random.default_rng(17)
    count = round(length_s * RATE_HZ)
    freq = np.fft.rfftfreq(2 * count, 1.0 / RATE_HZ)
    angle = np.radians(AZIMUTHS_DEG[:n])
    offsets = RANGES_KM[:n, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    rows = np.fft.irfft(
        np.where((freq > 0.1) & (freq < 6.0), np.fft.rfft(rng.normal(size=(n, 2 * count))), 0.0)
    )[:, :count]
    rows /= rows.std()
    for time_s, azimuth_deg, velocity_m_s in bursts:
        white = np.fft.rfft(rng.normal(size=2 * count))
        wave = np.fft.irfft(np.where((freq > 0.4) & (freq < 3.0), white, 0.0))
        shape = np.zeros(2 * count)
        first = round(time_s * RATE_HZ)
        shape[first : first + round(40 * RATE_HZ)] = np.hanning(round(40 * RATE_HZ))
        turn = np.radians(azimuth_deg)
        delay = -offsets @ np.array([np.sin(turn), np.cos(turn)]) * 1e3 / velocity_m_s
        spectrum = np.fft.rfft(shape * wave / wave.std())
        moved = np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq * delay[:, None]))
        rows += snr * moved[:, :count]
    return [
        Waveform(ChannelId("XX", f"S{k}", "", "BDF"), START_NS, RATE_HZ, np.round(1000.0 * row))
        for k, row in enumerate(rows)
    ]


def largest(detections: Sequence[Detection]) -> Detection:
    return max(detections, key=lambda d: d.family_size or 0)


def test_two_bursts_are_two_detections_with_all_that_users_ask() -> None:
    found = process_array(recordings([(200.0, 75.0, 340.0), (600.0, 300.0, 360.0)]), station())
    strong = [d for d in found.detections if (d.family_size or 0) > 60]
    assert len(strong) == 2
    for detection, azimuth, velocity in zip(strong, (75.0, 300.0), (340.0, 360.0), strict=True):
        assert detection.azimuth_deg == pytest.approx(azimuth, abs=1.0)
        assert detection.azimuth_deg_sigma is not None
        assert detection.trace_velocity_m_s == pytest.approx(velocity, rel=0.01)
        assert detection.slowness_s_per_deg == pytest.approx(111_195.0 / velocity, rel=0.01)
        assert detection.technology is Technology.INFRASOUND
        assert detection.phase == "I"
        assert (detection.p_value or 1.0) < 1e-10
        assert len(detection.elements) == 7
        assert detection.amplitudes[0].unit == "count"
    # Bursts begin slowly (a Hann window of 40 s).
    times = [(d.time_ns - START_NS) / 1e9 for d in strong]
    assert times == pytest.approx([200.0, 600.0], abs=6.0)
    for time_s, truth_s, detection in zip(times, (200.0, 600.0), strong, strict=True):
        assert abs(time_s - truth_s) < 3.0 * (detection.time_sigma_s or 0.0)
    assert "no calibration" in " ".join(found.notes)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["polarity", "clock", "incoherent"])
@pytest.mark.parametrize("element", range(7))
def test_a_faulty_element_is_named_and_left_out(fault: str, element: int) -> None:
    waveforms = recordings([(200.0, 75.0, 340.0), (600.0, 300.0, 360.0)])
    wrong = waveforms[element]
    samples = np.asarray(wrong.samples, dtype=np.float64)
    if fault == "polarity":
        wrong = wrong.with_samples(-samples)
    elif fault == "clock":
        wrong = replace(wrong, start_ns=wrong.start_ns + 10**9)
    else:
        wrong = wrong.with_samples(np.random.default_rng(1).permutation(samples))
    waveforms[element] = wrong
    found = process_array(waveforms, station())
    (excluded,) = found.detections[0].excluded_elements
    assert excluded.element == f"S{element}"
    assert {"polarity": "polarity", "clock": "time", "incoherent": "coherent"}[
        fault
    ] in excluded.reason
    assert any(f"S{element}" in note for note in found.notes)
    azimuths = [d.azimuth_deg for d in found.detections if (d.family_size or 0) > 60]
    assert azimuths == [pytest.approx(75.0, abs=1.5), pytest.approx(300.0, abs=1.5)]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["polarity", "clock"])
@pytest.mark.parametrize("culprits", [(1, 4), (0, 6)])
def test_two_elements_of_the_same_fault_are_named(fault: str, culprits: tuple[int, int]) -> None:
    waveforms = recordings([(200.0, 75.0, 340.0), (600.0, 300.0, 360.0)])
    for element in culprits:
        wrong = waveforms[element]
        samples = np.asarray(wrong.samples, dtype=np.float64)
        if fault == "polarity":
            waveforms[element] = wrong.with_samples(-samples)
        else:
            waveforms[element] = replace(wrong, start_ns=wrong.start_ns + 10**9)
    found = process_array(waveforms, station())
    excluded = {e.element for e in found.detections[0].excluded_elements}
    assert excluded == {f"S{element}" for element in culprits}
    azimuths = [d.azimuth_deg for d in found.detections if (d.family_size or 0) > 60]
    assert azimuths == [pytest.approx(75.0, abs=1.5), pytest.approx(300.0, abs=1.5)]


@pytest.mark.slow
def test_half_of_the_elements_reversed_is_told_and_turns_no_direction() -> None:
    waveforms = recordings([(200.0, 75.0, 340.0), (600.0, 300.0, 360.0)], n=4)
    for element in (1, 2):
        samples = np.asarray(waveforms[element].samples, dtype=np.float64)
        waveforms[element] = waveforms[element].with_samples(-samples)
    found = process_array(waveforms, station(4))
    assert any("opposite polarity" in note for note in found.notes)
    azimuths = [d.azimuth_deg for d in found.detections if (d.family_size or 0) > 60]
    assert azimuths == [pytest.approx(75.0, abs=1.5), pytest.approx(300.0, abs=1.5)]


def test_a_dead_element_is_named_in_every_detection() -> None:
    waveforms = recordings([(300.0, 10.0, 345.0)])
    waveforms[2] = waveforms[2].with_samples(np.zeros(len(waveforms[2].samples)))
    found = process_array(waveforms, station())
    assert found.detections
    for detection in found.detections:
        assert [e.element for e in detection.excluded_elements] == ["S2"]
        assert "S2" not in detection.elements


@pytest.mark.parametrize("gain", [0.1, 10.0, 100.0])
def test_an_odd_gain_is_named_and_spoils_no_amplitude(gain: float) -> None:
    waveforms = recordings([(300.0, 10.0, 345.0)])
    plain = largest(process_array(waveforms, station()).detections)
    odd = waveforms[3]
    waveforms[3] = odd.with_samples(np.round(gain * np.asarray(odd.samples, dtype=np.float64)))
    found = process_array(waveforms, station())
    (note,) = [n for n in found.notes if "times the pressure" in n]
    assert "S3" in note
    told = float(note.split(" records ")[1].split(" times")[0])
    assert told == pytest.approx(gain, rel=0.1)
    for one, other in zip(largest(found.detections).amplitudes, plain.amplitudes, strict=True):
        assert one.type == other.type
        assert one.value == pytest.approx(other.value, rel=0.1)


@pytest.mark.parametrize("element", [0, 5])
def test_a_burst_on_one_element_hides_no_family(element: int) -> None:
    waveforms = recordings([(300.0, 10.0, 345.0)])
    plain = largest(process_array(waveforms, station()).detections)
    loud = waveforms[element]
    samples = np.asarray(loud.samples, dtype=np.float64).copy()
    samples[5900:7000] += 3e5 * np.random.default_rng(2).normal(size=1100)
    waveforms[element] = loud.with_samples(np.round(samples))
    found = process_array(waveforms, station())
    detection = largest(found.detections)
    assert detection.azimuth_deg == pytest.approx(10.0, abs=1.0)
    assert detection.family_size == pytest.approx(plain.family_size, rel=0.25)
    assert f"S{element}" not in detection.elements
    assert abs(detection.time_ns - plain.time_ns) < 3e9
    (note,) = [n for n in found.notes if "burst" in n]
    assert f"S{element}" in note
    assert any("burst" in m.method for m in found.masks)


def test_clean_arrays_lose_no_element() -> None:
    found = process_array(recordings([(300.0, 10.0, 345.0)]), station())
    assert all(not d.excluded_elements for d in found.detections)
    assert not any("times the pressure" in note for note in found.notes)
    assert not any("burst" in note for note in found.notes)


def test_two_live_elements_are_refused_and_three_are_told_of() -> None:
    waveforms = recordings([(300.0, 10.0, 345.0)], n=3)
    found = process_array(waveforms, station(3))
    assert any("three elements" in note for note in found.notes)
    with pytest.raises(ArrayGeometryError, match="2 elements"):
        process_array(waveforms[:2], station(3))


def test_other_channels_gaps_late_starts_and_other_rates_are_survived() -> None:
    waveforms = recordings([(300.0, 10.0, 345.0)])
    wind = Waveform(ChannelId("XX", "S0", "", "LWS"), START_NS, 1.0, np.zeros(900))
    first = waveforms[0]
    gap = [
        first.with_samples(first.samples[:2000]),
        first.with_samples(first.samples[2400:], start_ns=first.time_ns(2400)),
    ]
    late = waveforms[1].slice(waveforms[1].time_ns(333), waveforms[1].end_ns)
    half = waveforms[2].with_samples(np.asarray(waveforms[2].samples, dtype=np.float64)[::2])
    slower = replace(half, rate_hz=RATE_HZ / 2.0)
    found = process_array([wind, *gap, late, slower, *waveforms[3:]], station())
    assert largest(found.detections).azimuth_deg == pytest.approx(10.0, abs=1.0)
    assert any("LWS" in note for note in found.notes)
    (told,) = [note for note in found.notes if "slowest rate, 10 Hz" in note]
    assert "S0 (20 Hz)" in told
    assert "S2" not in told


def test_a_response_that_is_not_of_pressure_is_named() -> None:
    place = station(3)
    stages = (ResponseStage(kind="gain", gain=232.0),)
    wrong = replace(gain_of(232.0), response=Response(input_unit="m/s", stages=stages))
    sites = tuple(
        replace(site, channels=(replace(wrong, id=ChannelId("XX", site.code, "", "BDF")),))
        for site in place.sites
    )
    waveforms = recordings([(300.0, 10.0, 345.0)], n=3)
    with pytest.raises(ArrayGeometryError, match="its response m/s and not Pa"):
        process_array(waveforms, replace(place, sites=sites))


def test_a_record_cut_into_pieces_gives_what_the_whole_gives() -> None:
    waveforms = recordings([(280.0, 75.0, 340.0), (600.0, 300.0, 360.0)])
    recipe = InfrasoundRecipe()
    whole = process_array(waveforms, station(), recipe)
    parts = process_array(waveforms, station(), replace(recipe, piece_s=300.0))
    big = [[d for d in r.detections if (d.family_size or 0) > 60] for r in (whole, parts)]
    assert len(big[0]) == len(big[1]) == 2
    for one, other in zip(*big, strict=True):
        assert one.azimuth_deg == pytest.approx(other.azimuth_deg, abs=0.3)
        assert one.family_size == pytest.approx(other.family_size, rel=0.1)


def gain_of(counts_per_pa: float) -> Channel:
    return Channel(
        id=ChannelId("XX", "S0", "", "BDF"),
        latitude=0.0,
        longitude=0.0,
        elevation_m=0.0,
        response=Response(
            input_unit="Pa", stages=(ResponseStage(kind="gain", gain=counts_per_pa),)
        ),
    )


def test_a_gain_is_applied_to_counts_and_never_to_pascals() -> None:
    counts = Waveform(ChannelId("XX", "S0", "", "BDF"), 0, 20.0, np.arange(100))
    pascals = counts.with_samples(np.arange(100) / 232.0)
    assert pressure_of(counts, gain_of(232.0), 1.0).pa_per_count == pytest.approx(1.0 / 232.0)
    found = pressure_of(pascals, gain_of(232.0), 1.0)
    assert found.pa_per_count == 1.0
    assert "gain is not applied" in found.note
    assert pressure_of(counts, None, 1.0).pa_per_count is None
    # A repaired glitch is a line between counts: they stay counts.
    repaired = np.arange(100, dtype=np.float64)
    repaired[40:45] += 0.3
    assert pressure_of(counts.with_samples(repaired), None, 1.0).pa_per_count is None
    assert pressure_of(replace(counts, unit="Pa"), gain_of(232.0), 1.0).pa_per_count == 1.0


def test_families_that_are_no_event_are_noise_with_a_reason() -> None:
    family = Family(
        np.arange(40), 0.0, 60.0, 90.0, 1.0, 0.345, 0.002, 0.5, 2.0, 1.0, 1e-9,
        np.ones(4, np.bool_),
    )  # fmt: skip
    params = InfrasoundRecipe().categories
    assert category_of(family, params) == ("I", "")
    for change, reason in (
        ({"velocity_km_s": 0.2}, "slower"),
        ({"velocity_km_s": 3.0}, "faster"),
        ({"p_value": 0.5}, "noise"),
        ({"end_s": 2000.0, "low_hz": 0.1, "high_hz": 0.5}, "microbaroms"),
        ({"end_s": 9000.0}, "lasting"),
    ):
        phase, told = category_of(replace(family, **change), params)  # type: ignore[arg-type]
        assert phase == "N"
        assert reason in told


def test_three_elements_are_not_judged() -> None:
    verdict = judge_elements(
        np.zeros((3, 9000)), 20.0, np.eye(3)[:, :2], "abc", InfrasoundRecipe().elements
    )
    assert verdict.excluded == ()


def detected(*paths: Path) -> DetectRun:
    book = open_book([path for path in paths if path.suffix in {".csv", ".xml"}])
    sources = [str(path) for path in paths if path.suffix not in {".csv", ".xml"}]
    return detect_all(open_intake(sources), book)


@pytest.mark.data
@pytest.mark.slow
def test_brp_as_three_tools_agree(shared_data: Path) -> None:
    folder = shared_data / "infrasound" / "brp"
    run = detected(folder / "YJ.BRP_20120409_100Hz.mseed", folder / "elements.csv")
    big = [d for d in run.detections if (d.family_size or 0) > 50]
    # Their first windows with the wave, of 10 s; a weak beginning lies before.
    for time, azimuth, velocity in (
        ("2012-04-09T18:07:05Z", 319.8, 377.0),
        ("2012-04-09T18:10:15Z", 250.5, 342.0),
        ("2012-04-09T18:13:30Z", 321.3, 375.0),
    ):
        fits = [
            d
            for d in big
            if -60e9 < d.time_ns - parse_iso(time) < 10e9
            and abs((d.azimuth_deg or 0.0) - azimuth) < 3.0
            and (d.trace_velocity_m_s or 0.0) == pytest.approx(velocity, rel=0.05)
        ]
        assert len(fits) == 1


@pytest.mark.data
@pytest.mark.slow
def test_the_explosion_of_humming_roadrunner_is_heard_from_its_direction(shared_data: Path) -> None:
    folder = shared_data / "infrasound" / "hrr5"
    files = sorted(folder.glob("*.mseed"))
    run = detected(*files, folder / "elements.csv")
    for code, azimuth in (("W220", 110.85), ("W240", 107.40), ("W340", 102.66), ("W420", 82.40)):
        detection = largest([d for d in run.detections if d.station == code])
        off = abs((detection.azimuth_deg or 0.0) - azimuth)
        assert off < max(3.0, detection.azimuth_deg_sigma or 0.0)
        assert 335.0 < (detection.trace_velocity_m_s or 0.0) < 375.0


@pytest.mark.data
@pytest.mark.slow
def test_the_simulated_pulse_is_one_family_in_pascals(shared_data: Path) -> None:
    folder = shared_data / "infrasound" / "knmi_synthetic"
    run = detected(folder, folder / "NL.DIA.xml")
    (detection,) = [d for d in run.detections if (d.p_value or 1.0) < 1e-4]
    assert detection.azimuth_deg == pytest.approx(90.0, abs=0.5)
    assert detection.trace_velocity_m_s == pytest.approx(340.0, rel=0.01)
    amplitudes = {a.type: a for a in detection.amplitudes}
    assert {a.unit for a in detection.amplitudes} == {"Pa"}
    # The pulse is of 10 Pa in noise of 1 Pa.
    assert amplitudes["beam:max"].value == pytest.approx(10.0, rel=0.1)
    assert 10.0 < amplitudes["beam:peak_to_peak"].value < 20.0
    assert amplitudes["beam:rms"].value < 1.0
    # It is at its largest 2.1 s after it stands out of the noise.
    late_s = (parse_iso("2007-01-01T00:15:01.45Z") - detection.time_ns) / 1e9
    assert 0.0 < late_s < 3.0
    assert any("not whole numbers" in note for run_ in run.runs for note in run_.notes)


@pytest.mark.parametrize("gain", [1.4, 30.0])
def test_the_onset_does_not_hang_on_the_gain_of_one_element(gain: float) -> None:
    waves = recordings([(300.0, 75.0, 340.0)], n=4)
    louder = [
        waves[0],
        waves[1].with_samples(gain * np.asarray(waves[1].samples, dtype=np.float64)),
        *waves[2:],
    ]
    plain, loud = (largest(process_array(w, station(4)).detections) for w in (waves, louder))
    assert loud.time_ns == pytest.approx(plain.time_ns, abs=10**9)


@pytest.mark.data
@pytest.mark.slow
def test_an_onset_found_behind_the_first_window_holds_the_way_back(shared_data: Path) -> None:
    """Without its second element nothing stands out of BRP's beam when the wave begins."""
    folder = shared_data / "infrasound" / "brp"
    intake = open_intake([str(folder / "YJ.BRP_20120409_100Hz.mseed")])
    book = open_book([folder / "elements.csv"])
    ((_, waveforms, known),) = stations_of(intake, book, join=True)
    assert known is not None
    dead = [
        w.with_samples(0.0 * w.samples) if w.channel.station == "BRP2" else w for w in waveforms
    ]
    assert any(not w.samples.any() for w in dead)
    times = [largest(process_array(w, known).detections) for w in (list(waveforms), dead)]
    clean, found = times
    assert found.time_sigma_s is not None
    assert abs(found.time_ns - clean.time_ns) / 1e9 < 2.0 * found.time_sigma_s
