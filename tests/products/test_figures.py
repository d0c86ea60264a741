"""Figures: their data, their words, their metadata."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from tests.products.conftest import ORIGIN_NS, RATE_HZ, make_event

from vigie.earth import load_predictor
from vigie.errors import ParameterError
from vigie.geodesy import distance_azimuths
from vigie.products.figures import (
    Drawing,
    event_map,
    magnitude_plot,
    ms_mb_plot,
    record_section,
    residual_plot,
    sound_section,
    travel_time_plot,
)
from vigie.products.figures.azimuth_lines import lines_of_sight
from vigie.products.figures.section_rows import _reduced
from vigie.records import ChannelId, Ellipse, EllipseKind, Event, Inventory, Site, Station, Waveform


def svg_texts(drawing: Drawing) -> list[str]:
    root = ET.fromstring(drawing.svg())
    return ["".join(e.itertext()).strip() for e in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(41.3, 129.08), (90.0, 0.0), (-90.0, 45.0), (10.0, 179.99), (10.0, -180.0)],
)
def test_a_map_anywhere_shows_every_station(latitude: float, longitude: float) -> None:
    drawing = event_map(make_event(latitude, longitude))
    assert drawing is not None
    texts = svg_texts(drawing)
    assert {f"S{i:02d}" for i in range(12)} <= set(texts)
    assert "12 stations at 3.0° to 90.0°" in drawing.alt
    assert "90 % coverage" in texts


def test_ellipses_that_cannot_be_seen_are_told_and_not_in_the_legend(event: Event) -> None:
    (main,) = (e for e in event.origins[0].ellipses[:1])
    tiny = replace(main, kind=EllipseKind.CONFIDENCE, semi_major_km=0.2, semi_minor_km=0.1)
    huge = replace(main, kind=EllipseKind.K_WEIGHTED, semi_major_km=3000.0, semi_minor_km=2000.0)
    near = replace(main, kind=EllipseKind.K_WEIGHTED, semi_major_km=1.1 * main.semi_major_km)

    def drawn(*others: Ellipse) -> tuple[list[str], str]:
        origin = replace(event.origins[0], ellipses=(main, *others))
        drawing = event_map(replace(event, origins=(origin,)))
        assert drawing is not None
        return svg_texts(drawing), drawing.alt

    texts, alt = drawn(tiny, huge)
    assert not {"90 % confidence", "90 % k-weighted"} & set(texts)
    assert "The 90 % confidence ellipse (0.2 by 0.1 km) is too small to be drawn." in alt
    assert "The 90 % k-weighted ellipse (3,000 by 2,000 km) is too large to be drawn." in alt
    texts, alt = drawn(near)
    assert texts.index("90 % coverage") < texts.index("90 % k-weighted")
    assert "too" not in alt
    assert "the 90 % coverage ellipse, half axes of 9.0 by 5.0 km" in alt


def test_a_map_of_the_south_and_west_says_so() -> None:
    drawing = event_map(make_event(-20.0, -70.0))
    assert drawing is not None
    assert "20.000° S 70.000° W" in drawing.alt


# The line of an azimuth without residual runs through the epicentre; one of 10 deg misses it.
@pytest.mark.parametrize("residual_deg", [0.0, 10.0])
def test_a_line_of_sight_starts_at_the_station_and_runs_along_the_azimuth(
    event: Event, residual_deg: float
) -> None:
    origin = event.origins[0]
    first = replace(
        origin.associations[0], azimuth_residual_deg=residual_deg, azimuth_defining=True
    )
    sighted = replace(origin, associations=(first, *origin.associations[1:]))
    ((association, line),) = lines_of_sight(sighted)
    assert association is first
    start, _, _ = distance_azimuths(line[0, 0], line[0, 1], origin.latitude, origin.longitude)
    assert float(start) == pytest.approx(first.delta_deg, abs=1e-6)
    off, _, _ = distance_azimuths(line[:, 0], line[:, 1], origin.latitude, origin.longitude)
    assert first.delta_deg is not None
    expected = np.degrees(
        np.arcsin(np.sin(np.radians(first.delta_deg)) * np.sin(np.radians(residual_deg)))
    )
    assert float(np.min(off)) == pytest.approx(float(expected), abs=0.03 * first.delta_deg)
    drawing = event_map(replace(event, origins=(sighted,)))
    assert drawing is not None
    assert "1 measured azimuth as lines" in drawing.alt
    assert "azimuth, used" in svg_texts(drawing)


def test_silent_stations_are_told_apart(event: Event, inventory: Inventory) -> None:
    with_silent, without = event_map(event, inventory), event_map(event)
    assert with_silent is not None
    assert without is not None
    assert "not associated" in svg_texts(with_silent)
    assert "not associated" not in svg_texts(without)


def test_a_section_marks_readings(event: Event, waveforms: tuple[Waveform, ...]) -> None:
    drawing = record_section(event, waveforms)
    assert drawing is not None
    ax = drawing.figure.axes[0]
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert labels[0] == "S00  3.0°"
    assert labels == sorted(labels, key=lambda text: float(text.split()[1][:-1]))
    # Each row's axis begins at its own reading, where there is no prediction.
    traces = [line for line in ax.lines if len(line.get_xdata()) > 10]
    for k, line in enumerate(traces):
        time_s, values = (np.asarray(a, dtype=float) for a in line.get_data())
        peak_s = time_s[np.nanargmax(np.abs(values - k))]
        assert 0.0 <= peak_s <= 3.0


def test_a_section_finds_the_elements_of_an_array(
    event: Event, waveforms: tuple[Waveform, ...]
) -> None:
    first = waveforms[0]
    element = Waveform(
        first.channel._replace(station="S00A1"), first.start_ns, first.rate_hz, first.samples
    )
    array = Station(
        code="S00",
        latitude=0.0,
        longitude=0.0,
        elevation_m=0.0,
        sites=(Site(code="S00A1", latitude=0.0, longitude=0.0, elevation_m=0.0),),
    )
    assert record_section(event, [element]) is None
    drawing = record_section(event, [element], inventory=Inventory((array,)))
    assert drawing is not None
    assert "of 1 station between" in drawing.alt


def test_a_section_bears_gaps_and_flat_traces(
    event: Event, waveforms: tuple[Waveform, ...]
) -> None:
    wave = waveforms[0]
    middle = wave.start_ns + 125 * 10**9
    pieces = [wave.slice(wave.start_ns, middle), wave.slice(middle + 3 * 10**9, wave.end_ns)]
    drawing = record_section(event, pieces)
    assert drawing is not None
    flat = wave.with_samples(np.zeros(len(wave.samples)))
    assert record_section(event, [flat]) is None


def heard(event: Event) -> tuple[Event, Waveform]:
    """Return an event whose first arrival is infrasound 700 s after it, and its recording."""
    origin, at_ns = event.origins[0], ORIGIN_NS + 700 * 10**9
    first = replace(
        origin.associations[0], phase="I", delta_deg=1.9, time_residual_s=40.0, time_error_s=25.0
    )
    sounds = [
        replace(d, time_ns=at_ns, freq_hz=1.0) if d.id == first.detection_id else d
        for d in event.detections
    ]
    rng = np.random.default_rng(1)
    wave = Waveform(
        ChannelId("XX", first.station, "", "BDF"),
        at_ns - 300 * 10**9,
        20.0,
        rng.normal(size=12_000).astype(np.float32),
    )
    heard_origin = replace(origin, associations=(first, *origin.associations[1:]))
    return replace(event, origins=(heard_origin,), detections=tuple(sounds)), wave


def test_sound_has_a_section_of_its_own(event: Event) -> None:
    with_sound, wave = heard(event)
    assert record_section(with_sound, [wave]) is None
    drawing = sound_section(with_sound, [wave])
    assert drawing is not None
    assert "of 1 station between 1.9° and 1.9° that heard the event" in drawing.alt
    assert "read, used" in svg_texts(drawing)
    assert sound_section(event, [wave]) is None


def test_sound_is_shown_from_before_its_onset_until_after_its_end(event: Event) -> None:
    with_sound, wave = heard(event)
    long = tuple(replace(d, duration_s=200.0) for d in with_sound.detections)
    origin = with_sound.origins[0]
    for found, last_s in ((with_sound, 120.0), (replace(with_sound, detections=long), 320.0)):
        drawing = sound_section(found, [wave])
        assert drawing is not None
        begin, end = drawing.figure.axes[0].get_xlim()
        assert begin <= -60.0
        assert end >= last_s
    # Read at the middle of its energy, a T may have begun its duration earlier.
    first = replace(origin.associations[0], phase="T")
    late = replace(origin, associations=(first, *origin.associations[1:]))
    drawing = sound_section(replace(with_sound, origins=(late,), detections=long), [wave])
    assert drawing is not None
    assert drawing.figure.axes[0].get_xlim() == (-220.0, 230.0)


def test_a_t_station_on_an_island_is_drawn_by_its_vertical(event: Event) -> None:
    with_sound, wave = heard(event)
    origin = with_sound.origins[0]
    of_land = replace(wave, channel=ChannelId("XX", wave.channel.station, "", "HHZ"))
    assert sound_section(with_sound, [of_land]) is None
    first = replace(origin.associations[0], phase="T")
    as_t = replace(origin, associations=(first, *origin.associations[1:]))
    assert sound_section(replace(with_sound, origins=(as_t,)), [of_land]) is not None


def test_an_array_is_drawn_by_the_element_that_recorded_the_arrival(event: Event) -> None:
    with_sound, wave = heard(event)
    code = wave.channel.station
    sites = tuple(
        Site(code=f"{code}{i}", latitude=0.0, longitude=0.0, elevation_m=0.0) for i in (1, 2)
    )
    stations = Station(code=code, latitude=0.0, longitude=0.0, elevation_m=0.0, sites=sites)
    # More samples, but they end before the sound came.
    samples = np.zeros(60_000, np.float32)
    early = Waveform(
        ChannelId("XX", f"{code}1", "", "BDF"), wave.start_ns - 3300 * 10**9, 20.0, samples
    )
    heard_it = replace(wave, channel=ChannelId("XX", f"{code}2", "", "BDF"))
    assert sound_section(with_sound, [early, heard_it], inventory=Inventory((stations,)))


def test_sound_is_told_apart_from_waves_through_rock(event: Event) -> None:
    with_sound, _ = heard(event)
    residuals = residual_plot(with_sound)
    times = travel_time_plot(with_sound, load_predictor("ak135"))
    assert residuals is not None
    assert times is not None
    assert "air and sea, used" in svg_texts(residuals)
    assert "air and sea, used" not in svg_texts(residual_plot(event) or residuals)
    assert {"0.34 km/s", "0.3 km/s", "0.25 km/s"} <= set(svg_texts(times))


def test_reduction_keeps_the_extremes() -> None:
    rng = np.random.default_rng(2)
    time_s = np.arange(20_000) / RATE_HZ
    values = rng.normal(size=20_000)
    kept_s, kept = _reduced(time_s, values, (0.0, float(time_s[-1])), 500)
    assert len(kept) <= 1001
    assert kept.max() == values.max()
    assert kept.min() == values.min()
    assert np.all(np.diff(kept_s) >= 0.0)


def test_residuals_show_what_was_used(event: Event) -> None:
    drawing = residual_plot(event)
    assert drawing is not None
    assert "12 arrivals" in drawing.alt
    assert "11 used" in drawing.alt


def test_magnitudes_show_bounds(event: Event) -> None:
    drawing = magnitude_plot(event)
    assert drawing is not None
    assert "silent: below" in svg_texts(drawing)
    assert "mbmle" in drawing.alt


def test_ms_mb_shows_the_line(event: Event) -> None:
    drawing = ms_mb_plot(event)
    assert drawing is not None
    assert "Ms = mb − 0.64" in svg_texts(drawing)


def test_curves_pass_through_predicted_times(event: Event) -> None:
    from vigie.earth import load_predictor

    predictor = load_predictor("ak135")
    drawing = travel_time_plot(event, predictor)
    assert drawing is not None
    assert {"P", "S", "PcP"} <= set(svg_texts(drawing))
    # ak135, P of a surface source at 60 deg: 10 min 8 s (Kennett, Engdahl & Buland 1995).
    curves = [line for line in drawing.figure.axes[0].lines if len(line.get_xdata()) == 400]
    x, y = (np.asarray(a, dtype=float) for a in curves[0].get_data())
    assert float(np.interp(60.0, x, y)) * 60.0 == pytest.approx(608.0, abs=2.0)


def test_what_has_no_data_draws_nothing() -> None:
    empty = Event(id="e", origins=())
    assert event_map(empty) is None
    assert residual_plot(empty) is None
    assert magnitude_plot(empty) is None
    assert ms_mb_plot(empty) is None
    assert record_section(empty, []) is None


def test_files_name_software_and_command(event: Event) -> None:
    from PIL import Image

    drawing = residual_plot(event)
    assert drawing is not None
    svg = drawing.encoded(".svg", command="vigie report x").decode()
    assert "vigie 0" in svg
    assert "vigie report x" in svg
    with Image.open(BytesIO(drawing.encoded(".png", command="vigie report x"))) as image:
        assert image.info["Software"].startswith("vigie ")
        assert "vigie report x" in image.info["Description"]
    with pytest.raises(ParameterError):
        drawing.encoded(".gif")


def test_equal_figures_are_equal_files(event: Event) -> None:
    first, second = residual_plot(event), residual_plot(event)
    assert first is not None
    assert second is not None
    assert first.svg() == second.svg()


def test_inline_figures_follow_the_page(event: Event) -> None:
    drawing = residual_plot(event)
    assert drawing is not None
    inline = drawing.inline_svg()
    assert "var(--ink, #1b1b1e)" in inline
    assert "<metadata>" not in inline
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', inline))
    assert set(re.findall(r'\sid="([^"]*)"', inline)) == used


def test_an_event_at_time_zero_of_its_axis_needs_no_ellipse(event: Event) -> None:
    bare = replace(event, origins=(replace(event.origins[0], ellipses=()),))
    drawing = event_map(bare)
    assert drawing is not None
    assert "ellipse" not in drawing.alt
    assert event.origins[0].time_ns == ORIGIN_NS
