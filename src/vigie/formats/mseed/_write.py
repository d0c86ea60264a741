"""Waveforms to miniSEED records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.errors import UnwritableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from vigie.records import Waveform

_RECORD_BYTES = 512
_V2_CODE_LENGTHS = (2, 5, 2, 3)
_V3_CODE_LENGTHS = (8, 8, 8, 8)
# Steim2 holds differences of at most 30 bits.
_STEIM2_LIMIT = 1 << 29
_NS_PER_US = 1000


def write_waveforms(waveforms: Iterable[Waveform]) -> bytes:
    """Return the records of waveforms, one after the other.

    Raises
    ------
    UnwritableError
        A waveform is not in counts, its codes are too long or its samples of another kind.
    """
    kept = tuple(waveforms)
    version = 2 if all(_fits_v2(waveform) for waveform in kept) else 3
    return b"".join(_records(waveform, version) for waveform in kept)


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
    return (
        all(len(c) <= n for c, n in zip(waveform.channel, _V2_CODE_LENGTHS, strict=True))
        and waveform.start_ns % _NS_PER_US == 0
        and float(np.float32(waveform.rate_hz)) == waveform.rate_hz
    )
