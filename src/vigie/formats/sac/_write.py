"""Waveforms to SAC files, through ObsPy."""

from __future__ import annotations

import io
import math
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import UnwritableError
from vigie.records import NS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.formats.base import Contents
    from vigie.records import Channel, Inventory, Waveform

_IDEP = {"nm": "idisp", "nm/s": "ivel", "count": "iunkn"}
_CODE_LENGTH = 8
_NS_PER_MS = 1_000_000


def write_traces(contents: Contents) -> dict[str, bytes]:
    """Return a file per waveform by its ending.

    Raises
    ------
    UnwritableError
        Samples that float32 cannot hold, a unit SAC does not know, or a code too long.
    """
    if len(contents.waveforms) == 1:
        return {".sac": _file(contents.waveforms[0], contents.inventory)}
    counts: Counter[str] = Counter()
    files = {}
    for waveform in contents.waveforms:
        name = str(waveform.channel).strip(".")
        counts[name] += 1
        # A channel with gaps has several files.
        number = "" if counts[name] == 1 else f".{counts[name]}"
        files[f".{name}{number}.sac"] = _file(waveform, contents.inventory)
    return files


def _file(waveform: Waveform, inventory: Inventory) -> bytes:
    from obspy.io.sac import SACTrace

    if waveform.unit not in _IDEP:
        raise UnwritableError(
            format="SAC", what=f"samples in {waveform.unit}", remedy="Write vigie JSON."
        )
    if any(len(code) > _CODE_LENGTH or not code.isascii() for code in waveform.channel):
        raise UnwritableError(
            format="SAC",
            what=f"the codes {waveform.channel}",
            remedy="Use at most 8 ASCII letters each.",
        )
    names = zip(("knetwk", "kstnm", "khole", "kcmpnm"), waveform.channel, strict=True)
    codes = {name: code for name, code in names if code}
    seconds, rest_ns = divmod(waveform.start_ns, NS_PER_S)
    msec, rest_ns = divmod(rest_ns, _NS_PER_MS)
    when = datetime.fromtimestamp(seconds, UTC)
    trace = SACTrace(
        data=_float32(waveform),
        delta=1.0 / waveform.rate_hz,
        # What the millisecond of the reference leaves over; float32 keeps it to 1 ns.
        b=rest_ns / NS_PER_S,
        nzyear=when.year,
        nzjday=when.timetuple().tm_yday,
        nzhour=when.hour,
        nzmin=when.minute,
        nzsec=when.second,
        nzmsec=msec,
        idep=_IDEP[waveform.unit],
        **codes,
        **_place(waveform, inventory),
    )
    if waveform.calib is not None:
        trace.scale = waveform.calib
    out = io.BytesIO()
    trace.write(out)
    return out.getvalue()


def _place(waveform: Waveform, inventory: Inventory) -> dict[str, float]:
    """Return the header fields of the channel's position; none where it is unknown."""
    found: Channel | None = next(
        (
            channel
            for station in inventory.stations
            for site in station.sites
            for channel in site.channels
            if channel.id == waveform.channel and channel.epoch.holds(waveform.start_ns)
        ),
        None,
    )
    if found is None:
        return {}
    fields = {
        "stla": found.latitude,
        "stlo": found.longitude,
        "stel": None if math.isnan(found.elevation_m) else found.elevation_m,
        "stdp": found.burial_m or None,
        "cmpaz": found.azimuth_deg,
        "cmpinc": None if found.dip_deg is None else found.dip_deg + 90.0,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _float32(waveform: Waveform) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        samples = waveform.samples.astype(np.float32)
    if not np.array_equal(samples, waveform.samples, equal_nan=True):
        raise UnwritableError(
            format="SAC",
            what=f"{waveform.channel}: samples beyond the precision of float32",
            remedy="Write miniSEED, or round them to float32.",
        )
    return samples
