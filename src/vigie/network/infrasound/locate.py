"""Locate an event by its infrasound, with regions that hold the stated probability.

Order of work: a posterior with usual celerities (no rays) says roughly where; the atmosphere of
there and then gives celerities and azimuth deviations by rays; the posterior with these is the
answer. The origin stands at its mean, its ellipses hold the stated shares of its mass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import LocationError
from vigie.geodesy import distance_azimuths
from vigie.network.infrasound.celerity import Climatology
from vigie.network.infrasound.likelihood import Paths, SoundLikelihood, paths_to
from vigie.network.infrasound.params import SoundLocateParams
from vigie.network.infrasound.posterior import SoundPosterior, geographic, sound_posterior
from vigie.network.infrasound.readings import collect_sound
from vigie.network.location.ellipse import ellipse_of
from vigie.network.location.gaps import azimuthal_gap_deg, secondary_gap_deg
from vigie.records import NS_PER_S, Association, CredibleRegion, EllipseKind, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.network.infrasound.evidence import Evidence
    from vigie.network.infrasound.readings import SoundReadings
    from vigie.records import Detection, Ellipse, Inventory, Station

    FloatArray = NDArray[np.float64]

METHOD = "bayes_infrasound"
BELONGS = 0.5
"""A detection less likely of the event is not defining."""
LEAST_KNOWN = 3
"""Times and azimuths that place and time need."""


@dataclass(frozen=True, slots=True, eq=False)
class SoundLocation:
    """An origin with the posterior that it sums up."""

    origin: Origin
    posterior: SoundPosterior
    reference_ns: int
    """From which the posterior's times count."""


def locate_infrasound(
    event_id: str,
    detections: Sequence[Detection],
    stations: Inventory | Mapping[str, Station],
    celerity: Atmosphere | None = None,
    params: SoundLocateParams | None = None,
) -> Origin:
    """Locate one event by its infrasound.

    Parameters
    ----------
    event_id : str
        Names the origin (``<event_id>/origin``) and appears in errors.
    detections : sequence of Detection
        Infrasound arrivals of the event; several of one array may be phases of it.
    stations : Inventory or mapping of code to Station
        Positions. Detections of other stations are left out and named in the warnings.
    celerity : Atmosphere, optional
        The atmosphere; climatology if left out.
    params : SoundLocateParams, optional

    Returns
    -------
    Origin
        At the mean of the posterior, with associations, covariance and coverage ellipses.

    Raises
    ------
    LocationError
        Too few usable detections, or no place explains them.
    """
    return locate_by_sound(event_id, detections, stations, celerity, params).origin


def locate_by_sound(
    event_id: str,
    detections: Sequence[Detection],
    stations: Inventory | Mapping[str, Station],
    celerity: Atmosphere | None = None,
    params: SoundLocateParams | None = None,
    evidence: Callable[[int], tuple[Evidence, ...]] | None = None,
) -> SoundLocation:
    """Locate as ``locate_infrasound`` does, and return the posterior beside the origin.

    Parameters
    ----------
    event_id, detections, stations, celerity, params
        As there.
    evidence : callable, optional
        Given the time from which others count, returns what else tells place and time.

    Raises
    ------
    LocationError
        Too few usable detections, or no place explains them.
    """
    params = params or SoundLocateParams()
    atmosphere = celerity or Climatology()
    readings, unplaced = collect_sound(detections, stations, params)
    known = evidence(readings.reference_ns) if evidence is not None else ()
    _check_enough(event_id, readings, unplaced, known)
    latitude, _ = geographic(readings.unit.mean(axis=0, keepdims=True))
    quick = atmosphere.quick(float(latitude[0]), readings.reference_ns)
    rough = sound_posterior(event_id, SoundLikelihood(readings, quick, params, known), rough=True)
    middle = _unit(rough.mean() + readings.unit[readings.array].mean(axis=0))
    latitude, _ = geographic(middle[None])
    model = atmosphere.model(float(latitude[0]), readings.reference_ns)
    likelihood = SoundLikelihood(readings, model, params, known)
    posterior = sound_posterior(event_id, likelihood)
    origin = _origin(event_id, likelihood, posterior, atmosphere.name, unplaced)
    return SoundLocation(origin, posterior, readings.reference_ns)


def _check_enough(
    event_id: str,
    readings: SoundReadings,
    unplaced: Sequence[Detection],
    evidence: tuple[Evidence, ...],
) -> None:
    n_known = len(readings) + int(np.isfinite(readings.azimuth_rad).sum())
    if len(readings) and (n_known >= LEAST_KNOWN or evidence):
        return
    names = ", ".join(sorted({d.station for d in unplaced}))
    raise LocationError(
        event=event_id,
        reason=f"{n_known} times and azimuths are fewer than place and time need ({LEAST_KNOWN})",
        remedy=f"Give positions of {names} with --stations FILE."
        if names
        else "Give arrivals of another array, or their azimuths.",
    )


def _origin(
    event_id: str,
    likelihood: SoundLikelihood,
    posterior: SoundPosterior,
    model_name: str,
    unplaced: Sequence[Detection],
) -> Origin:
    readings, params = likelihood.readings, likelihood.params
    place = posterior.mean()
    latitude, longitude = (float(x[0]) for x in geographic(place[None]))
    moments = posterior.covariance(place)
    time_s = float(posterior.mass @ np.sum(posterior.share * posterior.time_s, axis=1))
    member = likelihood.membership(place, time_s)
    associations = _associations(likelihood, (latitude, longitude), place, time_s, member)
    used = [a for a in associations if a.defining]
    azimuths = {a.station: a.esaz_deg or 0.0 for a in used}
    residuals = [a.time_residual_s or 0.0 for a in used]
    deltas = [a.delta_deg or 0.0 for a in used]
    covariance = np.zeros((4, 4))
    rows = np.ix_((0, 1, 3), (0, 1, 3))
    covariance[rows] = moments
    return Origin(
        id=f"{event_id}/origin",
        time_ns=readings.reference_ns + round(time_s * NS_PER_S),
        latitude=latitude,
        longitude=longitude,
        depth_km=0.0,
        depth_fixed=True,
        depth_reason="surface",
        time_sigma_s=float(np.sqrt(moments[2, 2])),
        covariance=tuple(tuple(float(x) for x in row) for row in covariance),
        ellipses=_ellipses(posterior, place, moments, params.confidences),
        regions=tuple(_region(posterior, share) for share in params.confidences),
        rms_s=float(np.sqrt(np.mean(np.square(residuals)))) if residuals else None,
        n_defining=sum(a.time_defining + a.azimuth_defining for a in used),
        n_stations=len(azimuths),
        gap_deg=azimuthal_gap_deg(list(azimuths.values())),
        secondary_gap_deg=secondary_gap_deg(azimuths),
        min_distance_deg=min(deltas, default=None),
        max_distance_deg=max(deltas, default=None),
        associations=associations,
        method=METHOD,
        model=model_name,
        warnings=(*_warnings(unplaced), *_discord(likelihood, used)),
        simulated=any(d.simulated for d in readings.detections),
    )


def _region(posterior: SoundPosterior, probability: float) -> CredibleRegion:
    lines = posterior.polygons(probability)
    return CredibleRegion(
        probability=probability,
        outlines=tuple(
            tuple((round(float(lat), 4), round(float(lon), 4)) for lat, lon in line)
            for line in lines
        ),
    )


def _ellipses(
    posterior: SoundPosterior, place: FloatArray, moments: FloatArray, shares: tuple[float, ...]
) -> tuple[Ellipse, ...]:
    """Return the ellipses of the shape of the covariance that hold shares of the mass."""
    offset = posterior.offsets_km(place)
    inverse = np.linalg.inv(moments[:2, :2])
    distance_sq = np.einsum("ni,ij,nj->n", offset, inverse, offset)
    order = np.argsort(distance_sq, kind="stable")
    held = np.cumsum(posterior.mass[order])
    found = [
        ellipse_of(
            moments[:2, :2],
            float(np.sqrt(np.interp(share, held, distance_sq[order]))),
            EllipseKind.COVERAGE,
            share,
        )
        for share in shares
    ]
    return tuple(e for e in found if e is not None)


def _associations(
    likelihood: SoundLikelihood,
    at: tuple[float, float],
    place: FloatArray,
    time_s: float,
    member: FloatArray,
) -> tuple[Association, ...]:
    readings = likelihood.readings
    paths = paths_to(place[None], readings.unit, likelihood.model)
    found = []
    for i, d in enumerate(readings.detections):
        k = int(readings.array[i])
        station = readings.stations[k]
        delta, esaz, seaz = distance_azimuths(*at, station.latitude, station.longitude)
        residual_s, error_s = _time_misfit(likelihood, paths, i, time_s)
        belongs = bool(member[i] >= BELONGS)
        found.append(
            Association(
                detection_id=d.id,
                station=d.station,
                phase=d.phase or "I",
                delta_deg=float(delta),
                esaz_deg=float(esaz),
                seaz_deg=float(seaz),
                time_residual_s=residual_s,
                azimuth_residual_deg=_azimuth_misfit(readings, paths, i),
                time_defining=belongs,
                azimuth_defining=belongs and d.azimuth_deg is not None,
                weight=float(member[i]),
                time_error_s=error_s,
                reason="" if belongs else "big_residual",
            )
        )
    return tuple(found)


def _time_misfit(
    likelihood: SoundLikelihood, paths: Paths, i: int, time_s: float
) -> tuple[float, float]:
    """Return residual and standard error of a time, by the phase that it most likely is."""
    readings = likelihood.readings
    k = int(readings.array[i])
    range_km = float(paths.range_km[0, k])
    expected = range_km * paths.means_s_per_km[0, k]
    common = likelihood.params.celerity_common_s_per_km
    sigma = np.hypot(
        range_km * np.hypot(paths.sigmas_s_per_km[0, k], common), readings.time_sigma_s[i]
    )
    residual = readings.time_s[i] - time_s - expected
    with np.errstate(divide="ignore"):
        fit = np.log(paths.weights[0, k] / sigma) - 0.5 * (residual / sigma) ** 2
    best = int(np.argmax(fit))
    return float(residual[best]), float(sigma[best])


def _azimuth_misfit(readings: SoundReadings, paths: Paths, i: int) -> float | None:
    k = int(readings.array[i])
    off = readings.azimuth_rad[i] - paths.to_source_rad[0, k] - paths.deviation_rad[0, k]
    if not np.isfinite(off):
        return None
    return float(np.degrees(np.arctan2(np.sin(off), np.cos(off))))


def _warnings(unplaced: Sequence[Detection]) -> tuple[str, ...]:
    if not unplaced:
        return ()
    names = ", ".join(sorted({d.station for d in unplaced}))
    return (f"{len(unplaced)} arrivals left out, stations without a position: {names}",)


def _discord(likelihood: SoundLikelihood, used: list[Association]) -> tuple[str, ...]:
    """Return a warning where too little agrees with any place."""
    n_agreeing = sum(a.time_defining + a.azimuth_defining for a in used)
    if n_agreeing >= LEAST_KNOWN or likelihood.evidence:
        return ()
    n_given = len(likelihood.readings) + int(np.isfinite(likelihood.readings.azimuth_rad).sum())
    return (f"no place explains the arrivals: {n_agreeing} of {n_given} times and azimuths agree",)


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.linalg.norm(vector))
