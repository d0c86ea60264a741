"""The tables of a report: arrivals, magnitudes, screening."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from vigie.geodesy import KM_PER_DEG
from vigie.network.magnitude import MB, MagnitudeParams, ml_scale, station_magnitudes
from vigie.products.figures.phases import LOCAL_TO_DEG
from vigie.products.numbers import digits_for
from vigie.products.report.html import bullets, code, paragraph, table
from vigie.records import format_iso

if TYPE_CHECKING:
    from vigie.products.report.html import Cell
    from vigie.products.report.words import Catalogue
    from vigie.records import Association, Detection, Event, Magnitude, Screening


_MOST_OPEN = 25
"""Tables of more stations are folded."""
_RANGE = re.compile(r"^(distance|depth|period) [\d.]+ \w+ outside (.*)$")
"""A reason with a station's own number, which is taken out to count equal ones."""


def number(value: float | None, digits: int) -> str:
    """Write a number, or a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.{digits}f}"


def signed(value: float | None, digits: int) -> str:
    """Write a number with its sign, or a dash; what rounds to nought has none."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0.0 else text


def arrivals_table(event: Event, words: Catalogue) -> str:
    """Return the arrivals in the order of distance."""
    arrivals = sorted(
        event.arrivals(), key=lambda pair: (pair[1].delta_deg or 0.0, pair[0].time_ns)
    )
    if not arrivals:
        return paragraph(words("no_arrivals"))
    is_local = max(a.delta_deg or 0.0 for _, a in arrivals) < LOCAL_TO_DEG
    distance = "distance_km" if is_local else "distance"
    heads = [
        words(f"col_{name}")
        for name in (
            "station", "phase", distance, "azimuth", "time", "residual", "error", "azres",
            "slores", "snr", "used",
        )
    ]  # fmt: skip
    used = sum(a.defining for _, a in arrivals)
    caption = words("cap_arrivals", n=len(arrivals), used=used)
    rows = [_arrival_row(d, a, words, is_local=is_local) for d, a in arrivals]
    return filled_table(caption, heads, rows, texts=(0, 1, 10))


def _arrival_row(
    detection: Detection, a: Association, words: Catalogue, *, is_local: bool
) -> list[Cell]:
    distance_km = None if a.delta_deg is None else a.delta_deg * KM_PER_DEG
    clock = format_iso(detection.time_ns, digits=2)[11:-1]
    return [
        code(a.station),
        code(a.phase),
        number(distance_km, 1) if is_local else number(a.delta_deg, 2),
        number(a.seaz_deg, 1),
        clock,
        signed(a.time_residual_s, 2),
        number(a.time_error_s, 2),
        _residual(a.azimuth_residual_deg, detection.azimuth_deg_sigma),
        _residual(a.slowness_residual_s_per_deg, detection.slowness_s_per_deg_sigma),
        number(detection.snr, 0),
        _used(a, words),
    ]


def _residual(value: float | None, sigma: float | None) -> str:
    """Write a residual with the error of the reading, to the digits of the error."""
    digits = digits_for(sigma, 1)
    text = signed(value, digits)
    return text if sigma is None or text == "–" else f"{text} ± {sigma:.{digits}f}"


def _used(a: Association, words: Catalogue) -> str:
    letters = "".join(
        letter
        for letter, is_used in (
            ("T", a.time_defining),
            ("A", a.azimuth_defining),
            ("S", a.slowness_defining),
        )
        if is_used
    )
    if a.time_defining:
        text = words("yes", what=letters)
    elif letters:
        text = words("partly", what=letters)
    else:
        text = words("no")
    # A reason that is no code of ours stands as it is.
    why = words.get(f"why_{a.reason}", a.reason)
    return f"{text} ({why})" if a.reason and not a.time_defining else text


def missing_magnitudes(event: Event, words: Catalogue) -> list[str]:
    """Say why there is no mb or ML where there is none."""
    have = {m.type for m in event.preferred_magnitudes}
    texts = []
    for scale in (MB, ml_scale()):
        if event.origin is None or have & {scale.type, scale.mle_type}:
            continue
        stations = station_magnitudes(event, scale, MagnitudeParams())
        counts = Counter(_RANGE.sub(r"\1 outside \2", s.reason) for s in stations if s.reason)
        if counts:
            reasons = "; ".join(
                words("size_reason", n=n, reason=reason) for reason, n in counts.most_common()
            )
            texts.append(words("size_why", type=scale.type, n=len(stations), reasons=reasons))
        elif not stations:
            phases = ", ".join(scale.phases)
            texts.append(words("size_why_none", type=scale.type, phases=phases))
    return texts


def magnitudes_table(event: Event, words: Catalogue) -> str:
    """Return the network magnitudes, and those of stations to unfold; else why there are none."""
    if not event.magnitudes:
        return paragraph(words("size_none")) + bullets(missing_magnitudes(event, words))
    columns = ("type", "value", "sigma", "stations", "author", "solution")
    heads = [words(f"col_{name}") for name in columns]
    own = event.preferred_magnitudes
    apart = len(own) < len(event.magnitudes)
    rows: list[list[Cell]] = [
        [
            code(m.type or words("size_type_unknown")),
            f"{m.bound} {m.value:.2f}".strip(),
            number(m.sigma, 2),
            "–" if m.n_stations is None else str(m.n_stations),
            "–" if m.author == "" or (m.author == "vigie" and not apart) else m.author,
            _solution(m, event, words) if apart else "–",
        ]
        for m in event.magnitudes
    ]
    whole = filled_table(words("cap_magnitudes"), heads, rows, texts=(0, 4, 5))
    why = "" if own else bullets(missing_magnitudes(event, words))
    kept = [m for m in event.magnitudes if m.stations]
    folded = (_stations(m, _solution(m, event, words) if apart else "", words) for m in kept)
    return "\n".join([why, whole, *folded])


def _solution(magnitude: Magnitude, event: Event, words: Catalogue) -> str:
    """Name the origin on whose distances and depth a magnitude rests."""
    origin = next((o for o in event.origins if o.id == magnitude.origin_id), event.origin)
    if origin is None or origin is event.origin:
        return words("solution_this")
    author = origin.author or words("solution_other")
    if origin.depth_km is None:
        return author
    return words("solution_depth", author=author, depth=origin.depth_km)


def _stations(magnitude: Magnitude, solution: str, words: Catalogue) -> str:
    columns = ("station", "phase", "distance", "value", "size_residual", "note")
    heads = [words(f"col_{name}") for name in columns]
    rows: list[list[Cell]] = [
        [
            code(s.station),
            code(s.phase or "–"),
            number(s.delta_deg, 1),
            f"{s.bound} {number(s.value, 2)}".strip(),
            "–" if s.bound else signed(s.value - magnitude.value, 2),
            s.reason or "–",
        ]
        for s in sorted(magnitude.stations, key=lambda s: (s.delta_deg or 0.0, s.station))
    ]
    inner = filled_table(words("cap_stations"), heads, rows, texts=(0, 1, 5))
    # Folded away they would be missing on paper.
    opened = " open" if len(magnitude.stations) <= _MOST_OPEN else ""
    named = ", ".join(text for text in (magnitude.type, solution) if text)
    title = words("fold_stations", type=named)
    return f"<details{opened}><summary>{title}</summary>\n{inner}</details>"


def filled_table(
    caption: str, heads: list[str], rows: list[list[Cell]], *, texts: tuple[int, ...]
) -> str:
    """Return a table without the columns in which nobody has anything to say."""
    kept = [i for i in range(len(heads)) if any(row[i] != "–" for row in rows)]
    return table(
        caption,
        [heads[i] for i in kept],
        [[row[i] for i in kept] for row in rows],
        text_columns=[k for k, i in enumerate(kept) if i in texts],
    )


def screening_table(event: Event, words: Catalogue) -> str:
    """Return the answer of each criterion with its reason."""
    if not event.screening:
        return paragraph(words("no_screening"))
    heads = [words(f"col_{name}") for name in ("criterion", "verdict", "score", "reason")]
    version = next(
        (str(dict(s.params)["version"]) for s in event.screening if "version" in dict(s.params)),
        "–",
    )
    rows = [_screening_row(s, words) for s in event.screening]
    return table(words("cap_screening", version=version), heads, rows, text_columns=(0, 1, 3))


def _screening_row(s: Screening, words: Catalogue) -> list[Cell]:
    return [
        words.get(f"criterion.{s.criterion}", s.criterion),
        words.get(f"verdict.{s.verdict.value}", s.verdict.value),
        signed(s.score, 1),
        words.screening(s.code, dict(s.params), s.reason),
    ]
