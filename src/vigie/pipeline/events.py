"""Network processing: detections of all stations in; located, sized, screened events out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG
from vigie.network.association.params import AssociateParams
from vigie.network.magnitude.scales import MagnitudeParams
from vigie.network.magnitude.station import StationNoise
from vigie.network.screening.params import ScreeningParams
from vigie.pipeline.media import Media, by_technology, seismic_network
from vigie.pipeline.sound_events import join_sound, with_yields
from vigie.records import Association, Bulletin, Detection, Event, Inventory, Origin
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.earth.base import Predictor
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.pipeline.detect import DetectRun, StationRun
    from vigie.pipeline.station_book import StationBook
    from vigie.records import Station
    from vigie.seismic.recipe import Use

REGIONAL_DEG = 20.0
"""Beyond this the regional phases are not measured (phase windows of the IDC)."""
NOISE_PHASES = ("P", "PKPdf")
"""First arrivals at which the silence of a station is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkParams:
    """Parameters of network processing."""

    associate: AssociateParams = field(default_factory=AssociateParams)
    magnitude: MagnitudeParams = field(default_factory=MagnitudeParams)
    screening: ScreeningParams = field(default_factory=ScreeningParams)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far and deep the events lie that stations listen for."""

    distance_deg: float
    """Beyond the region of the network (``AssociateParams.region_margin``)."""
    depth_km: float


REACHES: dict[Use, Reach] = {"regional": Reach(25.0, 700.0), "local": Reach(0.0, 50.0)}
"""By what the recordings are used for; anything else hears the whole Earth. A few P times within a
second fit a source beneath a small network and a head wave from afar alike: who uses recordings
for local events says that they come from within the network or beside it."""


def within_reach(params: NetworkParams, use: Use) -> NetworkParams:
    """Return parameters that look no farther than the recordings are used for."""
    reach = REACHES.get(use)
    if reach is None:
        return params
    associate = replace(
        params.associate,
        max_distance_deg=min(params.associate.max_distance_deg, reach.distance_deg),
        max_depth_km=min(params.associate.max_depth_km, reach.depth_km),
    )
    return replace(params, associate=associate)


@dataclass(frozen=True, slots=True)
class NetworkRun:
    """What network processing made."""

    bulletin: Bulletin
    counts: Mapping[str, int]
    """How many detections and hypotheses each rule let through."""
    skipped: tuple[tuple[str, str], ...]
    """Detection and why it could not be used."""


def make_events(
    run: DetectRun,
    book: StationBook,
    predictor: Predictor,
    params: NetworkParams | None = None,
    *,
    atmosphere: Atmosphere | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> NetworkRun:
    """Associate, locate, size and screen.

    Parameters
    ----------
    run : DetectRun
        Detections, and the recordings in which the silence of stations is measured.
    book : StationBook
        Stations.
    predictor : Predictor
        Earth model.
    params : NetworkParams, optional
        Parameters of the stages.
    atmosphere : Atmosphere, optional
        Through which infrasound came; by default the climatology.
    report : callable
        Told the id of each event that is finished.
    """
    from vigie.network.association import associate  # deferred: compiled kernels

    params = params or NetworkParams()
    working = Inventory(tuple(working_stations(run, book)))
    parts = by_technology(run.detections)
    network = seismic_network(working, parts)
    found = associate(parts.seismic, network, predictor, params.associate)
    media = Media(predictor, atmosphere)
    joined = join_sound(found, parts, working, media, params.associate.definition)
    events = []
    for event in joined.bulletin.events:
        finished = finish_event(event, run, book, predictor, params)
        events.append(with_yields(finished, atmosphere))
        report(event.id)
    return NetworkRun(replace(joined.bulletin, events=tuple(events)), joined.counts, joined.skipped)


def finish_event(
    event: Event,
    run: DetectRun,
    book: StationBook,
    predictor: Predictor,
    params: NetworkParams,
) -> Event:
    """Measure what the location asks for, then size and screen an event.

    Magnitudes of other origins stay behind those of the preferred one.
    """
    from vigie.network.magnitude import size_event
    from vigie.network.screening import screen_event
    from vigie.pipeline.surface_waves import with_surface_waves

    origin = event.origin
    if origin is None:
        return event
    stations = {r.station: (r, book.find(r.station, origin.time_ns)) for r in run.runs}
    event = _with_regional_amplitudes(event, origin, stations)
    event, surface_noise = with_surface_waves(event, stations)
    noise = [*_silent_stations(event, origin, stations, predictor), *surface_noise]
    others = tuple(m for m in event.magnitudes if m.origin_id != origin.id)
    event = replace(event, magnitudes=(*size_event(event, noise, params.magnitude), *others))
    event = replace(event, screening=screen_event(event, params.screening))
    return replace(event, region=event.region or region_name(origin.latitude, origin.longitude))


def region_name(latitude: float, longitude: float) -> str:
    """Return the Flinn-Engdahl name of a place, by ObsPy's table."""
    from obspy.geodetics import FlinnEngdahl  # deferred: 0.2 s

    name: str = FlinnEngdahl().get_region(longitude=longitude, latitude=latitude)
    return name


def working_stations(run: DetectRun, book: StationBook) -> list[Station]:
    """Return the stations that recorded: only their silence counts."""
    found = []
    for station_run in run.runs:
        if not station_run.waveforms:
            continue
        start_ns = min(w.start_ns for w in station_run.waveforms)
        station = book.find(station_run.station, start_ns)
        if station is not None:
            found.append(station)
    return found


def _with_regional_amplitudes(
    event: Event,
    origin: Origin,
    stations: Mapping[str, tuple[StationRun, Station | None]],
) -> Event:
    """Add Pn, Pg, Sn and Lg amplitudes to the first P detection of each regional station."""
    from vigie.seismic.predicted import regional_amplitudes

    first: dict[str, tuple[Detection, Association]] = {}
    onsets: dict[str, dict[str, int]] = {}
    for detection, association in event.arrivals():
        onsets.setdefault(association.station, {})[association.phase] = detection.time_ns
        earlier = first.get(association.station)
        if association.phase.startswith("P") and (
            earlier is None or detection.time_ns < earlier[0].time_ns
        ):
            first[association.station] = (detection, association)
    measured: dict[str, Detection] = {}
    for code, (detection, association) in first.items():
        delta = association.delta_deg
        if code not in stations or delta is None or delta > REGIONAL_DEG:
            continue
        station_run, station = stations[code]
        found = regional_amplitudes(
            station_run.waveforms, station, origin.time_ns, delta * KM_PER_DEG, onsets[code]
        )
        measured[detection.id] = replace(detection, amplitudes=(*detection.amplitudes, *found))
    return replace(event, detections=tuple(measured.get(d.id, d) for d in event.detections))


def _silent_stations(
    event: Event,
    origin: Origin,
    stations: Mapping[str, tuple[StationRun, Station | None]],
    predictor: Predictor,
) -> list[StationNoise]:
    """Measure the noise of working stations that should have heard the event and did not."""
    from vigie.seismic.predicted import noise_at_prediction

    heard = {a.station for _, a in event.arrivals()}
    silent = [
        (station_run, station)
        for code, (station_run, station) in stations.items()
        if station is not None and code not in heard
    ]
    found = []
    for phase in NOISE_PHASES:
        for station_run, station, delta, time_s in _predicted(phase, origin, silent, predictor):
            amplitude = noise_at_prediction(
                station_run.waveforms, station, add_seconds(origin.time_ns, time_s)
            )
            if amplitude is not None:
                found.append(
                    StationNoise(
                        station=station.code, phase=phase, delta_deg=delta, amplitude=amplitude
                    )
                )
    return found


def _predicted(
    phase: str,
    origin: Origin,
    silent: Sequence[tuple[StationRun, Station]],
    predictor: Predictor,
) -> list[tuple[StationRun, Station, float, float]]:
    """Return distance and travel time of a phase at the stations that it reaches."""
    if not silent or phase not in predictor.phases:
        return []
    sites = Sites(
        np.array([s.latitude for _, s in silent]),
        np.array([s.longitude for _, s in silent]),
        np.array([s.elevation_m for _, s in silent]),
    )
    source = Hypocentre(origin.latitude, origin.longitude, origin.depth_km or 0.0)
    predictions = predictor.predict([phase] * len(silent), source, sites)
    return [
        (*silent[i], float(predictions.delta_deg[i]), float(predictions.time_s[i]))
        for i in range(len(silent))
        if np.isfinite(predictions.time_s[i])
    ]
