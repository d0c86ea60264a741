"""Write GSE2.0 bulletins.

The preferred origin comes last and the arrivals are its own. Detections of no event, and those
that only other origins have, follow in a section ARRIVAL. What the format has no field for is
not written: times to better than 0.1 s, standard errors of measured values, more than three
magnitudes an origin or types of more than two letters, comments, screening, ids longer than
eight letters (they are numbered anew).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.file_text import utf8
from vigie.formats.bulletins import ellipse_90, half_width_of_90, line_text, n_defining_phases
from vigie.formats.clock import date_text
from vigie.formats.gse_bulletin import _layout as lay
from vigie.formats.messages import method_letter, reading_values
from vigie.formats.short_ids import ShortIds
from vigie.formats.text_columns import Field, number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.text_columns import Value
    from vigie.records import (
        Association,
        Bulletin,
        Detection,
        Event,
        Magnitude,
        Origin,
        StationMagnitude,
    )

TITLE = "Bulletin"
"""Title of a bulletin that has none; the format wants one."""
_MOST_MAGNITUDES = 3
_MOST_SIZES = 2
_TYPE_WIDTH = 2
_AUTHOR_WIDTH = 8
_STRIKE = Field("strike_deg", 41, 46, "f", 2)


def write_gse(bulletin: Bulletin) -> bytes:
    """Return the file of a bulletin.

    Raises
    ------
    UnwritableError
        A value does not fit its field.
    """
    located = [event for event in bulletin.events if event.origins]
    detections = [d for e in bulletin.events for d in e.detections]
    ids = ShortIds(d.id for d in [*detections, *bulletin.detections])
    event_ids = ShortIds(e.id for e in located)
    origin_ids = ShortIds(o.id for e in located for o in e.origins)
    lines = ["BEGIN GSE2.0", "MSG_TYPE DATA", "MSG_ID 1 VIGIE"]
    rest = list(bulletin.detections)
    for event in bulletin.events:
        used = {a.detection_id for a in event.origin.associations} if event.origin else set()
        rest += [d for d in event.detections if d.id not in used]
    if located or not rest:
        lines += ["DATA_TYPE BULLETIN GSE2.0", line_text(bulletin.name) or TITLE]
    for event in located:
        lines += _event(event, event_ids, origin_ids, ids)
    if rest:
        lines += ["DATA_TYPE ARRIVAL GSE2.0", lay.PHASE_HEADER]
        unique = {d.id: d for d in rest}
        lines += [lay.PHASE.format(_phase_values(d, None, ids[d.id])) for d in unique.values()]
        lines.append("")
    # Two blank lines end a bulletin; ObsPy insists on them.
    return utf8("\n".join([*lines, "", "STOP"]) + "\n")


def _event(event: Event, event_ids: ShortIds, origin_ids: ShortIds, ids: ShortIds) -> Iterator[str]:
    yield f"EVENT {event_ids[event.id]}"
    yield from lay.ORIGIN_HEADERS
    yield ""
    preferred = event.origin
    others = [origin for origin in event.origins if origin is not preferred]
    for origin in [*others, *([preferred] if preferred else [])]:
        yield from _origin(origin, origin_ids[origin.id], _magnitudes_of(event, origin))
    yield ""
    if region := line_text(event.region):
        yield region
    yield lay.PHASE_HEADER
    by_id = {d.id: d for d in event.detections}
    sizes = _sizes(event)
    for association in preferred.associations if preferred else ():
        detection = by_id.pop(association.detection_id, None)
        if detection is not None:
            values = _phase_values(detection, association, ids[detection.id])
            yield lay.PHASE.format(values | _size_values(sizes.get(detection.id, [])))
    yield ""


def _magnitudes_of(event: Event, origin: Origin) -> list[Magnitude]:
    """Return the magnitudes that stand in an origin's lines."""
    preferred = event.origin
    known = {one.id for one in event.origins}
    own = [
        magnitude
        for magnitude in event.magnitudes
        if magnitude.origin_id == origin.id
        or (origin is preferred and magnitude.origin_id not in known)
    ]
    return [m for m in own if len(m.type) <= _TYPE_WIDTH][:_MOST_MAGNITUDES]


def _sizes(event: Event) -> dict[str, list[StationMagnitude]]:
    found: dict[str, list[StationMagnitude]] = {}
    written = [m for origin in event.origins for m in _magnitudes_of(event, origin)]
    for magnitude in written:
        for size in magnitude.stations:
            if size.detection_id is not None and len(size.type) <= _TYPE_WIDTH:
                found.setdefault(size.detection_id, []).append(size)
    return found


def _origin(origin: Origin, origin_id: str, magnitudes: list[Magnitude]) -> Iterator[str]:
    date, clock = date_text(origin.time_ns, 1)
    flag = "f" if origin.depth_fixed else ""
    first: dict[str, Value] = {
        "date": date,
        "time": clock,
        "time_fixed": "f" if origin.time_fixed else "",
        "latitude": origin.latitude,
        "longitude": origin.longitude,
        "epicentre_fixed": "f" if origin.epicentre_fixed else "",
        "depth_km": origin.depth_km,
        "depth_flag": "d" if origin.depth_reason == "depth_phases" else flag,
        "n_defining": n_defining_phases(origin),
        "n_stations": origin.n_stations,
        "gap_deg": origin.gap_deg,
    }
    ellipse = ellipse_90(origin)
    depth_error_km = half_width_of_90(origin.depth_sigma_km)
    second: dict[str, Value] = {
        "rms_s": origin.rms_s,
        "time_sign": "" if origin.time_sigma_s is None else "+-",
        "time_sigma_s": origin.time_sigma_s,
        "semi_major_km": ellipse.semi_major_km if ellipse else None,
        "semi_minor_km": ellipse.semi_minor_km if ellipse else None,
        "strike_deg": _strike_text(ellipse.strike_deg) if ellipse else "",
        "depth_sign": "" if depth_error_km is None else "+-",
        "depth_error_km": depth_error_km,
        "min_distance_deg": origin.min_distance_deg,
        "max_distance_deg": origin.max_distance_deg,
    }
    for number, magnitude in enumerate(magnitudes, 1):
        first |= {
            f"type_{number}": magnitude.type,
            f"value_{number}": magnitude.value,
            f"count_{number}": magnitude.n_stations,
        }
        if magnitude.sigma is not None:
            second |= {f"sign_{number}": "+-", f"error_{number}": magnitude.sigma}
    # An author longer than his field goes on below himself.
    author = "_".join(origin.author.split())[: 2 * _AUTHOR_WIDTH]
    head, rest = author[:_AUTHOR_WIDTH], author[_AUTHOR_WIDTH:]
    yield f"{lay.ORIGIN.format(first):<{lay.TAIL}}{head:<{_AUTHOR_WIDTH}}  {origin_id:>8}"
    if rest:
        yield " " * lay.TAIL + rest
    method = method_letter(origin.method) if origin.method else " "
    quality = f"{origin.analysis or ' '} {method} {origin.event_type}".rstrip()
    yield f"{lay.ERRORS.format(second):<{lay.TAIL}}{quality}".rstrip()


def _strike_text(strike_deg: float) -> str:
    """Return a strike to the right of its three columns, or with its decimals beyond them."""
    if strike_deg == round(strike_deg):
        return f"{strike_deg:3.0f}"
    return number_text(strike_deg, _STRIKE).rjust(_STRIKE.width)


def _phase_values(
    detection: Detection, association: Association | None, short: str
) -> dict[str, Value]:
    date, clock = date_text(detection.time_ns, 1)
    values = reading_values(detection, association, not_set=" ")
    return values | {
        "onset": str(values["onset"]).upper(),
        "date": date,
        "time": clock,
        "id": short,
    }


def _size_values(sizes: list[StationMagnitude]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for number, size in enumerate(sizes[:_MOST_SIZES], 1):
        values |= {f"type_{number}": size.type, f"value_{number}": size.value}
    return values
