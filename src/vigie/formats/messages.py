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
    from vigie.records import Association, Detection, Magnitude, StationMagnitude

EVENT = Line("event", (Field("word", 1, 5), Field("id", 7, 14), Field("region", 16, 80)))
"""The title of an event, in every dialect."""
METHODS = {"i": "inversion", "p": "pattern recognition", "g": "ground truth", "o": "other"}
"""How an origin was found, by the letter of the formats."""
_HEADER_WORDS = {"BEGIN", "MSG_TYPE", "MSG_ID", "REF_ID", "PROD_ID", "E-MAIL", "TIME_STAMP"}

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
        "phase": association.phase,
        "time_residual_s": association.time_residual_s,
        "azimuth_residual_deg": association.azimuth_residual_deg,
        "slowness_residual_s_per_deg": association.slowness_residual_s_per_deg,
        "time_defining": "T" if association.time_defining else not_set,
        "azimuth_defining": "A" if association.azimuth_defining else not_set,
        "slowness_defining": "S" if association.slowness_defining else not_set,
    }


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
