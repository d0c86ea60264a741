"""StationXML to stations.

ObsPy reads the file as a whole. Where it refuses, each ``Station`` element is given to it alone,
so that one damaged station does not take the others with it. Documents with a DTD are refused:
StationXML has none, and entities are a way to exhaust memory.
"""

from __future__ import annotations

import copy
import io
import re
import warnings
from typing import TYPE_CHECKING, NamedTuple

from vigie.formats._array_comments import joined_elements
from vigie.formats._obspy_guard import Untyped, call_obspy, in_words, is_refusal
from vigie.formats._obspy_stations import stations_from_obspy
from vigie.formats.swapped import is_swapped, swapped_position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.base import IssueLog
    from vigie.records import Station

_DTD = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def read_stations(data: bytes, log: IssueLog) -> tuple[Station, ...]:
    """Return the stations of a document; what cannot be read becomes an issue."""
    return joined_elements(_stations(data, log))


def _stations(data: bytes, log: IssueLog) -> tuple[Station, ...]:
    declared = _DTD.search(data)
    if declared:
        log.bad_record(
            f"byte {declared.start()}",
            field_name="document",
            text=declared.group().decode(),
            expected="StationXML, which has no document type declaration",
        )
        return ()
    whole, reason = _inventory(data)
    if whole is not None:
        return _records(whole, log)
    documents = call_obspy(
        lambda: list(_single_stations(data, log)), log, expected="well-formed XML"
    )
    found = tuple(station for document in documents or () for station in _one(document, log))
    if not found and not log.issues:
        log.bad_record(
            "file", field_name="document", text=reason, expected="StationXML as ObsPy reads it"
        )
    elif not log.issues:
        # Read station by station it is whole; still it is not as it should be.
        text = f"ObsPy refuses the document as a whole ({reason}); its stations were read singly"
        log.notice("file", "formats.obspy_refused", text)
    return found


def _inventory(data: bytes) -> tuple[Untyped, str]:
    """Return ObsPy's inventory, or None where it refuses the document, and its reason."""
    from obspy import read_inventory

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read_inventory(io.BytesIO(data), format="STATIONXML"), ""
        except Exception as error:
            if not is_refusal(error):
                raise
            return None, in_words(error)


def _records(inventory: Untyped, log: IssueLog) -> tuple[Station, ...]:
    def complain(text: str) -> None:
        log.notice("file", "formats.response_left_out", text)

    found = call_obspy(
        lambda: stations_from_obspy(inventory, complain), log, expected="readable stations"
    )
    return found or ()


class _Single(NamedTuple):
    """A document of one station element."""

    line: int
    """Where the element begins."""
    data: bytes
    expected: str
    """What the station should have been, if it is refused."""


def _one(document: _Single, log: IssueLog) -> tuple[Station, ...]:
    from obspy import read_inventory

    inventory = call_obspy(
        lambda: read_inventory(io.BytesIO(document.data), format="STATIONXML"),
        log,
        expected=document.expected,
        place=f"line {document.line}",
    )
    return () if inventory is None else _records(inventory, log)


def _single_stations(data: bytes, log: IssueLog) -> Iterator[_Single]:
    """Yield a document per station element."""
    from lxml import etree

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        root = None
    for error in parser.error_log[:1]:
        log.bad_record(
            f"line {error.line}",
            field_name="XML",
            text=error.message,
            expected="well-formed XML",
        )
    if root is None:
        return
    frame = _without(root, "Network")
    for network in root.findall("{*}Network"):
        holder = _without(network, "Station")
        for station in network.findall("{*}Station"):
            alone, inner = copy.deepcopy(frame), copy.deepcopy(holder)
            inner.append(copy.deepcopy(station))
            alone.append(inner)
            data = etree.tostring(alone, xml_declaration=True)
            yield _Single(station.sourceline or 0, data, _expected(station))


def _expected(station: Untyped) -> str:
    """Say what a station should have been: with the two numbers exchanged, if they are swapped."""
    texts = (station.findtext(f"{{*}}{name}") or "" for name in ("Latitude", "Longitude"))
    try:
        latitude, longitude = (float(text) for text in texts)
    except ValueError:
        return "a readable station"
    if is_swapped(latitude, longitude):
        return f"a readable station: its Latitude is not {swapped_position(longitude)}"
    return "a readable station"


def _without(element: Untyped, name: str) -> Untyped:
    """Return a copy of an element without its children of a name."""
    bare = element.makeelement(element.tag, dict(element.attrib), element.nsmap)
    for child in element:
        if not _is_named(child, name):
            bare.append(copy.deepcopy(child))
    return bare


def _is_named(element: Untyped, name: str) -> bool:
    """Tell whether an element has a local name; comments have none."""
    return isinstance(element.tag, str) and element.tag.rpartition("}")[2] == name
