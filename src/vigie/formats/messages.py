"""What the text bulletins of IMS1.0, ISF and GSE2.0 have in common around their own columns.

A message has header lines, sections that a DATA_TYPE line opens, and STOP. Every line that is not
blank goes to the reader of the format, with its number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.formats.bulletins import decode_text
from vigie.formats.text_columns import Field, Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vigie.formats.base import IssueLog
    from vigie.formats.text_columns import Value
    from vigie.records import (
        Association,
        Bulletin,
        Detection,
        Magnitude,
        Origin,
        StationMagnitude,
    )

EVENT = Line("event", (Field("word", 1, 5), Field("id", 7, 14), Field("region", 16, 80)))
"""The title of an event, in every dialect."""
METHODS = {"i": "inversion", "p": "pattern recognition", "g": "ground truth", "o": "other"}
"""How an origin was found, by the letter of the formats."""
_HEADER_WORDS = {"BEGIN", "MSG_TYPE", "MSG_ID", "REF_ID", "PROD_ID", "E-MAIL", "TIME_STAMP"}

_FEWEST_LINES = 3
"""With a measured azimuth that decide which azimuth a file means; one or two may be slips."""
_ROUNDING_DEG = 0.2
"""Three values of one decimal."""

_Sized = tuple["StationMagnitude", "str | None", str]
"""A station magnitude, the id of its origin as the magnitudes name it, and its line."""


def message_lines(data: bytes, log: IssueLog) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines that are not blank, tabs as blanks."""
    text = decode_text(data, log)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, line.expandtabs().rstrip()


def frame_of(line: str) -> tuple[str, str] | None:
    """Return the keyword and text of a line that frames the data; None for any other."""
    word = line.split(maxsplit=1)[0].upper()
    if word in _HEADER_WORDS or line.strip().upper() == "STOP":
        return word, line[len(word) :].strip()
    return None


def method_letter(method: str) -> str:
    """Return the letter of a method; that of inversion where it has none of its own."""
    return {word: letter for letter, word in METHODS.items()}.get(method, "i")


def reading_values(
    detection: Detection, association: Association | None, *, not_set: str = ""
) -> dict[str, Value]:
    """Return the fields of an arrival's line that all dialects have, without its time.

    Parameters
    ----------
    detection : Detection
        What was measured.
    association : Association or None
        What it is for an origin.
    not_set : str
        How the dialect writes a flag that is not set.
    """
    values: dict[str, Value] = {
        "station": detection.station,
        "phase": detection.phase,
        "azimuth_deg": detection.azimuth_deg,
        "slowness_s_per_deg": detection.slowness_s_per_deg,
        "snr": detection.snr,
        "amplitude_nm": detection.amplitude_nm,
        "period_s": detection.period_s,
        "analysis": detection.analysis or not_set,
        "first_motion": detection.first_motion or not_set,
        "onset": detection.onset or not_set,
        "time_defining": not_set,
        "azimuth_defining": not_set,
        "slowness_defining": not_set,
    }
    if association is None:
        return values
    return values | {
        "delta_deg": association.delta_deg,
        "esaz_deg": association.esaz_deg,
        "seaz_deg": association.seaz_deg,
        "phase": association.phase,
        "time_residual_s": association.time_residual_s,
        "azimuth_residual_deg": association.azimuth_residual_deg,
        "slowness_residual_s_per_deg": association.slowness_residual_s_per_deg,
        "time_defining": "T" if association.time_defining else not_set,
        "azimuth_defining": "A" if association.azimuth_defining else not_set,
        "slowness_defining": "S" if association.slowness_defining else not_set,
    }


def with_event_azimuths(bulletin: Bulletin, log: IssueLog) -> Bulletin:
    """Return a bulletin whose azimuths of events (EvAz) stand on the side where they are.

    IMS1.0 and ISF print the azimuth from the event to the station, GSE2.0 of the International
    Data Centre that from the station to the event, and some programs mix them up. Where a
    measured azimuth and its residual stand beside it, their difference is the azimuth from
    the station to the event: if most lines say that EvAz is the other one than the dialect
    has, all are taken so, with a notice.
    """
    agree = {True: 0, False: 0}
    for event in bulletin.events:
        measured = {d.id: d.azimuth_deg for d in event.detections}
        for association in (a for origin in event.origins for a in origin.associations):
            at_station = _is_at_station(association, measured.get(association.detection_id))
            if at_station is not None:
                agree[at_station] += 1
    n_agree = agree[True]
    printed_at_station = any(
        a.seaz_deg is not None for e in bulletin.events for o in e.origins for a in o.associations
    )
    n_lines = sum(agree.values())
    if n_lines < _FEWEST_LINES or (2 * n_agree > n_lines) == printed_at_station:
        return bulletin
    side = "the event to the station" if printed_at_station else "the station to the event"
    log.notice(
        "file",
        "formats.event_azimuth",
        f"by the measured azimuths and their residuals, EvAz is that from {side}; read so",
    )
    events = tuple(
        replace(event, origins=tuple(_turned(origin) for origin in event.origins))
        for event in bulletin.events
    )
    return replace(bulletin, events=events)


def _is_at_station(association: Association, azimuth_deg: float | None) -> bool | None:
    """Tell whether EvAz is the azimuth from the station; None where nothing tells."""
    printed = association.seaz_deg if association.esaz_deg is None else association.esaz_deg
    residual = association.azimuth_residual_deg
    if printed is None or residual is None or azimuth_deg is None:
        return None
    apart = (azimuth_deg - residual - printed + 180.0) % 360.0 - 180.0
    return abs(apart) <= _ROUNDING_DEG


def _turned(origin: Origin) -> Origin:
    turned = (replace(a, esaz_deg=a.seaz_deg, seaz_deg=a.esaz_deg) for a in origin.associations)
    return replace(origin, associations=tuple(turned))


def with_station_magnitudes(
    magnitudes: Sequence[Magnitude], sized: Iterable[_Sized], log: IssueLog
) -> tuple[Magnitude, ...]:
    """Return network magnitudes with the stations of their type, of their origin if any is."""
    stations: dict[int, list[StationMagnitude]] = {}
    for size, origin_id, place in sized:
        kind = size.type.lower()
        same = [i for i, m in enumerate(magnitudes) if m.type.lower() == kind]
        own = [i for i in same if magnitudes[i].origin_id == origin_id]
        index = next(iter(own or same), None)
        if index is None:
            log.bad_record(
                place,
                field_name="station magnitude",
                text=f"{size.type} {size.value}",
                expected="a magnitude whose type a network magnitude of the event has",
            )
        else:
            stations.setdefault(index, []).append(size)
    return tuple(
        replace(magnitude, stations=tuple(stations.get(index, ())))
        for index, magnitude in enumerate(magnitudes)
    )
