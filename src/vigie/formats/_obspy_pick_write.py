"""Detections to ObsPy's picks and amplitudes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats import _obspy_pick_read as picks
from vigie.formats import _obspy_rest as rest
from vigie.formats._obspy_times import scaled, utc
from vigie.formats._obspy_twins import creation_info, quantity_error, resource_id
from vigie.formats.vigie_json import encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats._obspy_guard import Untyped
    from vigie.records import Amplitude, Detection

_POLARITIES = {letter: word for word, letter in picks.POLARITIES.items()}
_ONSETS = {letter: word for word, letter in picks.ONSETS.items()}
MODES = {letter: word for word, letter in picks.MODES.items()}


def add_detections(twin: Untyped, detections: Iterable[Detection]) -> dict[str, str]:
    """Add picks and amplitudes; return the amplitude's identifier by detection."""
    amplitude_ids = {}
    for detection in detections:
        pick = _pick(detection)
        amplitudes = _amplitudes(detection, str(pick.resource_id))
        if amplitudes:
            amplitude_ids[detection.id] = str(amplitudes[0].resource_id)
        read_back = picks.detection_from(pick, amplitudes)
        rest.keep_rest(
            pick,
            encode.detection_item(detection),
            encode.detection_item(read_back),
            rest.DETECTION,
        )
        twin.picks.append(pick)
        twin.amplitudes.extend(amplitudes)
    return amplitude_ids


def _pick(detection: Detection) -> Untyped:
    from obspy.core import event as oe

    channel = detection.channel
    pick = oe.Pick(
        resource_id=resource_id("pick", detection.id),
        time=utc(detection.time_ns),
        waveform_id=oe.WaveformStreamID(
            network_code=detection.network,
            station_code=detection.station,
            location_code=channel.location if channel else None,
            channel_code=channel.channel if channel else None,
        ),
        backazimuth=detection.azimuth_deg,
        horizontal_slowness=detection.slowness_s_per_deg,
        onset=_ONSETS.get(detection.onset or ""),
        polarity=_POLARITIES.get(detection.first_motion or ""),
        phase_hint=detection.phase,
        evaluation_mode=MODES.get(detection.analysis),
        method_id=resource_id("method", detection.method) if detection.method else None,
        creation_info=creation_info(detection.author),
    )
    pick.time_errors = quantity_error(detection.time_sigma_s)
    pick.backazimuth_errors = quantity_error(detection.azimuth_deg_sigma)
    pick.horizontal_slowness_errors = quantity_error(detection.slowness_s_per_deg_sigma)
    return pick


def _amplitudes(detection: Detection, pick_id: str) -> list[Untyped]:
    """Return the detection's own amplitude first; others of its list follow."""
    from obspy.core import event as oe

    found = []
    nm = scaled(detection.amplitude_nm, 1e-9)
    if nm is not None:
        own = oe.Amplitude(
            resource_id=resource_id("amplitude", detection.id),
            generic_amplitude=nm,
            type="A",
            unit="m",
            period=detection.period_s,
            snr=detection.snr,
            pick_id=pick_id,
            waveform_id=oe.WaveformStreamID(detection.network, detection.station),
        )
        own.generic_amplitude_errors = quantity_error(scaled(detection.amplitude_nm_sigma, 1e-9))
        own.period_errors = quantity_error(detection.period_s_sigma)
        found.append(own)
    for number, amplitude in enumerate(detection.amplitudes):
        # Without the detection's own, one in metres would be read as that.
        if amplitude.unit != "nm" or nm is not None:
            found.append(_amplitude(detection, number, amplitude, pick_id))
    return found


def _amplitude(detection: Detection, number: int, amplitude: Amplitude, pick_id: str) -> Untyped:
    from obspy.core import event as oe

    unit = {"nm": "m", "nm/s": "m/s"}.get(amplitude.unit)
    value = amplitude.value if unit is None else scaled(amplitude.value, 1e-9)
    return oe.Amplitude(
        resource_id=resource_id("amplitude", f"{detection.id}/{number}"),
        generic_amplitude=value,
        type=amplitude.type,
        unit=unit or "other",
        period=amplitude.period_s,
        snr=amplitude.snr,
        pick_id=pick_id,
        waveform_id=oe.WaveformStreamID(detection.network, detection.station),
    )
