"""Events and xenon samples for ``vigie fuse``, in the small world of ``support_source``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from tests.cli.support_source import (
    MDC,
    RELEASED,
    RELEASED_BQ,
    STATIONS,
    STEP_NS,
    STOPS,
    TRUTH,
    sensitivity,
    write_fields,
)

from vigie.formats import Contents, format_named
from vigie.fusion.composition import relative_activities
from vigie.records import (
    Bulletin,
    Ellipse,
    EllipseKind,
    Event,
    Magnitude,
    Origin,
    parse_iso,
)
from vigie.transport.sample_decay import sample_decay

if TYPE_CHECKING:
    from pathlib import Path

AT = "2020-03-03T12:00"
"""Of the event that releases: the step of the release begins then."""


def event(name: str, at: str, place: tuple[float, float], *, km: float | None = 30.0,
          mb: float | None = 4.5) -> Event:  # fmt: skip
    """Return an event; without ``km`` its origin states no error."""
    ellipse = () if km is None else (
        Ellipse(kind=EllipseKind.COVERAGE, confidence=0.9, semi_major_km=km,
                semi_minor_km=0.5 * km, strike_deg=20.0),
    )  # fmt: skip
    origin = Origin(
        id=f"o-{name}", time_ns=parse_iso(at), latitude=place[0], longitude=place[1],
        depth_km=0.0, ellipses=ellipse,
    )  # fmt: skip
    sizes = () if mb is None else (Magnitude(type="mb", value=mb, origin_id=f"o-{name}"),)
    return Event(id=name, origins=(origin,), magnitudes=sizes)


def write_events(path: Path, *events: Event) -> Path:
    """Write a bulletin in vigie's own form."""
    contents = Contents(bulletin=Bulletin(name="test", events=events))
    (data,) = format_named("vigie_json").write(contents).values()
    path.write_bytes(data)
    return path


def xenon_rows(scale: float = 1.0, *, stations: tuple[str, ...] = tuple(STATIONS)) -> list[str]:
    """Return samples of Xe-133 and Xe-135 of the release, with decay, a tenth as error."""
    _, relative = relative_activities(["Xe-135"], "Xe-133", np.array([STEP_NS / 2e9]))
    rows = []
    for station in stations:
        for stop in STOPS:
            one = sensitivity(station, stop)
            step = int((one.collection_stop_ns - RELEASED[1]) // STEP_NS)
            for name, share in (("Xe-133", 1.0), ("Xe-135", float(relative[0, 0, 0]))):
                decay = sample_decay(name, collection_s=4 * STEP_NS / 1e9,
                                     interval_s=STEP_NS / 1e9, n_intervals=one.n_steps)  # fmt: skip
                inside = 0 <= step < one.n_steps
                value = one.at(*TRUTH)[step] * decay[step] if inside else 0.0
                value *= scale * share * RELEASED_BQ
                found = value >= 0.5 * scale * MDC
                numbers = f"{value:.6e},{0.1 * value:.6e}" if found else ","
                rows.append(f"{station},{name},{stop}:00Z,{numbers},{scale * MDC:g}")
    return rows


def write_xenon(path: Path, unit: str = "Bq/m3", scale: float = 1.0, *,
                stations: tuple[str, ...] = tuple(STATIONS)) -> Path:  # fmt: skip
    """Write the list of samples in a unit, of which ``scale`` are one Bq/m3."""
    head = f"station,nuclide,collection_stop,concentration [{unit}],uncertainty,mdc"
    rows = xenon_rows(scale, stations=stations)
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return path


def write_world(folder: Path) -> Path:
    """Write sensitivities, samples and two events: that of the release, and one elsewhere."""
    write_fields(folder)
    write_xenon(folder / "samples.csv")
    write_xenon(folder / "micro.csv", "uBq/m3", 1e6)
    write_events(
        folder / "events.json",
        event("here", AT, TRUTH),
        event("elsewhere", AT, (53.0, 35.0)),
    )
    return folder
