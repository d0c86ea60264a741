"""Detections that association left out, in words: which, of which stations, and why."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from vigie.products.report.words import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.records import Detection

_PHASE = "phase_"
_REFUSED = "refused_"
_MOST_STATIONS = 8


def skipped_lines(
    detections: Iterable[Detection],
    skipped: Iterable[tuple[str, str]],
    say: Catalogue | None = None,
) -> list[str]:
    """Return a sentence for each reason, most frequent first.

    Parameters
    ----------
    detections : iterable of Detection
        All that were given to association.
    skipped : iterable of (str, str)
        Detection and code of the reason: ``unknown_station``, ``duplicate_id``, ``phase_LR``,
        ``refused_no_place``.
    say : Catalogue, optional
        Words; English by default.
    """
    say = say or Catalogue()
    station = {d.id: d.station for d in detections}
    by_reason: dict[str, list[str]] = defaultdict(list)
    for detection_id, reason in skipped:
        by_reason[reason].append(station.get(detection_id, ""))
    ordered = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    return [_line(reason, stations, say) for reason, stations in ordered]


def _line(reason: str, stations: list[str], say: Catalogue) -> str:
    names = sorted({name for name in stations if name})
    shown = ", ".join(names[:_MOST_STATIONS])
    if len(names) > _MOST_STATIONS:
        shown = say("skip_more_stations", shown=shown, more=len(names) - _MOST_STATIONS)
    if reason == f"{_PHASE}N":
        why = say("skip.noise")
    elif reason.startswith(_PHASE):
        why = say("skip.phase", phase=reason.removeprefix(_PHASE))
    elif reason.startswith(_REFUSED):
        why = say.get(f"skip.{reason}", say("skip.refused"))
    else:
        why = say.get(f"skip.{reason}", reason)
    return say("skip_line", n=len(stations), stations=shown, why=why)
