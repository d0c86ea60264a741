"""Waveforms to miniSEED records."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.errors import UnwritableError
from vigie.records import Waveform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from vigie.formats.base import Contents

_RECORD_BYTES = 512
_V2_CODE_LENGTHS = (2, 5, 2, 3)
_V3_CODE_LENGTHS = (8, 8, 8, 8)
# Steim2 holds differences of at most 30 bits.
_STEIM2_LIMIT = 1 << 29
_NS_PER_US = 1000
_CODES = ("network", "station", "location", "channel")
_EXACT = ("", "mseed")
"""Formats of contents that are written as they are, whatever the version."""
_TEMPORARY = re.compile(r"[0-9A-Z]{2}(?:19|20)[0-9]{2}", re.ASCII)
"""A temporary network as the FDSN names it in miniSEED 3; its first two letters in miniSEED 2."""
_VERSION_3 = (
    "written as miniSEED 3, which ObsPy 1.5 and older programs cannot read; to get miniSEED 2, "
    "give shorter codes, or times and rates that it can hold"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written of some waveforms, and what has to be said of it."""

    waveforms: tuple[Waveform, ...]
    version: int = 2
    remarks: tuple[str, ...] = ()


def planned(contents: Contents) -> Plan:
    """Choose miniSEED 2, which all programs read, unless it loses something that matters.

    Waveforms of miniSEED, or of no file, stay exactly as they are. Those of other formats lose for
    miniSEED 2 what is no part of the recording: fractions of a microsecond, digits of the rate
    beyond float32, and network codes of more than two letters, which are none of the FDSN's
    there (IMS messages have names like IDC_SEIS). Of a temporary network (XX2019) the FDSN's own
    short form is kept. Where two channels would get one name, or station, location or channel
    code are too long, it is miniSEED 3.
    """
    kept = contents.waveforms
    if all(_fits_v2(waveform) for waveform in kept):
        return Plan(kept)
    if contents.format not in _EXACT:
        shorter = tuple(_adapted(waveform) for waveform in kept)
        names = len({w.channel for w in kept}) == len({w.channel for w in shorter})
        if names and all(_fits_v2(waveform) for waveform in shorter):
            return Plan(shorter, remarks=tuple(_losses(kept, shorter)))
    reasons = ", ".join(dict.fromkeys(r for waveform in kept for r in _too_much(waveform)))
    return Plan(kept, 3, (f"miniSEED 2 has no room for {reasons}: {_VERSION_3}",))


def write_waveforms(contents: Contents) -> bytes:
    """Return the records of the waveforms, one after the other.

    Raises
    ------
    UnwritableError
        A waveform is not in counts, its codes are too long or its samples of another kind.
    """
    plan = planned(contents)
    return b"".join(_records(waveform, plan.version) for waveform in plan.waveforms)


def _adapted(waveform: Waveform) -> Waveform:
    """Return a waveform as miniSEED 2 can hold it, if its codes allow."""
    network = waveform.channel.network
    if len(network) > _V2_CODE_LENGTHS[0]:
        network = network[:2] if _TEMPORARY.fullmatch(network) else ""
    rounded_ns = (waveform.start_ns + _NS_PER_US // 2) // _NS_PER_US * _NS_PER_US
    return replace(
        waveform,
        channel=waveform.channel._replace(network=network),
        start_ns=rounded_ns,
        rate_hz=float(np.float32(waveform.rate_hz)),
    )


def _losses(before: tuple[Waveform, ...], after: tuple[Waveform, ...]) -> Iterator[str]:
    pairs = list(zip(before, after, strict=True))
    for name in sorted({b.channel.network for b, a in pairs if b.channel != a.channel}):
        short = name[:2] if _TEMPORARY.fullmatch(name) else ""
        what = f"is shortened to {short}" if short else "is left out"
        yield f"the network code {name} {what}, since miniSEED 2 has two letters for it"
    if any(b.start_ns != a.start_ns for b, a in pairs):
        yield "start times are rounded to 1 us"
    if any(b.rate_hz != a.rate_hz for b, a in pairs):
        yield "sampling rates are rounded to float32 (6e-8)"


def _too_much(waveform: Waveform) -> Iterator[str]:
    """Yield what of a waveform does not fit miniSEED 2."""
    for field, code, length in zip(_CODES, waveform.channel, _V2_CODE_LENGTHS, strict=True):
        if len(code) > length:
            yield f"the {field} code {code} ({length} letters)"
    if waveform.start_ns % _NS_PER_US:
        yield "start times between microseconds"
    if float(np.float32(waveform.rate_hz)) != waveform.rate_hz:
        yield "sampling rates beyond float32"


def _records(waveform: Waveform, version: int) -> bytes:
    from pymseed import MiniSEEDError, MS3Record, nslc2sourceid

    if waveform.unit != "count":
        raise UnwritableError(
            format="miniSEED",
            what=f"{waveform.channel} in {waveform.unit}",
            remedy="It knows only counts; write vigie JSON, or keep the raw record.",
        )
    if any(len(c) > n for c, n in zip(waveform.channel, _V3_CODE_LENGTHS, strict=True)):
        raise UnwritableError(
            format="miniSEED", what=f"the codes {waveform.channel}", remedy="Shorten them."
        )
    if not len(waveform.samples):
        return b""
    samples, sample_type, encoding = _encoded(waveform)
    record = MS3Record(reclen=_RECORD_BYTES, encoding=encoding)
    record.sourceid = nslc2sourceid(*waveform.channel)
    record.formatversion = version
    record.starttime = waveform.start_ns
    record.samprate = waveform.rate_hz
    record.pubversion = 1
    try:
        return b"".join(record.generate(samples, sample_type))
    except MiniSEEDError as error:
        raise UnwritableError(
            format="miniSEED", what=f"{waveform.channel} ({error})", remedy="Check its header."
        ) from error


def _encoded(waveform: Waveform) -> tuple[NDArray[Any], str, int]:
    """Return samples in a kind that miniSEED has, its letter and the encoding."""
    from pymseed import DataEncoding

    samples = np.ascontiguousarray(waveform.samples)
    if samples.dtype == np.float32:
        return samples, "f", DataEncoding.FLOAT32
    if samples.dtype == np.float64:
        return samples, "d", DataEncoding.FLOAT64
    limits = np.iinfo(np.int32)
    small = samples.dtype.kind in "iu" and (
        limits.min <= int(samples.min()) and int(samples.max()) <= limits.max
    )
    if not small:
        raise UnwritableError(
            format="miniSEED",
            what=f"{waveform.channel}: samples of type {samples.dtype} beyond 32 bits",
            remedy="Write them as float64.",
        )
    wide = samples.astype(np.int64)
    steps = np.abs(np.diff(wide, prepend=0))
    encoding = DataEncoding.STEIM2 if steps.max() < _STEIM2_LIMIT else DataEncoding.INT32
    return samples.astype(np.int32), "i", encoding


def _fits_v2(waveform: Waveform) -> bool:
    """Tell whether miniSEED 2 holds codes, time (to 1 us) and rate (float32) exactly."""
    return not any(_too_much(waveform))
