"""Rayleigh waves of a located event: what Ms is made of.

Nothing triggers on a surface wave of an hour's length; it is looked for where the origin says
that it must be. Where it stands above the noise it becomes an arrival LR of the event, not
used to locate it; where it does not, the noise bounds Ms from above.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.magnitude.scales import MS
from vigie.network.magnitude.station import StationNoise
from vigie.records import Association, Detection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.pipeline.detect import StationRun
    from vigie.records import Amplitude, Event, Origin, Station

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
    detections: list[Detection] = []
    associations: list[Association] = []
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
        detections.append(detection)
        associations.append(_association(detection, geometry))
    if not detections:
        return event, noise
    located = replace(origin, associations=(*origin.associations, *associations))
    origins = tuple(located if o.id == origin.id else o for o in event.origins)
    return replace(event, origins=origins, detections=(*event.detections, *detections)), noise


def _measure(
    station_run: StationRun, station: Station, origin: Origin
) -> tuple[Amplitude, tuple[float, float, float]] | None:
    """Return the amplitude with distance and both azimuths; None out of range or record."""
    from vigie.seismic.predicted import surface_wave_amplitude  # deferred: SciPy

    geometry = distance_azimuths(
        origin.latitude, origin.longitude, station.latitude, station.longitude
    )
    delta, esaz, seaz = (float(x) for x in geometry)
    if not MS.delta_range_deg[0] <= delta <= MS.delta_range_deg[1]:
        return None
    amplitude = surface_wave_amplitude(
        station_run.waveforms, station, origin.time_ns, delta * KM_PER_DEG
    )
    return None if amplitude is None else (amplitude, (delta, esaz, seaz))


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


def _association(detection: Detection, geometry: tuple[float, float, float]) -> Association:
    delta, esaz, seaz = geometry
    return Association(
        detection_id=detection.id,
        station=detection.station,
        phase="LR",
        delta_deg=delta,
        esaz_deg=esaz,
        seaz_deg=seaz,
        reason="a surface wave does not locate",
    )
