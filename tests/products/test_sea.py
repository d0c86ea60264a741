"""What a page says of the sound in the sea."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.products.conftest import make_event

from vigie.hydroacoustic.locus import charges_at_depths
from vigie.network.hydro.bubble import event_bubble
from vigie.products.figures.charge_depth import charge_depth_plot
from vigie.products.report import Catalogue, event_report
from vigie.products.report.sea import sea_section, sea_sentence
from vigie.products.report.summary import answers
from vigie.records import Amplitude, Detection, Event, Technology

PERIOD_S = 0.3224
"""Of 100 kg of TNT at 50 m."""


def heard(
    classes: dict[str, float] | None,
    periods_s: tuple[float | None, ...],
    *,
    ghost_s: float | None = None,
    phase: str = "H",
) -> Event:
    """Return an event whose first stations heard it through the sea."""
    event = make_event()
    origin = event.origins[0]
    detections: list[Detection] = []
    for d, period_s in zip(event.detections, periods_s, strict=False):
        locus = () if period_s is None else charges_at_depths(period_s, 0.001)
        detections.append(
            replace(
                d,
                phase=phase,
                technology=Technology.HYDROACOUSTIC,
                class_probabilities=tuple((classes or {}).items()),
                bubble_period_s=period_s,
                bubble_period_s_sigma=None if period_s is None else 0.001,
                ghost_delay_s=ghost_s,
                ghost_delay_s_sigma=None if ghost_s is None else 0.001,
                charge_locus=locus,
                azimuth_deg=217.92,
                azimuth_deg_sigma=0.5,
                amplitudes=(
                    Amplitude(type="band:rms", value=0.0398, unit="Pa", band_hz=(32.0, 64.0)),
                ),
            )
        )
    associations = tuple(
        replace(a, phase=phase, azimuth_residual_deg=0.1516)
        for a, _ in zip(origin.associations, detections, strict=False)
    )
    return replace(
        event,
        origins=(replace(origin, associations=associations),),
        detections=tuple(detections),
        magnitudes=(),
    )


EXPLOSION = {"H": 0.98, "T": 0.015, "N": 0.005}


def test_an_explosion_states_class_bubble_and_charges() -> None:
    event = heard(EXPLOSION, (PERIOD_S, PERIOD_S + 0.001, PERIOD_S))
    told = dict(answers(event, Catalogue()))
    assert told["What the sea says"] == (
        "Sound like that of an explosion in the water (class H) at 3 of 3 stations, with a "
        "probability of 0.98. Bubble period 0.3227 ± 0.0010 s, at 3 stations, which agree."
    )
    assert told["How big"].startswith(
        "If it was an explosion in the sea: 100 kg of TNT at 50 m, 2.3 t of TNT at 200 m or 116 t "
        "of TNT at 1000 m, by the period of its bubble."
    )
    page = event_report(event)
    assert ">Evidence in the sea<" in page
    assert "0.3224 ± 0.0010" in page
    assert "39.8 mPa" in page
    assert "+0.2 ± 0.5" in page
    assert page.count('<figure class="charge_depth">') == 1


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            heard({"H": 0.02, "T": 0.97, "N": 0.01}, (None, None), phase="T"),
            "Sound like that of an earthquake (class T) at 2 of 2 stations, with a probability of",
        ),
        (
            heard(None, (None,)),
            "as H by the list of arrivals or by association; no probabilities of a class are",
        ),
        (heard({"H": 0.999}, (None,)), "with a probability above 0.99. No bubble pulse was found"),
        (
            heard(EXPLOSION, (0.3, 0.17)),
            "The bubble periods of the stations differ (S00 0.3 s, S01 0.17 s)",
        ),
        (heard(EXPLOSION, (0.3, 0.3, 0.17)), "at 2 stations, which agree. Other periods at S02"),
        (
            heard(EXPLOSION, (0.3,), ghost_s=0.04),
            "If the echo is that of the surface, the source was at least 30 m deep.",
        ),
    ],
)
def test_the_sea_is_told_in_words(event: Event, said: str) -> None:
    assert said in sea_sentence(event, Catalogue())
    assert "What the sea says" in dict(answers(event, Catalogue()))


def test_no_charge_is_stated_where_there_is_no_common_bubble() -> None:
    for periods in ((None, None), (0.3, 0.17)):
        event = heard(EXPLOSION, periods)
        assert "explosion in the sea" not in dict(answers(event, Catalogue()))["How big"]
        assert "charge_depth" not in sea_section(event, Catalogue())


def test_an_event_not_heard_in_the_sea_has_no_such_section() -> None:
    assert sea_section(make_event(), Catalogue()) == ""
    assert "What the sea says" not in dict(answers(make_event(), Catalogue()))


def test_the_figure_follows_the_law_between_the_depths_that_are_stated() -> None:
    bubble = event_bubble(heard(EXPLOSION, (PERIOD_S,), ghost_s=0.04).detections)
    assert bubble is not None
    drawing = charge_depth_plot(bubble)
    assert re.search(r"bubble period of 0\.3224 s", drawing.alt)
    mass, depth = drawing.figure.axes[0].lines[0].get_data()
    at = abs(depth - 5.0).argmin()
    willis = (PERIOD_S * (depth[at] + 10.1) ** (5 / 6) / 2.11) ** 3
    assert mass[at] == pytest.approx(willis, rel=1e-3)
