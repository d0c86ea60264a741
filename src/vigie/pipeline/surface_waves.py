"""Rayleigh waves of a located event: what Ms is made of.

Nothing triggers on a surface wave of an hour's length; it is looked for where the origin says
that it must be. Where it stands above the noise it becomes an arrival LR of the event, not
used to locate it; where it does not, the noise bounds Ms from above. Those that somebody has
read, in an arrival list, join the one event that they can be of.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.magnitude.scales import MS
from vigie.network.magnitude.station import StationNoise
from vigie.records import Association, Detection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vigie.pipeline.detect import StationRun
    from vigie.pipeline.station_book import StationBook
    from vigie.records import Amplitude, Event, Origin, Station

    Geometry = tuple[float, float, float]
    """Distance, azimuth to the station and azimuth from it, in degrees."""

MIN_SNR = 3.0
"""Half-cycle over rms before the window at which a Rayleigh wave counts as seen: chosen
above the largest of some 30 cycles of noise alone, 2.75 rms in the median (Rayleigh's law)."""


def with_surface_waves(
    event: Event, stations: Mapping[str, tuple[StationRun, Station | None]]
) -> tuple[Event, list[StationNoise]]:
    """Look for the Rayleigh wave at every station in the distance range of Ms.

    Parameters
    ----------
    event : Event
        With its preferred origin.
    stations : mapping of code to (StationRun, Station or None)
        Recordings and positions.

    Returns
    -------
    Event
        With an LR arrival per station that shows the wave.
    list of StationNoise
        Noise of type ``noise:ALR`` of those that do not.
    """
    origin = event.origin
    if origin is None or (origin.depth_km or 0.0) > MS.depth_range_km[1]:
        return event, []
    arrivals: list[tuple[Detection, Association]] = []
    noise: list[StationNoise] = []
    for station_run, station in stations.values():
        if station is None:
            continue
        measured = _measure(station_run, station, origin)
        if measured is None:
            continue
        amplitude, geometry = measured
        if (amplitude.snr or 0.0) < MIN_SNR:
            bound = replace(amplitude, type=f"noise:{amplitude.type}")
            noise.append(
                StationNoise(
                    station=station.code, phase="LR", delta_deg=geometry[0], amplitude=bound
                )
            )
            continue
        detection = _arrival(event, station, amplitude)
        arrivals.append((detection, _association(detection, geometry)))
    return _with_arrivals(event, arrivals), noise


def join_surface_waves(
    events: tuple[Event, ...], readings: Iterable[Detection], book: StationBook
) -> tuple[Event, ...]:
    """Let LR arrivals of no event join those that they fit; others are passed over.

    An arrival joins where it came with a group velocity of 5 to 2.5 km/s from an event in the
    distance range of Ms whose LR at this station is not known yet. Where several events could
    have sent it, it joins none.
    """
    joined: dict[str, list[tuple[Detection, Association]]] = {}
    for detection in sorted(readings, key=lambda d: d.time_ns):
        station = book.find(detection.station, detection.time_ns)
        if detection.phase != "LR" or station is None:
            continue
        fits = [(e.id, g) for e in events if (g := _fits(detection, station, e))]
        heard = {d.station for d, _ in joined.get(fits[0][0], [])} if fits else set()
        if len(fits) == 1 and detection.station not in heard:
            (event_id, geometry), *_ = fits
            joined.setdefault(event_id, []).append((detection, _association(detection, geometry)))
    return tuple(_with_arrivals(e, joined.get(e.id, [])) for e in events)


def _fits(detection: Detection, station: Station, event: Event) -> Geometry | None:
    """Return the geometry of an event that may have sent a surface wave; None elsewhere."""
    from vigie.seismic.surface_wave import DEFAULT_SURFACE_WAVE  # deferred: SciPy

    origin = event.origin
    if origin is None or any(a.station == detection.station for a in _rayleigh(origin)):
        return None
    geometry = _geometry(origin, station)
    low, high = MS.delta_range_deg
    since_s = (detection.time_ns - origin.time_ns) / 1e9
    fast, slow = DEFAULT_SURFACE_WAVE.group_velocity_km_s
    distance_km = geometry[0] * KM_PER_DEG
    in_reach = low <= geometry[0] <= high
    return geometry if in_reach and distance_km / fast <= since_s <= distance_km / slow else None


def _rayleigh(origin: Origin) -> list[Association]:
    return [a for a in origin.associations if a.phase == "LR"]


def _with_arrivals(event: Event, arrivals: Sequence[tuple[Detection, Association]]) -> Event:
    """Add arrivals to an event's preferred origin."""
    origin = event.origin
    if origin is None or not arrivals:
        return event
    located = replace(origin, associations=(*origin.associations, *(a for _, a in arrivals)))
    origins = tuple(located if o.id == origin.id else o for o in event.origins)
    detections = (*event.detections, *(d for d, _ in arrivals))
    return replace(event, origins=origins, detections=detections)


def _geometry(origin: Origin, station: Station) -> Geometry:
    """Return distance, azimuth to the station and azimuth from it, in degrees."""
    found = distance_azimuths(
        origin.latitude, origin.longitude, station.latitude, station.longitude
    )
    delta, esaz, seaz = (float(x) for x in found)
    return delta, esaz, seaz


def _measure(
    station_run: StationRun, station: Station, origin: Origin
) -> tuple[Amplitude, Geometry] | None:
    """Return the amplitude with distance and both azimuths; None out of range or record."""
    from vigie.seismic.predicted import surface_wave_amplitude  # deferred: SciPy

    geometry = _geometry(origin, station)
    delta = geometry[0]
    if not MS.delta_range_deg[0] <= delta <= MS.delta_range_deg[1]:
        return None
    amplitude = surface_wave_amplitude(
        station_run.waveforms, station, origin.time_ns, delta * KM_PER_DEG
    )
    return None if amplitude is None else (amplitude, geometry)


def _arrival(event: Event, station: Station, amplitude: Amplitude) -> Detection:
    return Detection(
        id=f"{event.id}/LR/{station.code}",
        station=station.code,
        network=station.network,
        time_ns=amplitude.time_ns or 0,
        phase="LR",
        amplitude_nm=amplitude.value,
        amplitude_nm_sigma=amplitude.sigma,
        period_s=amplitude.period_s,
        snr=amplitude.snr,
        amplitudes=(amplitude,),
        method="ALR at the predicted group velocities",
    )


def _association(detection: Detection, geometry: Geometry) -> Association:
    delta, esaz, seaz = geometry
    return Association(
        detection_id=detection.id,
        station=detection.station,
        phase="LR",
        delta_deg=delta,
        esaz_deg=esaz,
        seaz_deg=seaz,
        reason="surface_wave",
    )
