"""Documents of QuakeML and SeisComP to bulletins, through ObsPy."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.formats import _obspy_rest as rest
from vigie.formats._obspy_guard import call_obspy
from vigie.formats.obspy_events import from_obspy, to_obspy

if TYPE_CHECKING:
    from vigie.formats._obspy_guard import Untyped
    from vigie.formats.base import IssueLog
    from vigie.records import Bulletin, Detection, Event

# Documents with entities of their own can name files or grow without bound.
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read_events_xml(data: bytes, kind: str, log: IssueLog) -> Bulletin | None:
    """Read a document; None, with an issue, where that fails.

    Parameters
    ----------
    data : bytes
        The document.
    kind : str
        ``QUAKEML`` or ``SCML``.
    log : IssueLog
        Receives what is wrong.

    Raises
    ------
    BadRecordError
        The document cannot be read and reading is strict.
    """
    if _ENTITY.search(data):
        log.bad_record(
            "document", field_name="DOCTYPE", text="<!DOCTYPE", expected="XML without entities"
        )
        return None
    expected = "a readable QuakeML document" if kind == "QUAKEML" else "readable SeisComP XML"
    catalog = call_obspy(lambda: _read(data, kind), log, expected=expected)
    if catalog is None:
        return None
    events: list[Event] = []
    loose: list[Detection] = []
    for number, twin in enumerate(catalog, 1):
        part = call_obspy(
            lambda one=twin: from_obspy(_alone(catalog, one)),  # type: ignore[misc]
            log,
            expected="an event that can be read",
            place=f"event {number}",
        )
        if part is not None:
            events += part.events
            loose += part.detections
    whole = from_obspy(_alone(catalog))
    if not whole.detections and "extra" in catalog.__dict__ and catalog.extra.get(rest.TAG):
        log.bad_record(
            "end of the document",
            field_name=f"vigie:{rest.TAG}",
            text=str(catalog.extra[rest.TAG].get("value")),
            expected="the detections of no event",
        )
    return replace(whole, events=tuple(events), detections=(*loose, *whole.detections))


def _read(data: bytes, kind: str) -> Untyped:
    from obspy import read_events

    return read_events(io.BytesIO(data), format=kind)


def _alone(catalog: Untyped, *events: Untyped) -> Untyped:
    from obspy.core.event import Catalog

    part = Catalog(
        events=list(events),
        description=catalog.description,
        creation_info=catalog.creation_info,
    )
    # What is kept beside the events is read once, not with each of them.
    if not events and hasattr(catalog, "extra"):
        part.extra = catalog.extra
    return part


def write_quakeml(bulletin: Bulletin) -> bytes:
    """Return the QuakeML document of a bulletin."""
    from obspy.core.event import ResourceIdentifier

    catalog = to_obspy(bulletin)
    catalog.resource_id = ResourceIdentifier("smi:vigie/bulletin")
    out = io.BytesIO()
    catalog.write(out, format="QUAKEML", nsmap={"vigie": rest.NAMESPACE})
    return out.getvalue()
