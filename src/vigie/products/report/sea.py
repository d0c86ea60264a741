"""What the sound in the sea says of an event: class, bubble, and the charges that make it."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from vigie.network.hydro.bubble import EventBubble, event_bubble, periods_of
from vigie.products.figures.charge_depth import charge_depth_plot
from vigie.products.numbers import with_error
from vigie.products.report.html import code, figure, paragraph, section, table
from vigie.products.report.tables import filled_table, number
from vigie.products.report.yields import amount, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.products.report.html import Cell
    from vigie.products.report.words import Catalogue
    from vigie.records import Association, ChargeAtDepth, Detection, Event

    Arrivals = Sequence[tuple[Detection, Association]]

PHASES = frozenset({"H", "T", "O"})
"""Through the sea."""
_CLASSES = ("H", "T", "N")
_TOLD_M = (50.0, 200.0, 1000.0)
"""Depths at which the summary names a charge."""
_KT_PER_KG = 1e-6
_PRESSURES = ((1.0, "Pa"), (1e3, "mPa"), (1e6, "µPa"))
_SURE = 0.995
"""A probability above it would be written as 1.00."""


def sea_arrivals(event: Event) -> list[tuple[Detection, Association]]:
    """Return the arrivals that came through the sea, the nearest first."""
    found = [(d, a) for d, a in event.arrivals() if a.phase in PHASES]
    return sorted(found, key=lambda pair: (pair[1].delta_deg or 0.0, pair[0].time_ns))


def sea_section(event: Event, words: Catalogue) -> str:
    """Return the section; empty where no arrival came through the sea."""
    arrivals = sea_arrivals(event)
    if not arrivals:
        return ""
    bubble = event_bubble(d for d, _ in arrivals)
    parts = [
        paragraph(sea_sentence(event, words)),
        paragraph(words("sea_note"), "note"),
        _arrivals_table(arrivals, words),
    ]
    if bubble is not None:
        parts += [
            figure(charge_depth_plot(bubble)),
            paragraph(words("sea_locus_note"), "note"),
            _charges_table(bubble.charges, words),
        ]
    return section("sea", words("sea"), *parts)


def sea_sentence(event: Event, words: Catalogue) -> str:
    """Return class and bubble in words; empty where no arrival came through the sea."""
    arrivals = sea_arrivals(event)
    if not arrivals:
        return ""
    return " ".join([*_class_sentences(arrivals, words), *_bubble_sentences(arrivals, words)])


def charge_sentence(event: Event, words: Catalogue) -> str:
    """Return the charges that make the bubble at some depths; empty without a bubble."""
    bubble = event_bubble(d for d, _ in sea_arrivals(event))
    if bubble is None:
        return ""
    charges = [
        words("size_charge_at", charge=amount(_KT_PER_KG * c.charge_kg), depth=c.depth_m)
        for c in bubble.charges
        if c.depth_m in _TOLD_M
    ]
    return words("size_charge", charges=listed(charges, words, "list_or"))


def _class_sentences(arrivals: Arrivals, words: Catalogue) -> list[str]:
    """Return for each class the stations that are likeliest of it, with their probabilities."""
    strongest: dict[str, tuple[str, float]] = {}
    for d, a in arrivals:
        for name, chance in d.class_probabilities:
            if chance > strongest.get(a.station, ("", 0.0))[1]:
                strongest[a.station] = name, chance
    n = len({a.station for _, a in arrivals})
    stations = words("one_station") if n == 1 else words("n_stations", n=n)
    if not strongest:
        phases = ", ".join(sorted({a.phase for _, a in arrivals}))
        return [words("sea_class_none", stations=stations, phases=phases)]
    counts = Counter(name for name, _ in strongest.values())
    return [
        words(
            "sea_class",
            what=words.get(f"sea_class.{name}", name),
            name=name,
            n=count,
            stations=stations,
            chance=_chances([p for one, p in strongest.values() if one == name], words),
        )
        for name, count in counts.most_common()
    ]


def _chances(values: Sequence[float], words: Catalogue) -> str:
    low = min(values)
    if low > _SURE:
        return words("sea_sure", p=math.floor(100.0 * low) / 100.0)
    return words("sea_chance" if _chance(low) == _chance(max(values)) else "sea_chances", p=low)


def _chance(value: float) -> str:
    """Write a probability to two digits, but none as sure."""
    if value > _SURE:
        return "> 0.99"
    return f"{value:.2f}" if value >= 1.0 - _SURE else "< 0.01"


def _bubble_sentences(arrivals: Arrivals, words: Catalogue) -> list[str]:
    found = [d for d, _ in arrivals]
    bubble = event_bubble(found)
    if bubble is not None:
        return _agreed(bubble, words)
    periods = periods_of(found)
    if periods:
        named = [_period_at(s, d.bubble_period_s or 0.0) for s, d in sorted(periods.items())]
        return [words("sea_bubbles_differ", periods=", ".join(named))]
    return [words("sea_bubble_none")] if any(d.phase == "H" for d in found) else []


def _agreed(bubble: EventBubble, words: Catalogue) -> list[str]:
    n = len(bubble.stations)
    told = [
        words(
            "sea_bubble",
            period=f"{with_error(bubble.period_s, bubble.sigma_s, 4, ' ± ')} s",
            stations=words("one_station") if n == 1 else words("n_stations", n=n),
            agree=words("sea_agree") if n > 1 else "",
        )
    ]
    if bubble.others:
        named = ", ".join(_period_at(*other) for other in bubble.others)
        told.append(words("sea_other_bubbles", stations=named))
    if bubble.flat_m is not None:
        told.append(words("sea_ghost", depth=bubble.flat_m))
    return told


def _period_at(station: str, period_s: float) -> str:
    return f"{station} {period_s:.3g} s"


def _arrivals_table(arrivals: Arrivals, words: Catalogue) -> str:
    columns = (
        "station", "phase", "chance_h", "chance_t", "chance_n", "bubble", "ghost", "pressure",
        "band", "duration", "seen_azimuth", "speed",
    )  # fmt: skip
    heads = [words(f"col_{name}") for name in columns]
    rows = [_arrival_row(d, a) for d, a in arrivals]
    return filled_table(words("cap_sea", n=len(arrivals)), heads, rows, texts=(0, 1))


def _arrival_row(d: Detection, a: Association) -> list[Cell]:
    chances = dict(d.class_probabilities)
    loudest = next((x for x in d.amplitudes if x.unit == "Pa"), None)
    band = d.band_hz if loudest is None else loudest.band_hz
    return [
        code(a.station),
        code(a.phase),
        *(_chance(chances[name]) if name in chances else "–" for name in _CLASSES),
        _measured(d.bubble_period_s, d.bubble_period_s_sigma, 4),
        _measured(d.ghost_delay_s, d.ghost_delay_s_sigma, 4),
        "–" if loudest is None else _pressure(loudest.value),
        "–" if band is None else f"{band[0]:g}–{band[1]:g}",
        number(d.duration_s, 1),
        _measured(d.azimuth_deg, d.azimuth_deg_sigma, 1),
        _measured(d.trace_velocity_m_s, d.trace_velocity_m_s_sigma, 0),
    ]


def _measured(value: float | None, sigma: float | None, usual: int) -> str:
    return "–" if value is None else with_error(value, sigma, usual, " ± ")


def _pressure(pascals: float) -> str:
    scale, unit = next((u for u in _PRESSURES if u[0] * pascals >= 1.0), _PRESSURES[-1])
    return f"{scale * pascals:.3g} {unit}"


def _charges_table(charges: Sequence[ChargeAtDepth], words: Catalogue) -> str:
    heads = [words(f"col_{name}") for name in ("depth_m", "charge", "charge_90")]
    rows: list[list[Cell]] = [
        [
            f"{c.depth_m:.0f}" if c.depth_m >= 10.0 else f"{c.depth_m:.1f}",
            amount(_KT_PER_KG * c.charge_kg),
            words(
                "yield_between",
                low=amount(_KT_PER_KG * c.low_kg),
                high=amount(_KT_PER_KG * c.high_kg),
            ),
        ]
        for c in charges
    ]
    return table(words("cap_charges"), heads, rows, text_columns=(0,))
