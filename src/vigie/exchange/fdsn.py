"""FDSN web services: recordings and station descriptions by address.

An address is that of the service with a query, as in
``https://geofon.gfz.de?network=GE&station=WLF&channel=BHZ``, or ``fdsn:GFZ?network=...``
with one of ObsPy's short names. Times come from the query (``starttime``, ``endtime``) or
from the selection.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from vigie.errors import MissingInputError, ParameterError, UnreadableInputError
from vigie.formats import Contents, Source, format_named
from vigie.records import parse_time
from vigie.records.time import format_iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from obspy.clients.fdsn import Client

    from vigie.exchange.selection import Selection


def is_service(spec: str) -> bool:
    """Tell whether a source is the address of a web service."""
    return spec.startswith(("http://", "https://", "fdsn:"))


def fetch(spec: str, selection: Selection) -> Contents:
    """Fetch recordings and the descriptions of their stations.

    Raises
    ------
    ParameterError
        The query has no span of time.
    MissingInputError
        The service has no such data.
    UnreadableInputError
        This is no address of a service, or the service cannot be reached, or refuses.
    """
    from obspy.clients.fdsn.header import FDSNException, FDSNNoDataException

    query = {key: values[-1] for key, values in parse_qs(urlsplit(spec).query).items()}
    client = _client(spec)
    row = _bulk_row(spec, query, selection)
    data, described = io.BytesIO(), io.BytesIO()
    try:
        client.get_waveforms_bulk([row], filename=data)
        client.get_stations_bulk([row], level="response", format="xml", filename=described)
    except FDSNNoDataException as error:
        raise MissingInputError(
            path=spec,
            what="a recording of these codes and this span of time",
            remedy="Check the codes and the span.",
        ) from error
    except (FDSNException, ValueError, OSError) as error:
        first_line = str(error).split("\n", maxsplit=1)[0].rstrip(". ")
        raise UnreadableInputError(
            path=spec,
            reason=f"the service gave no answer ({first_line})",
            remedy="Check the address, and that it can be reached from here.",
        ) from error
    recordings = format_named("mseed").read(Source(spec, data.getvalue()))
    stations = format_named("stationxml").read(Source(f"{spec} (station)", described.getvalue()))
    return replace(
        recordings,
        stations=stations.stations,
        issues=(*recordings.issues, *stations.issues),
    )


def _client(spec: str) -> Client:
    """Return the client of a service; nothing is asked of it yet."""
    from obspy.clients.fdsn import Client  # deferred: 0.5 s
    from obspy.clients.fdsn.header import URL_MAPPINGS

    parts = urlsplit(spec)
    is_short = parts.scheme == "fdsn"
    base = parts.path if is_short else f"{parts.scheme}://{parts.netloc}"
    try:
        # Discovery costs three requests more and fails where a server has no WADL.
        return Client(base, timeout=120, _discover_services=False)
    except ValueError as error:
        known = ", ".join(sorted(URL_MAPPINGS))
        raise UnreadableInputError(
            path=spec,
            reason=f"there is no service {base!r}"
            if is_short
            else "this is not the address of an FDSN web service",
            remedy=f"Choose a service that ObsPy knows: {known}."
            if is_short
            else "Write https://HOST?network=NET&station=STA, or fdsn:NAME?network=NET with one "
            "of ObsPy's names of services.",
        ) from error


def _bulk_row(
    spec: str, query: Mapping[str, str], selection: Selection
) -> tuple[str, str, str, str, str, str]:
    def pick(*names: str) -> str:
        return next((query[name] for name in names if name in query), "*")

    span = []
    for names, given_ns in (
        (("starttime", "start"), selection.start_ns),
        (("endtime", "end"), selection.end_ns),
    ):
        text = pick(*names)
        if text == "*" and not selection.has_span:
            raise ParameterError(
                name="SOURCE",
                value=spec,
                expected="a web service needs a span of time. Give starttime= and endtime= in "
                "the address, or --start and --end",
            )
        span.append(format_iso(given_ns if text == "*" else parse_time(text)).rstrip("Z"))
    return (
        pick("network", "net"),
        pick("station", "sta"),
        pick("location", "loc"),
        pick("channel", "cha"),
        span[0],
        span[1],
    )
