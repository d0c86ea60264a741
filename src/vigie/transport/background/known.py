"""Known emitters: producers of isotopes as published, and sites of power reactors.

What it computes: the median of a day's release from a yearly total, which is a mean, and the sites
of a list of reactors. Of a log-normal release with geometric standard deviation g the median is
the mean times exp(-ln(g)^2 / 2). The spread from day to day is published for none of the producers:
``DAY_SPREAD`` is an assumption, and shown as one. A range of published yearly totals is taken as
their central 90 %, and widens the spread.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from vigie.facts.emitters import isotope_producers
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.records import Emitter, parse_iso

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.facts.emitters import IsotopeProducer

DAY_SPREAD = 3.0
"""Geometric standard deviation of a day's release, where none is published: an assumption."""
DAYS_PER_YEAR = 365.25
K_90 = 1.6448536269514722
SITE_KM = 5.0


class Reactor(NamedTuple):
    """A power reactor."""

    name: str
    latitude: float
    longitude: float
    from_ns: int | None = None
    to_ns: int | None = None


def producers() -> tuple[Emitter, ...]:
    """Return the producers of isotopes of vigie's table.

    Examples
    --------
    >>> one = next(e for e in producers() if e.name.startswith("Lucas"))
    >>> f"{one.median_bq_per_day:.2g} {one.spread:.2g}"
    '1e+12 3'
    """
    return tuple(_emitter(one) for one in isotope_producers())


def _emitter(one: IsotopeProducer) -> Emitter:
    median, spread = None, DAY_SPREAD
    if one.bq_per_year is not None:
        low, high = one.bq_per_year
        mean = math.sqrt(low * high) / DAYS_PER_YEAR
        median = mean * math.exp(-0.5 * math.log(DAY_SPREAD) ** 2)
        spread = math.exp(math.hypot(math.log(DAY_SPREAD), 0.5 * math.log(high / low) / K_90))
    return Emitter(
        name=one.name,
        kind="isotope_producer",
        latitude=one.latitude,
        longitude=one.longitude,
        nuclide=one.nuclide,
        median_bq_per_day=median,
        spread=spread,
        from_ns=parse_iso(one.started) if one.started else None,
        to_ns=parse_iso(one.ended) if one.ended else None,
        source=one.source,
    )


def reactor_sites(
    reactors: Sequence[Reactor],
    nuclide: str,
    *,
    median_bq_per_day: float | None,
    spread: float,
    source: str,
) -> tuple[Emitter, ...]:
    """Join reactors that are within 5 km of one another to sites, all of one release.

    Parameters
    ----------
    reactors : sequence of Reactor
    nuclide : str
    median_bq_per_day : float or None
        Of a site.
    spread : float
        Geometric standard deviation, over sites and years: the level of a site holds for a year.
    source : str
        Of the release.
    """
    if not reactors:
        return ()
    lat = np.array([one.latitude for one in reactors])
    lon = np.array([one.longitude for one in reactors])
    apart_km = KM_PER_DEG * distance_azimuths(lat[:, np.newaxis], lon[:, np.newaxis], lat, lon)[0]
    _, site = connected_components(coo_array(apart_km <= SITE_KM), directed=False)
    sites = [[reactors[int(k)] for k in np.flatnonzero(site == s)] for s in range(site.max() + 1)]
    return tuple(
        Emitter(
            name=own[0].name,
            kind="power_reactor",
            latitude=own[0].latitude,
            longitude=own[0].longitude,
            nuclide=nuclide,
            median_bq_per_day=median_bq_per_day,
            spread=spread,
            holds_days=DAYS_PER_YEAR,
            from_ns=_end([one.from_ns for one in own], min),
            to_ns=_end([one.to_ns for one in own], max),
            source=source,
        )
        for own in sites
    )


def _end(times: Sequence[int | None], choose: Callable[[Sequence[int]], int]) -> int | None:
    known = [time for time in times if time is not None]
    return choose(known) if len(known) == len(times) else None
