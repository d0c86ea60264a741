"""Picks and amplitudes of ObsPy to detections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.formats import _obspy_rest as rest
from vigie.formats._obspy_ids import record_id_of
from vigie.formats._obspy_times import finite, ns_of, scaled, sigma_of
from vigie.formats.vigie_json import decode, encode
from vigie.records import Amplitude, ChannelId, Detection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats._obspy_guard import Untyped

POLARITIES = {"positive": "c", "negative": "d"}
ONSETS = {"impulsive": "i", "emergent": "e", "questionable": "q"}
MODES = {"automatic": "a", "manual": "m"}
_SNR_COMMENT = "SNR"
_SEISCOMP = "smi:org.gfz.de/geofon/"
"""What ObsPy puts before the names of SeisComP."""


def detections_from(twin: Untyped) -> tuple[Detection, ...]:
    """Return the detections of an event's picks, with their amplitudes."""
    amplitudes: dict[str, list[Untyped]] = {}
    for amplitude in twin.amplitudes:
        if amplitude.pick_id is not None:
            amplitudes.setdefault(str(amplitude.pick_id), []).append(amplitude)
    found = {}
    for pick in twin.picks:
        if pick.time is None:
            continue
        own = amplitudes.get(str(pick.resource_id), [])
        detection = detection_from(pick, own)
        item = rest.with_rest(encode.detection_item(detection), pick, rest.DETECTION)
        if item is not None:
            detection = replace(
                decode.detection_record(item, 0),
                time_ns=detection.time_ns,
                id=detection.id,
            )
        found[detection.id] = detection
    return tuple(found.values())


def detection_from(pick: Untyped, amplitudes: Iterable[Untyped] = ()) -> Detection:
    """Return the detection of a pick; the first amplitude in metres is its own."""
    where = pick.waveform_id
    network, station = code_of(where, "network_code"), code_of(where, "station_code")
    location, channel = code_of(where, "location_code"), code_of(where, "channel_code")
    detection = Detection(
        id=record_id_of("pick", str(pick.resource_id)),
        station=station,
        time_ns=ns_of(pick.time),
        time_sigma_s=sigma_of(pick.time_errors),
        phase=pick.phase_hint or None,
        network=network,
        channel=ChannelId(network, station, location, channel) if channel or location else None,
        azimuth_deg=finite(pick.backazimuth),
        azimuth_deg_sigma=sigma_of(pick.backazimuth_errors),
        slowness_s_per_deg=finite(pick.horizontal_slowness),
        slowness_s_per_deg_sigma=sigma_of(pick.horizontal_slowness_errors),
        snr=_commented_snr(pick),
        first_motion=POLARITIES.get(str(pick.polarity)),
        onset=ONSETS.get(str(pick.onset)),
        analysis=MODES.get(str(pick.evaluation_mode), ""),
        method=resource_of(pick.method_id, "method"),
        author=author_of(pick),
    )
    return _with_amplitudes(detection, list(amplitudes))


def _with_amplitudes(detection: Detection, amplitudes: list[Untyped]) -> Detection:
    own = next((a for a in amplitudes if a.unit == "m" and a.generic_amplitude is not None), None)
    if own is not None:
        snr = finite(own.snr)
        detection = replace(
            detection,
            amplitude_nm=scaled(finite(own.generic_amplitude), 1e9),
            amplitude_nm_sigma=scaled(sigma_of(own.generic_amplitude_errors), 1e9),
            period_s=finite(own.period),
            period_s_sigma=sigma_of(own.period_errors),
            snr=detection.snr if snr is None else snr,
        )
    others = tuple(_amplitude(a) for a in amplitudes if a is not own and _has_value(a))
    return replace(detection, amplitudes=others)


def _has_value(amplitude: Untyped) -> bool:
    return finite(amplitude.generic_amplitude) is not None


def _amplitude(amplitude: Untyped) -> Amplitude:
    unit = str(amplitude.unit or "")
    nano = {"m": "nm", "m/s": "nm/s"}.get(unit)
    value = finite(amplitude.generic_amplitude) or 0.0
    return Amplitude(
        type=amplitude.type or "",
        value=(scaled(value, 1e9) or 0.0) if nano else value,
        unit=nano or unit,
        period_s=finite(amplitude.period),
        snr=finite(amplitude.snr),
    )


def _commented_snr(pick: Untyped) -> float | None:
    """Return the SNR that SeisComP keeps in a comment."""
    for comment in pick.comments:
        if str(comment.resource_id or "").rsplit("/", 1)[-1] == _SNR_COMMENT:
            try:
                return finite(comment.text)
            except ValueError:
                return None
    return None


def code_of(where: Untyped, name: str) -> str:
    """Return a code of a waveform id; empty where there is none."""
    return str(getattr(where, name, None) or "") if where is not None else ""


def resource_of(identifier: Untyped, kind: str) -> str:
    """Return what a method or model is called."""
    text = record_id_of(kind, str(identifier)) if identifier else ""
    return text.removeprefix(_SEISCOMP)


def author_of(twin: Untyped) -> str:
    """Return the author, or else the agency, of an ObsPy object."""
    info = twin.creation_info
    return str(info.author or info.agency_id or "") if info else ""
