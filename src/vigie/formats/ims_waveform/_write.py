"""Waveforms to a message. Times are rounded to 1 ms, as the format has no more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import ParameterError, UnwritableError
from vigie.formats.codecs import checksum_chk2, encode_cm6, encode_int
from vigie.formats.fixed_columns import format_row, new_row
from vigie.formats.ims_waveform._lines import STA2, WID2
from vigie.records import format_iso

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.formats.base import Contents
    from vigie.formats.fixed_columns import Value
    from vigie.records import Channel, Inventory, Waveform

_ENCODERS = {"CM6": encode_cm6, "INT": encode_int}
_OWN_ID = "1 VIGIE"


def write_message(contents: Contents, *, encoding: str = "CM6", version: str = "IMS2.0") -> bytes:
    """Return one data message with all waveforms.

    Parameters
    ----------
    contents : Contents
        Waveforms, and stations for their STA2 lines; ``MSG_ID`` of the header is kept.
    encoding : {"CM6", "INT"}
        Of the samples.
    version : {"IMS2.0", "IMS1.0", "GSE2.1", "GSE2.0"}
        Label of the message; the sections are the same in all.

    Raises
    ------
    ParameterError
        The encoding is neither.
    UnwritableError
        Samples are not 32-bit integers, a waveform is not in counts, or a code is too long.
    """
    if encoding not in _ENCODERS:
        raise ParameterError(name="encoding", value=encoding, expected="must be CM6 or INT")
    message_id = dict(contents.header).get("MSG_ID", _OWN_ID)
    lines = [
        f"BEGIN {version}".encode(),
        b"MSG_TYPE DATA",
        f"MSG_ID {message_id}".encode(),
        f"DATA_TYPE WAVEFORM {version}:{encoding}".encode(),
    ]
    for waveform in contents.waveforms:
        lines += _section(waveform, contents.inventory, encoding)
    return b"\n".join([*lines, b"STOP", b""])


def _section(waveform: Waveform, inventory: Inventory, encoding: str) -> list[bytes]:
    samples = _integers(waveform)
    channel = _channel(waveform, inventory)
    vang = None if channel is None or channel.dip_deg is None else channel.dip_deg + 90.0
    network, station, auxid, code = waveform.channel
    date, time = format_iso(waveform.start_ns, digits=3).removesuffix("Z").split("T")
    wid2: dict[str, Value] = {
        "tag": "WID2",
        "date": date.replace("-", "/"),
        "time": time,
        "sta": station,
        "chan": code,
        "auxid": auxid,
        "format": encoding,
        "nsamp": len(samples),
        "rate_hz": waveform.rate_hz,
        "calib": waveform.calib,
        "calper_s": waveform.calper_s,
        "hang": channel.azimuth_deg if channel else None,
        "vang": vang,
    }
    sta2: dict[str, Value] = {"tag": "STA2", "net": network}
    if channel is not None:
        sta2 |= {
            "lat": channel.latitude,
            "lon": channel.longitude,
            "system": "WGS-84",
            "elev_km": None if math.isnan(channel.elevation_m) else channel.elevation_m / 1e3,
            "burial_km": channel.burial_m / 1e3,
        }
    return [
        format_row(new_row(WID2, wid2)),
        format_row(new_row(STA2, sta2)).rstrip(),
        b"DAT2",
        _ENCODERS[encoding](samples),
        f"CHK2 {checksum_chk2(samples):8d}".encode(),
    ]


def _channel(waveform: Waveform, inventory: Inventory) -> Channel | None:
    """Return the channel's entry in the inventory; None where it has none."""
    return next(
        (
            channel
            for station in inventory.stations
            for site in station.sites
            for channel in site.channels
            if channel.id == waveform.channel and channel.epoch.holds(waveform.start_ns)
        ),
        None,
    )


def _integers(waveform: Waveform) -> NDArray[np.int32]:
    if waveform.unit != "count":
        raise UnwritableError(
            format="An IMS waveform message",
            what=f"{waveform.channel} in {waveform.unit}",
            remedy="It knows only counts; write vigie JSON, or keep the raw record.",
        )
    samples = waveform.samples
    whole = samples.astype(np.int32) if np.all(np.abs(samples) < 2.0**31) else None
    if whole is None or not np.array_equal(whole, samples):
        raise UnwritableError(
            format="An IMS waveform message",
            what=f"{waveform.channel}: samples that are no 32-bit integers",
            remedy="Write miniSEED instead.",
        )
    return whole
