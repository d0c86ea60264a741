"""Events that are heard through the ground and through the air.

What it computes: which infrasound detections a seismic event explains better than noise, and the
place and time that both tell. The seismic part enters as the normal density of the seismic origin
with its covariance, so that what the locator knows of correlated errors is kept; sound multiplies
it. Assumptions: sound starts at the origin time from the epicentre; one seismic event in twenty is
heard as sound beside an array at all (chosen). Cost: as that of a location by sound.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, distance_azimuths, unit_vectors
from vigie.network.infrasound.candidates import Candidates
from vigie.network.infrasound.evidence import SeismicOrigin
from vigie.network.infrasound.grouping import SoundGroup, ahead
from vigie.network.infrasound.locate import METHOD, locate_by_sound
from vigie.network.infrasound.passes import is_global, passes_of
from vigie.network.location.gaps import azimuthal_gap_deg, secondary_gap_deg
from vigie.records import NS_PER_S, EllipseKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.earth.base import Predictor
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.network.infrasound.params import SoundLocateParams
    from vigie.network.infrasound.scene import Scene
    from vigie.records import Association, Detection, Event, Inventory, Origin

FloatArray = NDArray[np.float64]

LOG_SHARE = float(np.log(0.05))
"""Of seismic events that send sound."""
MAX_DEPTH_KM = 70.0
"""Deeper events move the ground too little to be heard; half and twice are as good."""


def sound_of(scene: Scene, event: Event) -> SoundGroup | None:
    """Return the detections that a seismic event explains better than noise, if there are any.

    Parameters
    ----------
    scene : Scene
        The detections that are free.
    event : Event
        Located; one without covariance or ellipse gets none.
    """
    origin = event.origin
    if origin is None or origin.covariance is None or (origin.depth_km or 0.0) > MAX_DEPTH_KM:
        return None
    readings = scene.readings
    time_s = (origin.time_ns - readings.reference_ns) / NS_PER_S
    unit = unit_vectors(origin.latitude, origin.longitude)
    at = Candidates(unit[None], np.array([time_s]))
    rows = ahead(scene, at)
    part = _loosened(scene.take(rows), origin)
    score, used, _ = part.weighed(at)
    odds = float(score[0]) + LOG_SHARE
    if odds <= 0.0 or not used.any():
        return None
    group = SoundGroup(rows[used[0]], unit, time_s, odds, is_global(part, at))
    return replace(group, passes=passes_of(scene, group))


def _loosened(scene: Scene, origin: Origin) -> Scene:
    """Return the scene with what is not known of the origin in the errors of the readings."""
    covariance = np.array(origin.covariance)
    place_km = float(np.sqrt(0.5 * (covariance[0, 0] + covariance[1, 1])))
    readings = scene.readings
    unit = unit_vectors(origin.latitude, origin.longitude)
    arc = np.arccos(np.clip(readings.unit[readings.array] @ unit, -1.0, 1.0))
    range_km = np.maximum(arc * KM_PER_DEG * 180.0 / np.pi, 1.0)
    time_s = np.hypot(scene.params.mean_s_per_km * place_km, np.sqrt(covariance[3, 3]))
    return replace(
        scene,
        readings=replace(
            readings,
            time_sigma_s=np.hypot(readings.time_sigma_s, time_s),
            azimuth_sigma_rad=np.hypot(readings.azimuth_sigma_rad, np.arctan2(place_km, range_km)),
        ),
    )


def locate_mixed(
    event: Event,
    sound: Sequence[Detection],
    stations: Inventory,
    predictor: Predictor,
    how: tuple[Atmosphere, SoundLocateParams],
) -> Event:
    """Locate a seismic event by its sound as well; return it with both.

    Parameters
    ----------
    event : Event
        With a seismic origin that has a covariance.
    sound : sequence of Detection
        Infrasound arrivals.
    stations : Inventory
    predictor : Predictor
        Of the seismic phases.
    how : tuple of Atmosphere and SoundLocateParams

    Raises
    ------
    LocationError
        No array is known, or both exclude each other.
    """
    seismic = event.origin
    if seismic is None:
        raise ValueError("a mixed event starts from a seismic origin")
    heard = locate_by_sound(
        event.id, sound, stations, *how, evidence=lambda ns: (SeismicOrigin(seismic, ns),)
    ).origin
    moved = _seismic_part(seismic, heard, stations, predictor)
    origin = _joined(seismic, heard, moved)
    return replace(
        event,
        origins=(*(o for o in event.origins if o.id != origin.id), origin),
        preferred_id=origin.id,
        detections=(*event.detections, *sound),
    )


def _joined(seismic: Origin, heard: Origin, moved: tuple[Association, ...]) -> Origin:
    """Return the origin of both: place and time of the sum, depth of the seismic part."""
    associations = (*moved, *heard.associations)
    azimuths = {a.station: a.esaz_deg or 0.0 for a in associations if a.defining}
    deltas = [a.delta_deg for a in associations if a.time_defining and a.delta_deg is not None]
    others = tuple(e for e in seismic.ellipses if e.kind is not EllipseKind.COVERAGE)
    return replace(
        seismic,
        time_ns=heard.time_ns,
        latitude=heard.latitude,
        longitude=heard.longitude,
        time_sigma_s=heard.time_sigma_s,
        covariance=_with_depth(seismic, heard),
        ellipses=(*heard.ellipses, *others),
        regions=heard.regions,
        n_defining=(seismic.n_defining or 0) + (heard.n_defining or 0),
        n_stations=len(azimuths),
        gap_deg=azimuthal_gap_deg(list(azimuths.values())),
        secondary_gap_deg=secondary_gap_deg(azimuths),
        min_distance_deg=min(deltas, default=seismic.min_distance_deg),
        max_distance_deg=max(deltas, default=seismic.max_distance_deg),
        associations=associations,
        method="+".join(part for part in (seismic.method, METHOD) if part),
        model="+".join(part for part in (seismic.model, heard.model) if part),
        warnings=(*seismic.warnings, *heard.warnings),
    )


def _with_depth(seismic: Origin, heard: Origin) -> tuple[tuple[float, ...], ...]:
    full = np.array(heard.covariance)
    full[2, 2] = np.array(seismic.covariance)[2, 2]
    return tuple(tuple(float(x) for x in row) for row in full)


def _seismic_part(
    seismic: Origin, heard: Origin, stations: Inventory, predictor: Predictor
) -> tuple[Association, ...]:
    """Return the seismic associations as they are from the place of both."""
    known = [
        (k, station)
        for k, a in enumerate(seismic.associations)
        if a.phase in predictor.phases
        and (station := stations.at(a.station, seismic.time_ns)) is not None
    ]
    found = list(seismic.associations)
    if not known:
        return tuple(found)
    sites = Sites(
        np.array([s.latitude for _, s in known]),
        np.array([s.longitude for _, s in known]),
        np.array([s.elevation_m for _, s in known]),
        tuple(s.code for _, s in known),
    )
    phases = [seismic.associations[k].phase for k, _ in known]
    depth_km = seismic.depth_km or 0.0
    before, after = (
        predictor.predict(phases, Hypocentre(o.latitude, o.longitude, depth_km), sites)
        for o in (seismic, heard)
    )
    later_s = (heard.time_ns - seismic.time_ns) / NS_PER_S
    change = after.time_s - before.time_s + later_s
    for row, (k, station) in enumerate(known):
        association = found[k]
        residual = association.time_residual_s
        delta, esaz, seaz = distance_azimuths(
            heard.latitude, heard.longitude, station.latitude, station.longitude
        )
        found[k] = replace(
            association,
            delta_deg=float(delta),
            esaz_deg=float(esaz),
            seaz_deg=float(seaz),
            time_residual_s=residual - float(change[row])
            if residual is not None and np.isfinite(change[row])
            else residual,
        )
    return tuple(found)
