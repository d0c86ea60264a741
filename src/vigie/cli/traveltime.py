"""``vigie traveltime``: travel times of seismic phases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from vigie.cli.common import FiniteRange, emit, json_option, json_text, model_option, output_option

if TYPE_CHECKING:
    from pathlib import Path


class LatLon(NamedTuple):
    """A place on the command line."""

    latitude: float
    longitude: float


class LatLonType(click.ParamType[LatLon]):
    """LAT,LON in degrees."""

    name = "LAT,LON"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> LatLon:
        """Read two numbers and check their range."""
        if isinstance(value, LatLon):
            return value
        try:
            latitude, longitude = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not LAT,LON in degrees, such as 41.3,129.07", param, ctx)
        if not (-90.0 <= latitude <= 90.0 and -360.0 <= longitude <= 360.0):
            self.fail(f"{value!r} is not within -90..90, -360..360", param, ctx)
        return LatLon(latitude, longitude)


@click.command("traveltime")
@model_option
@click.option("--phases", help="Names with commas between; left out: all that exist there.")
@click.option("--depth", "depth_km", type=FiniteRange(0.0, 800.0), required=True,
              metavar="KM", help="Depth of the source, 0 to 800.")  # fmt: skip
@click.option("--delta", "delta_deg", type=FiniteRange(0.0, 180.0), metavar="DEG",
              help="Distance; the Earth then counts as a sphere.")  # fmt: skip
@click.option("--from", "source", type=LatLonType(), help="Place of the source.")
@click.option("--to", "site", type=LatLonType(), help="Place of the station.")
@click.option("--elevation", "elevation_m", type=FiniteRange(-11000.0, 9000.0), default=0.0,
              show_default=True, metavar="M", help="Elevation of the station.")  # fmt: skip
@json_option
@output_option
def traveltime_command(  # noqa: PLR0913 — one argument per option
    *,
    model: str,
    phases: str | None,
    depth_km: float,
    delta_deg: float | None,
    source: LatLon | None,
    site: LatLon | None,
    elevation_m: float,
    as_json: bool,
    output: Path | None,
) -> None:
    """Travel times of seismic phases, earliest first.

    Give the distance with --delta, or two places with --from and --to.
    """
    path = _path(delta_deg, source, site, depth_km, elevation_m)
    names = None if phases is None else [name.strip() for name in phases.split(",")]
    document = _document(model, names, path)
    emit(json_text(document) if as_json else _table(document), output)


class _Path(NamedTuple):
    """From where to where; without places a distance along the equator."""

    start: LatLon
    end: LatLon
    depth_km: float
    elevation_m: float
    placed: bool


def _path(
    delta_deg: float | None,
    source: LatLon | None,
    site: LatLon | None,
    depth_km: float,
    elevation_m: float,
) -> _Path:
    if source is not None and site is not None and delta_deg is None:
        return _Path(source, site, depth_km, elevation_m, placed=True)
    if (source is None) != (site is None):
        raise click.UsageError("--from and --to go together.")
    if delta_deg is None or source is not None:
        raise click.UsageError("Give either --delta DEG or --from LAT,LON and --to LAT,LON.")
    # Along the equator geographic and geocentric distances are the same.
    return _Path(LatLon(0.0, 0.0), LatLon(0.0, delta_deg), depth_km, elevation_m, placed=False)


def _document(model: str, phases: list[str] | None, path: _Path) -> dict[str, Any]:
    from dataclasses import asdict

    import numpy as np

    from vigie.earth import EarthPredictor, Hypocentre, PredictorOptions, Sites, TravelTimes
    from vigie.earth.report import arrivals_at
    from vigie.errors import UnknownPhaseError
    from vigie.geodesy import distance_azimuths

    predictor = EarthPredictor(TravelTimes.load(model), PredictorOptions(ellipticity=path.placed))
    latitude, longitude = (np.array([x]) for x in path.end)
    station = Sites(latitude, longitude, np.array([path.elevation_m]))
    source = Hypocentre(*path.start, path.depth_km)
    try:
        rows = arrivals_at(predictor, phases or predictor.phases, source, station)
    except UnknownPhaseError as error:
        raise click.BadParameter(str(error), param_hint="--phases") from None
    delta, azimuth, back = (float(x) for x in distance_azimuths(*path.start, *path.end))
    return {
        "vigie": {"document": "traveltime", "version": 1},
        "model": model,
        "depth_km": path.depth_km,
        "elevation_m": path.elevation_m,
        "delta_deg": delta,
        "source_to_station_azimuth_deg": azimuth if path.placed else None,
        "station_to_source_azimuth_deg": back if path.placed else None,
        "ellipticity": path.placed,
        "arrivals": [asdict(row) for row in rows],
    }


HEADINGS = (
    "Phase",
    "Time s",
    "min:s",
    "s/deg",
    "dt/dz s/km",
    "take-off",
    "ellipt.",
    "elev.",
    "sigma",
)


def _table(document: dict[str, Any]) -> str:
    lines = [
        f"{document['model']}, {document['delta_deg']:.4f} deg, depth {document['depth_km']:g} km"
    ]
    if document["ellipticity"]:
        lines[0] += (
            f", azimuth {document['source_to_station_azimuth_deg']:.2f} out,"
            f" {document['station_to_source_azimuth_deg']:.2f} back"
        )
    rows = [HEADINGS, *(_cells(row) for row in document["arrivals"])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    if not document["arrivals"]:
        lines.append("None of these phases exists at this distance and depth.")
    return "\n".join(lines)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    minutes, seconds = divmod(round(row["time_s"], 2), 60.0)
    takeoff = row["takeoff_deg"]
    return (
        row["phase"],
        f"{row['time_s']:.3f}",
        f"{minutes:.0f}:{seconds:05.2f}",
        f"{row['slowness_s_per_deg']:.3f}",
        f"{row['dt_ddepth_s_per_km']:.4f}",
        "-" if takeoff is None else f"{takeoff:.1f}",
        f"{row['ellipticity_s']:.3f}",
        f"{row['elevation_s']:.3f}",
        f"{row['time_sigma_s']:.2f}",
    )
