"""Plumes as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.records import format_iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vigie.products.transport.plume_view import Peak, PlumeView


def plume_document(
    views: Sequence[PlumeView], surface: Iterable[str], failed: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """Return the document of releases and where their air went.

    Parameters
    ----------
    views : sequence of PlumeView
    surface : iterable of str
        Where friction and heat at the ground came from.
    failed : sequence of tuple of str
        Releases that were left out, and why.
    """
    return {
        "vigie": {"document": "plumes", "version": 1},
        "plumes": [plume_row(one) for one in views],
        "surface": sorted(surface),
        "failed": [{"release": name, "reason": why} for name, why in failed],
    }


def plume_row(view: PlumeView) -> dict[str, Any]:
    """Return what is told of one plume."""
    release, plume, (latitude, longitude) = view.release, view.plume, view.place
    grid = plume.grid
    return {
        "release": release.name,
        "nuclide": view.nuclide or None,
        "half_life_s": view.half_life_s,
        "aerosol_um": plume.aerosol_um,
        "latitude": latitude,
        "longitude": longitude,
        "low_m": release.box.low_m,
        "high_m": release.box.high_m,
        "start": format_iso(release.start_ns),
        "stop": format_iso(release.stop_ns),
        "released_bq": release.amount_bq,
        "from": format_iso(plume.start_ns),
        "to": format_iso(view.end_ns),
        "interval_s": plume.interval_s,
        "intervals": plume.n_intervals,
        "layer_depth_m": plume.layer_depth_m,
        "grid": {
            "first_latitude": grid.first_latitude,
            "latitude_step": grid.latitude_step,
            "latitudes": grid.n_latitude,
            "first_longitude": grid.first_longitude,
            "longitude_step": grid.longitude_step,
            "longitudes": grid.n_longitude,
            "cyclic": grid.cyclic,
        },
        "rows": len(plume.cell),
        "largest": _peak(view, view.largest, "bq_m3"),
        "largest_total": _peak(view, view.largest_total, "bq_s_m3"),
        "lost_share": plume.lost,
        "stations": [_station(view, code) for code in view.stations],
    }


def _peak(view: PlumeView, peak: Peak | None, unit: str) -> dict[str, Any] | None:
    if peak is None:
        return None
    row: dict[str, Any] = {
        unit: peak.value,
        "latitude": peak.latitude,
        "longitude": peak.longitude,
    }
    if peak.interval is not None:
        start, end = view.span_ns(peak.interval)
        row |= {"from": format_iso(start), "to": format_iso(end)}
    return row


def _station(view: PlumeView, code: str) -> dict[str, Any]:
    latitude, longitude = view.stations[code]
    series, arrival = view.series(code), view.arrival_ns(code)
    largest = int(series.argmax())
    return {
        "station": code,
        "latitude": latitude,
        "longitude": longitude,
        "arrival": None if arrival is None else format_iso(arrival),
        "largest_bq_m3": float(series[largest]),
        "largest_from": None if arrival is None else format_iso(view.span_ns(largest)[0]),
        "total_bq_s_m3": float(series.sum() * view.plume.interval_s),
        "concentration_bq_m3": series.tolist(),
    }
