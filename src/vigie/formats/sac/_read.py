"""A SAC file to a waveform."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import BadTimeError
from vigie.formats._obspy_guard import call_obspy
from vigie.formats.base import Contents
from vigie.formats.flat_stations import FlatRow, stations_of
from vigie.formats.sac import HEADER_BYTES
from vigie.formats.sac._header import ITIME, SacHeader, read_header
from vigie.records import NS_PER_S, ChannelId, Waveform, format_iso
from vigie.records.time import ns_from_civil

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.formats.base import IssueLog

_UNITS = {6: "nm", 7: "nm/s"}
"""Unit of the samples by ``idep``: IDISP and IVEL, which the SAC manual gives in nm, nm/s."""
_PICKS = ("o", "a", "f", *(f"t{k}" for k in range(10)))
_EVENT = ("evla", "evlo", "evdp", "mag")
_FLOAT32_STEP = 1.2e-7
"""Twice the relative spacing of float32."""
_MAX_OFFSET_S = 100 * 366 * 86_400.0
"""A hundred years: a larger offset of a pick or a start is no time."""


def read_trace(data: bytes, log: IssueLog) -> Contents:
    """Read one file."""
    header = call_obspy(lambda: read_header(data), log, expected="a readable SAC header")
    if header is None or not _is_even_series(header, log):
        return Contents(format="sac", issues=log.issues)
    start_ns = _start_ns(header, log)
    samples = _samples(data, header, log)
    if start_ns is None or samples is None:
        return Contents(format="sac", issues=log.issues)
    scale = header.numbers.get("scale")
    waveform = Waveform(
        _channel_id(header),
        start_ns,
        _rate_hz(header.numbers["delta"]),
        samples,
        unit=_UNITS.get(header.integers.get("idep", 0), "count"),
        calib=scale if scale not in (None, 0.0, 1.0) else None,
    )
    return Contents(
        format="sac",
        waveforms=(waveform,),
        stations=stations_of(_rows(header, waveform), log),
        header=_display(header, start_ns),
        issues=log.issues,
    )


def _is_even_series(header: SacHeader, log: IssueLog) -> bool:
    delta = header.numbers.get("delta", 0.0)
    kind, npts = header.integers.get("iftype", ITIME), header.integers.get("npts", 0)
    checks: tuple[tuple[str, bool, float, str], ...] = (
        ("iftype", kind == ITIME, kind, f"{ITIME}, a time series"),
        ("leven", header.integers.get("leven", 1) != 0, 0, "1, evenly sampled"),
        ("delta", delta > 0.0, delta, "above 0"),
        ("npts", npts > 0, npts, "above 0"),
    )
    for name, holds, found, expected in checks:
        if not holds:
            log.bad_record("header", field_name=name, text=str(found), expected=expected)
            return False
    return True


def _start_ns(header: SacHeader, log: IssueLog) -> int | None:
    """Return the time of the first sample: the reference plus ``b``."""
    whole = header.integers
    try:
        if "nzyear" not in whole or "nzjday" not in whole:
            # A file without a date counts from the epoch, as ObsPy has it too.
            log.notice("header", "formats.sac_no_date", "no reference date; 1970-01-01 is taken")
            reference_ns = 0
        else:
            day = datetime(whole["nzyear"], 1, 1, tzinfo=UTC) + timedelta(whole["nzjday"] - 1)
            clock = (whole.get("nzhour", 0), whole.get("nzmin", 0), whole.get("nzsec", 0))
            reference_ns = ns_from_civil((day.year, day.month, day.day), clock)
            reference_ns += whole.get("nzmsec", 0) * 1_000_000
    except (BadTimeError, ValueError, OverflowError) as error:
        log.bad_record(
            "header", field_name="nzyear ... nzmsec", text=str(error), expected="a date and time"
        )
        return None
    offset_s = header.reference_offset_s
    if abs(offset_s) > _MAX_OFFSET_S:
        log.bad_record("header", field_name="b", text=str(offset_s), expected="under 100 years")
        return None
    return reference_ns + round(offset_s * NS_PER_S)


def _rate_hz(delta: float) -> float:
    rate_hz = 1.0 / delta
    whole = round(rate_hz)
    return float(whole) if whole and abs(rate_hz / whole - 1.0) < _FLOAT32_STEP else rate_hz


def _samples(data: bytes, header: SacHeader, log: IssueLog) -> NDArray[np.float32] | None:
    n_there = max(len(data) - HEADER_BYTES, 0) // 4
    n_declared = header.integers["npts"]
    if n_there < n_declared:
        log.suspect(
            f"byte {len(data)}",
            field_name="npts",
            text=str(n_declared),
            expected=f"the number of samples there are, {n_there}",
        )
    count = min(n_there, n_declared)
    if count == 0:
        return None
    stored = np.frombuffer(data, f"{header.byte_order}f4", count, HEADER_BYTES)
    return stored.astype(np.float32)


def _channel_id(header: SacHeader) -> ChannelId:
    # Some programs fill unset texts with dashes.
    names = ("knetwk", "kstnm", "khole", "kcmpnm")
    return ChannelId(*(header.texts.get(name, "").strip("-") for name in names))


def _rows(header: SacHeader, waveform: Waveform) -> list[FlatRow]:
    numbers = header.numbers
    latitude, longitude = numbers.get("stla"), numbers.get("stlo")
    if latitude is None or longitude is None:
        return []
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 360.0):
        return []
    if abs(longitude) > 180.0:
        longitude -= math.copysign(360.0, longitude)
    optional = {
        "burial_m": numbers.get("stdp"),
        "azimuth_deg": numbers.get("cmpaz"),
        "dip_deg": numbers["cmpinc"] - 90.0 if "cmpinc" in numbers else None,
        "rate_hz": waveform.rate_hz,
    }
    row = FlatRow(
        line_number=0,
        id=waveform.channel,
        latitude=latitude,
        longitude=longitude,
        elevation_m=numbers.get("stel", 0.0),
        numbers={name: value for name, value in optional.items() if value is not None},
    )
    return [row]


def _display(header: SacHeader, start_ns: int) -> tuple[tuple[str, str], ...]:
    """Return event, picks (as times) and their labels as pairs of text."""
    found = [(name, f"{header.numbers[name]:g}") for name in _EVENT if name in header.numbers]
    reference_ns = start_ns - round(header.reference_offset_s * NS_PER_S)
    for name in _PICKS:
        seconds = header.numbers.get(name, math.inf)
        if abs(seconds) > _MAX_OFFSET_S:
            continue
        found.append((name, format_iso(reference_ns + round(seconds * NS_PER_S))))
        label = header.texts.get(f"k{name}")
        if label:
            found.append((f"k{name}", label))
    return tuple(found)
