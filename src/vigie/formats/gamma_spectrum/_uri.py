"""Spectra in an address: ``RADDATA://G0/...``, as InterSpec puts them into QR codes.

Layout after Sandia's description and header of SpecUtils' ``UriSpectrum`` (options, fields, order
of the steps): hexadecimal digits of options, the number of addresses and that of spectra, each less
one, then the body: base-64 for addresses or base-45 (RFC 9285), deflate, fields ``I:`` source,
``T:`` real and live time, ``C:`` coefficients, ``D:`` deviation pairs, ``M:`` model, ``P:`` start,
``O:`` title, ``S:`` counts. Counts are StreamVByte (a 16-bit number of integers, two bits each for
its length less one, then the bytes) with a zero followed by the number of zeros it stands for.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from vigie.errors import BadTimeError
from vigie.formats.numbers import number_of
from vigie.records import parse_iso

NO_DEFLATE, NO_BASE, CSV_COUNTS, NO_ZERO_RUNS, BASE64 = 0x01, 0x02, 0x04, 0x08, 0x10
_MAILED = 0x20
_KNOWN = NO_DEFLATE | NO_BASE | CSV_COUNTS | NO_ZERO_RUNS | BASE64 | _MAILED
MAX_CHANNELS = 1 << 17
_MAX_BYTES = 4 * MAX_CHANNELS * 9
_START = re.compile(rb"\s*RADDATA://G0/([0-9A-F]{1,2})([0-9A-F])([0-9A-F])/", re.IGNORECASE)
_FIELD = re.compile(rb"(?:^| )([A-Z]):")
_BASE45 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_SPECTRA = b":0A:"
_ROLES = {"F": "sample", "B": "background", "C": "calibration", "I": "intrinsic"}


class UriError(ValueError):
    """An address that cannot be decoded; the text says why."""


@dataclass(slots=True)
class UriSpectrum:
    """One spectrum of an address, as it stands there."""

    counts: list[int]
    role: str = ""
    real_time_s: float | None = None
    live_time_s: float | None = None
    coefficients: list[float] = field(default_factory=list)
    deviations: list[tuple[float, float]] = field(default_factory=list)
    """Energy and correction, keV."""
    model: str = ""
    title: str = ""
    start_ns: int | None = None


def decode_uri(data: bytes) -> list[UriSpectrum]:
    """Return the spectra of an address.

    Raises
    ------
    UriError
        It cannot be decoded, or is one of several.
    """
    match = _START.match(data)
    if match is None:
        raise UriError("it does not begin with RADDATA://G0/ and its options")
    options = int(match[1], 16)
    if options & ~_KNOWN:
        raise UriError(f"its options {options:#x} are not known (a lossy compression?)")
    if int(match[2], 16):
        raise UriError("it is one of several addresses of one spectrum; join them first")
    body = data[match.end() :].strip()
    if b"%" in body and (options & (BASE64 | NO_BASE) or re.search(rb"%2[0-9A-F]", body)):
        body = unquote_to_bytes(body)
    text = _inflated(_unbased(body, options), options)
    # Binary counts may hold the mark by chance, so it counts only where several are announced.
    parts = text.split(_SPECTRA) if int(match[3], 16) else [text]
    return [_spectrum(part, options) for part in parts]


def _unbased(body: bytes, options: int) -> bytes:
    if options & NO_BASE:
        return body
    try:
        if options & BASE64:
            return base64.b64decode(body + b"=" * (-len(body) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise UriError(f"its base-64 is damaged: {error}") from None
    return base45_decode(body)


def base45_decode(body: bytes) -> bytes:
    """Return the bytes of a base-45 text (RFC 9285): three letters for two bytes.

    Raises
    ------
    UriError
        A letter or a group is none of base-45.

    Examples
    --------
    >>> base45_decode(b"%69 VD92EX0")
    b'Hello!!'
    """
    values = [_BASE45.find(letter) for letter in body]
    if min(values, default=0) < 0 or len(values) % 3 == 1:
        raise UriError("its base-45 is damaged")
    decoded = bytearray()
    for k in range(0, len(values), 3):
        group = values[k : k + 3]
        number = sum(value * 45**power for power, value in enumerate(group))
        if number >> (8 * (len(group) - 1)):
            raise UriError("its base-45 is damaged")
        decoded += number.to_bytes(len(group) - 1, "big")
    return bytes(decoded)


def _inflated(raw: bytes, options: int) -> bytes:
    if options & NO_DEFLATE:
        return raw
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(raw, _MAX_BYTES)
    except zlib.error as error:
        raise UriError(f"its compressed part is damaged: {error}") from None
    if not unpacker.eof:
        raise UriError("its compressed part is cut off, or larger than any spectrum")
    return text


def _spectrum(text: bytes, options: int) -> UriSpectrum:
    fields: dict[str, bytes] = {}
    at = 0
    while (match := _FIELD.search(text, at)) is not None:
        letter = match[1].decode()
        if letter == "S":
            # Counts are binary and come last.
            fields["S"] = text[match.end() :]
            break
        following = _FIELD.search(text, match.end())
        fields[letter] = text[match.end() : following.start() if following else len(text)]
        at = following.start() if following else len(text)
    if "S" not in fields:
        raise UriError("it has no counts")
    times = _numbers(fields.get("T", b""))
    pairs = _numbers(fields.get("D", b""))
    return UriSpectrum(
        counts=_counts(fields["S"], options),
        role=_ROLES.get(fields.get("I", b"").decode("latin-1").strip().upper(), ""),
        real_time_s=times[0] if times else None,
        live_time_s=times[1] if len(times) > 1 else None,
        coefficients=_numbers(fields.get("C", b"")),
        deviations=list(zip(pairs[::2], pairs[1::2], strict=False)),
        model=_words(fields.get("M", b"")),
        title=_words(fields.get("O", b"")),
        start_ns=_time(fields.get("P", b"")),
    )


def _words(raw: bytes) -> str:
    text = raw.decode("utf-8", errors="replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _numbers(raw: bytes) -> list[float]:
    words = re.split(r"[,$]", raw.decode("latin-1").strip())
    values = [number_of(word.strip()) for word in words]
    return [value for value in values if value is not None]


def _time(raw: bytes) -> int | None:
    try:
        return parse_iso(raw.decode("latin-1").strip(), date_alone=False)
    except BadTimeError:
        return None


def _counts(raw: bytes, options: int) -> list[int]:
    values = _listed(raw) if options & CSV_COUNTS else _stream(raw)
    if options & NO_ZERO_RUNS:
        return values
    counts: list[int] = []
    k = 0
    while k < len(values):
        if values[k]:
            counts.append(values[k])
        elif k + 1 < len(values) and len(counts) + values[k + 1] <= MAX_CHANNELS:
            k += 1
            counts += [0] * values[k]
        else:
            raise UriError("its runs of zeros are damaged")
        k += 1
    return counts


def _listed(raw: bytes) -> list[int]:
    words = re.split(rb"[,$\s]+", raw.strip())
    if not all(word.isdigit() and len(word) < 11 for word in words):
        raise UriError("its counts are no whole numbers")
    return [int(word) for word in words]


def _stream(raw: bytes) -> list[int]:
    count = int.from_bytes(raw[:2], "little")
    at = 2 + (count + 3) // 4
    keys = raw[2:at]
    if not count or len(keys) < (count + 3) // 4:
        raise UriError("its counts are cut off")
    values = []
    for k in range(count):
        length = 1 + (keys[k // 4] >> (2 * (k % 4)) & 3)
        if at + length > len(raw):
            raise UriError("its counts are cut off")
        values.append(int.from_bytes(raw[at : at + length], "little"))
        at += length
    return values
