"""Events as single stations see them: P and S of one station that no network event took."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from vigie.records import Technology, format_iso
from vigie.seismic.station_groups import S_PHASES, StationOrigin, locate_groups

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from vigie.earth.base import Predictor
    from vigie.pipeline.detect import DetectRun
    from vigie.pipeline.station_book import StationBook


def single_stations(
    run: DetectRun,
    book: StationBook,
    predictor: Callable[[], Predictor],
    taken: Collection[str] = (),
) -> tuple[StationOrigin, ...]:
    """Locate the events of which one station has P, its azimuth, and S.

    Parameters
    ----------
    run : DetectRun
        Detections of each station.
    book : StationBook
        Where the stations are.
    predictor : callable
        Gives the travel times; called only where a station has S at all.
    taken : collection of str
        Ids of detections that belong to an event already; groups with one are left out.

    Returns
    -------
    tuple of StationOrigin
        In order of time.
    """
    found: list[StationOrigin] = []
    for one in run.runs:
        heard = [d for d in one.detections if d.technology is Technology.SEISMIC]
        if not any(d.phase in S_PHASES for d in heard):
            continue
        station = book.find(one.station, heard[0].time_ns)
        if station is not None:
            found += locate_groups(heard, station, predictor())
    free = [o for o in found if o.p.id not in taken and o.s.id not in taken]
    return tuple(sorted(free, key=lambda o: (o.origin.time_ns, o.station)))


def single_station_item(found: StationOrigin) -> dict[str, Any]:
    """Return such an event as it stands in JSON documents."""
    origin = found.origin
    return {
        "station": found.station,
        "time": format_iso(origin.time_ns, digits=3),
        "time_sigma_s": origin.time_sigma_s,
        "latitude": origin.latitude,
        "longitude": origin.longitude,
        "depth_km": origin.depth_km,
        "depth_fixed": origin.depth_fixed,
        "depth_reason": origin.depth_reason,
        "distance_deg": origin.min_distance_deg,
        "ellipse": asdict(origin.ellipse) if origin.ellipse else None,
        "azimuth_deg": found.p.azimuth_deg,
        "azimuth_deg_sigma": found.p.azimuth_deg_sigma,
        "s_minus_p_s": found.s_minus_p_s,
        "p": found.p.id,
        "s": found.s.id,
        "model": origin.model,
    }


def single_station_line(found: StationOrigin) -> str:
    """Return such an event in one line of text."""
    origin, ellipse = found.origin, found.origin.ellipse
    size = f" ({ellipse.semi_major_km:.0f} x {ellipse.semi_minor_km:.0f} km)" if ellipse else ""
    return (
        f"{format_iso(origin.time_ns, digits=1):<22} {found.station:<7} alone: "
        f"{origin.latitude:.2f} {origin.longitude:.2f}{size}, {origin.min_distance_deg:.1f} deg "
        f"at azimuth {found.p.azimuth_deg:.0f}, {found.p.phase} and {found.s.phase} "
        f"{found.s_minus_p_s:.1f} s later"
    )
