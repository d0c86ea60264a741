"""What the bulletin formats share: what they are asked to write, and plain text."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist
from typing import TYPE_CHECKING

from vigie.errors import UnwritableError
from vigie.records import Bulletin, Ellipse, EllipseKind, Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vigie.formats.base import Contents, IssueLog
    from vigie.records import Detection, Origin

SIGMAS_OF_90 = 1.6448536269514722
"""Half-width of the interval that holds 90 % of a normal distribution, in standard errors."""


def bulletin_to_write(contents: Contents, title: str) -> Bulletin:
    """Return the bulletin of contents, for a format that holds nothing else.

    Raises
    ------
    UnwritableError
        The contents hold waveforms or stations, or no bulletin.
    """
    if contents.waveforms or contents.stations:
        what = "waveforms" if contents.waveforms else "stations"
        raise UnwritableError(
            format=title, what=what, remedy="Write them in another format (convert --format)."
        )
    if contents.bulletin is None:
        raise UnwritableError(
            format=title,
            what="nothing",
            remedy="Give a file that has events or detections.",
        )
    return contents.bulletin


def arrivals_of(bulletin: Bulletin) -> Iterator[Detection]:
    """Yield all detections for an arrival list, those of events first.

    Those of an event have it as their group, and the phase that its preferred origin gives them.
    """
    for event in bulletin.events:
        associations = event.origin.associations if event.origin else ()
        phases = {a.detection_id: a.phase for a in associations if a.phase}
        for detection in event.detections:
            phase = phases.get(detection.id, detection.phase)
            yield replace(detection, group=event.id, phase=phase)
    yield from bulletin.detections


def bulletin_of_arrivals(detections: Iterable[Detection]) -> Bulletin:
    """Return the bulletin of an arrival list: each group becomes an event without an origin."""
    groups: dict[str | None, list[Detection]] = {}
    for detection in detections:
        groups.setdefault(detection.group, []).append(detection)
    loose = groups.pop(None, [])
    events = tuple(
        Event(id=event, origins=(), detections=tuple(found))
        for event, found in groups.items()
        if event is not None
    )
    return Bulletin(events=events, detections=tuple(loose))


def decode_text(data: bytes, log: IssueLog) -> str:
    """Return the text of a file: UTF-8, or else Latin-1 with a notice."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        log.notice(
            f"byte {error.start}",
            "formats.latin1",
            "the text is not UTF-8; it was read as Latin-1",
        )
        return data.decode("latin-1")


def n_defining_phases(origin: Origin) -> int | None:
    """Return how many arrivals helped to locate an origin, each counted once.

    That is what the formats of bulletins count, where ``Origin.n_defining`` of vigie's own
    origins counts the observations. A number that is not that of the observations was read
    from a bulletin, which may know more than its arrivals show; it stays.
    """
    linked = origin.associations
    observations = sum(a.time_defining + a.azimuth_defining + a.slowness_defining for a in linked)
    if not linked or origin.n_defining != observations:
        return origin.n_defining
    return sum(association.defining for association in linked)


def sigma_of_90(half_width: float | None) -> float | None:
    """Return the standard error of a 90 % interval's half-width (1.6449 sigma)."""
    return None if half_width is None else half_width / SIGMAS_OF_90


def half_width_of_90(sigma: float | None) -> float | None:
    """Return the half-width of the 90 % interval of a standard error."""
    # Rounded so that a value that was read comes back with its own digits.
    return None if sigma is None else round(sigma * SIGMAS_OF_90, 9)


def coverage_90(
    major_km: float | None,
    minor_km: float | None,
    strike_deg: float | None,
    place: str,
    log: IssueLog,
) -> tuple[Ellipse, ...]:
    """Return the 90 % ellipse of a bulletin line; empty, with an issue, where it is none."""
    if major_km is None and minor_km is None:
        return ()
    shown = f"{major_km} {minor_km} {strike_deg}"
    if major_km is None or minor_km is None or min(major_km, minor_km) < 0.0:
        log.bad_record(place, field_name="ellipse", text=shown, expected="two axes")
        return ()
    strike = strike_deg or 0.0
    if minor_km > major_km:
        log.notice(
            place,
            "formats.ellipse_turned",
            f"the ellipse {shown} has its longer axis second; it was turned",
        )
        major_km, minor_km, strike = minor_km, major_km, strike + 90.0
    return (
        Ellipse(
            kind=EllipseKind.COVERAGE,
            confidence=0.9,
            semi_major_km=major_km,
            semi_minor_km=minor_km,
            strike_deg=strike % 180.0,
        ),
    )


def ellipse_90(origin: Origin) -> Ellipse | None:
    """Return the 90 % ellipse of an origin, from another level if need be."""
    return None if origin.ellipse is None else origin.ellipse.at_confidence(0.9)


def interval_factor(confidence: float) -> float:
    """Return the half-width, in standard errors, of the interval of a confidence.

    Examples
    --------
    >>> round(interval_factor(0.9), 4)
    1.6449
    """
    return NormalDist().inv_cdf((1.0 + confidence) / 2.0)


def line_text(text: str, width: int | None = None) -> str:
    """Return a text as it can stand in a line: no control characters, cut to a width."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain.strip()[:width].strip()
