"""An event in words: what happened, where, when, how big, how sure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vigie.geodesy import position_text
from vigie.products.report.sea import charge_sentence, sea_sentence
from vigie.products.report.tables import missing_magnitudes
from vigie.products.report.yields import yield_sentence
from vigie.records import format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.products.report.words import Catalogue
    from vigie.records import Event, Magnitude, Origin, Screening

PREFERRED = ("mbmle", "mb", "ML", "msmle", "Ms")
"""Types of magnitude in the order in which they stand for an event."""
_LEAST_TOLD = 0.005
"""Of a size's standard error; less would be shown as 0.00."""
_MOST_OTHERS = 6
"""So many magnitudes of other origins are named."""


def preferred_magnitude(event: Event) -> Magnitude | None:
    """Return the magnitude that stands for an event: a value before a bound, mb before ML.

    Those of other origins stand for it only where the preferred one has none.
    """
    own = _foremost(event.preferred_magnitudes)
    return _foremost(event.magnitudes) if own is None else own


def _foremost(magnitudes: Sequence[Magnitude]) -> Magnitude | None:
    finite = [m for m in magnitudes if math.isfinite(m.value)]
    values = [m for m in finite if not m.bound] or finite
    known = [m for type_ in PREFERRED for m in values if m.type == type_]
    return next(iter([*known, *values]), None)


def short_size(event: Event) -> str:
    """Return type and value of the preferred magnitude for a table; a dash where there is none.

    Examples
    --------
    >>> from vigie.records import Event, Magnitude
    >>> short_size(Event(id="1", origins=(), magnitudes=(Magnitude(type="mb", value=4.85),)))
    'mb 4.8'
    """
    m = preferred_magnitude(event)
    return f"{m.type or 'M'} {m.bound}{m.value:.1f}" if m else "–"


def answers(event: Event, words: Catalogue) -> list[tuple[str, str]]:
    """Return the questions of the summary with their answers."""
    origin = event.origin
    if origin is None:
        return [(words("q_where"), words("no_origin"))]
    in_sea = sea_sentence(event, words)
    return [
        (words("q_where"), _where(event, origin, words)),
        (words("q_when"), _when(origin, words)),
        (words("q_size"), _size(event, words)),
        (words("q_depth"), _depth(origin, words)),
        *([(words("q_sea"), in_sea)] if in_sea else []),
        (words("q_sure"), _sure(origin, words)),
        (words("q_evidence"), _evidence(event, origin, words)),
        (words("q_screening"), verdict_text(event, words)),
    ]


def verdict_text(event: Event, words: Catalogue) -> str:
    """Return what all criteria together say."""
    combined = combined_screening(event)
    if combined is None:
        return words("no_screening")
    return words.screening(combined.code, dict(combined.params), combined.reason)


def combined_screening(event: Event) -> Screening | None:
    """Return the combined answer, or the only one there is."""
    found = [s for s in event.screening if s.criterion == "combined"]
    if found:
        return found[0]
    return event.screening[0] if len(event.screening) == 1 else None


def _where(event: Event, origin: Origin, words: Catalogue) -> str:
    position = position_text(origin.latitude, origin.longitude)
    if not event.region:
        return words("where_unnamed", position=position)
    return words("where", place=event.region, position=position)


def _when(origin: Origin, words: Catalogue) -> str:
    time = format_iso(origin.time_ns, digits=2).removesuffix("Z").replace("T", " ")
    if origin.time_sigma_s is None:
        return words("when", time=time)
    return words("when_sigma", time=time, sigma=origin.time_sigma_s)


def _size(event: Event, words: Catalogue) -> str:
    m = preferred_magnitude(event)
    if m is None:
        sizes = (yield_sentence(event, words), charge_sentence(event, words))
        texts = (*sizes, words("size_none"))
        return " ".join(filter(None, (*texts, *missing_magnitudes(event, words))))
    name = m.type or words("size_type_unknown")
    others = _also(event, m, words) + _others(event, m, words)
    if m.bound == "<":
        return words("size_below", type=name, value=m.value) + others
    source = ""
    if m.n_stations:
        source += words("size_from", stations=_stations(m.n_stations, words))
    if m.author not in ("", "vigie"):
        source += words("size_by", author=m.author)
    if m.sigma is None:
        return words("size", type=name, value=m.value, source=source) + others
    parts = _parts(m.sigma, m.sigma_from_depth or 0.0, words)
    told = words("size_sigma", type=name, value=m.value, sigma=m.sigma, parts=parts, source=source)
    return told + others


def _parts(sigma: float, of_depth: float, words: Catalogue) -> str:
    """Tell the share of the depth in the standard error of a size, where it can be seen."""
    if of_depth < _LEAST_TOLD:
        return ""
    readings = math.sqrt(max(sigma**2 - of_depth**2, 0.0))
    return words("size_depth", readings=readings, depth=of_depth)


def _also(event: Event, told: Magnitude, words: Catalogue) -> str:
    """Name the other magnitudes of the preferred origin; empty where there are none."""
    found = [
        _named(m, _stations(m.n_stations, words) if m.n_stations else "", words)
        for m in event.preferred_magnitudes
        if m is not told and math.isfinite(m.value)
    ]
    return words("size_also", sizes=", ".join(found)) if found else ""


def _named(m: Magnitude, of: str, words: Catalogue) -> str:
    kind = m.type or words("size_type_unknown")
    return f"{kind} {m.bound}{m.value:.2f}" + (f" ({of})" if of else "")


def _others(event: Event, told: Magnitude, words: Catalogue) -> str:
    """Name the magnitudes of other origins; empty where there are none."""
    own = {id(told), *(id(m) for m in event.preferred_magnitudes)}
    depths = {o.id: o.depth_km for o in event.origins}
    found = [
        _named(m, _source_of(m, depths.get(m.origin_id or ""), words), words)
        for m in event.magnitudes
        if id(m) not in own and math.isfinite(m.value)
    ]
    if not found:
        return ""
    sizes = ", ".join(found[:_MOST_OTHERS])
    if len(found) > _MOST_OTHERS:
        sizes = words("size_more", sizes=sizes, n=len(found) - _MOST_OTHERS)
    return words("size_others", sizes=sizes)


def _source_of(m: Magnitude, depth_km: float | None, words: Catalogue) -> str:
    """Return whose a magnitude is, and at which depth it was computed."""
    author = m.author or "?"
    return author if depth_km is None else words("size_at", author=author, depth=depth_km)


def _depth(origin: Origin, words: Catalogue) -> str:
    if origin.depth_km is None:
        return words("depth_none")
    reason = words.get(f"depth_reason.{origin.depth_reason}", origin.depth_reason or "?")
    if origin.depth_fixed and origin.depth_reason == "depth_phases":
        return words("depth_phases", depth=origin.depth_km)
    if origin.depth_fixed:
        return words("depth_fixed", depth=origin.depth_km, reason=reason)
    if origin.depth_sigma_km is None:
        return words("depth_free", depth=origin.depth_km)
    return words("depth_sigma", depth=origin.depth_km, sigma=origin.depth_sigma_km, reason=reason)


def _sure(origin: Origin, words: Catalogue) -> str:
    e = origin.ellipse
    if e is None:
        return words("sure_none")
    return words(
        "sure",
        major=e.semi_major_km,
        minor=e.semi_minor_km,
        strike=e.strike_deg,
        area=e.area_km2,
        percent=100.0 * e.confidence,
    )


def n_observations(origin: Origin) -> int:
    """Return how many observations locate an origin: times, azimuths and slownesses."""
    if origin.n_defining is not None:
        return origin.n_defining
    return sum(_kinds(origin))


def n_stations(origin: Origin) -> int:
    """Return how many stations locate an origin; all that are associated where it says none."""
    return origin.n_stations or len({a.station for a in origin.associations})


def _kinds(origin: Origin) -> tuple[int, int, int]:
    """Return the numbers of times, azimuths and slownesses that locate."""
    found = origin.associations
    return (
        sum(a.time_defining for a in found),
        sum(a.azimuth_defining for a in found),
        sum(a.slowness_defining for a in found),
    )


def _stations(n: int, words: Catalogue) -> str:
    return words("one_station") if n == 1 else words("n_stations", n=n)


def _kinds_text(origin: Origin, words: Catalogue) -> str:
    """Return the numbers of each kind; empty where all are times.

    Bulletins that count phases have another number: then the kinds would contradict it.
    """
    counts = dict(zip(("times", "azimuths", "slownesses"), _kinds(origin), strict=True))
    total = sum(counts.values())
    if counts["times"] == total or total != origin.n_defining:
        return ""
    named = (words("evidence_kind", name=words(k), n=n) for k, n in counts.items() if n)
    return f" ({', '.join(named)})"


def _evidence(event: Event, origin: Origin, words: Catalogue) -> str:
    stations = _stations(n_stations(origin), words)
    if origin.n_defining is None or origin.gap_deg is None or origin.rms_s is None:
        return words("evidence_short", arrivals=len(event.arrivals()), stations=stations)
    return words(
        "evidence",
        defining=origin.n_defining,
        stations=stations,
        kinds=_kinds_text(origin, words),
        gap=origin.gap_deg,
        rms=origin.rms_s,
    )
