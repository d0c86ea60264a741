"""Kinds of spectrum files, by their first bytes.

Sources of the marks: ANSI N42.42 (root elements), IAEA's SPE as GammaVision and Maestro write it
(``$SPEC_ID:``), ORTEC's description of its CHN and SPC records, the section headers of Canberra's
CAM files and GADRAS' PCF as seen in real files, Sandia's description of spectra in addresses.
"""

from __future__ import annotations

import re
from enum import StrEnum

_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_N42 = re.compile(rb"<(?:\w+:)?(?:N42InstrumentData|RadInstrumentData)\b")
_SPE = re.compile(rb"\s*\$[A-Z][A-Z_0-9]{2,20}:[ \t]*[^\r\n]{0,80}[\r\n]")
_SPE_DATA = re.compile(rb"[\r\n]\$(?:DATA|MEAS_TIM|DATE_MEA):")
_URI = re.compile(rb"\s*RADDATA://G0/", re.IGNORECASE)
_CHN_DATE = re.compile(rb"[ 0-3]\d[A-Za-z]{3}\d\d[01* ]\d{4}")
_CAM_SECTION = re.compile(rb"[\x00-\xff]\x20\x01\x00")


class Kind(StrEnum):
    """A kind of file, by the name that people use."""

    N42 = "N42"
    SPE = "SPE"
    SPC = "SPC"
    CHN = "CHN"
    CNF = "CNF"
    PCF = "PCF"
    URI = "RADDATA"


def kind_of(head: bytes) -> Kind | None:
    """Return the kind of a file from its first 4 kB; None where it is no spectrum. Never raises."""
    checks = (
        (Kind.N42, lambda h: bool(_N42.search(h))),
        (Kind.SPE, lambda h: bool(_SPE.match(h) and _SPE_DATA.search(h))),
        (Kind.URI, lambda h: bool(_URI.match(h))),
        (Kind.PCF, lambda h: len(h) >= 256 and h[2:5] == b"DHS" and not h[5:8].strip()),
        (Kind.SPC, _is_spc),
        (Kind.CHN, lambda h: h[:2] == b"\xff\xff" and bool(_CHN_DATE.match(h[16:28]))),
        (Kind.CNF, _is_cnf),
    )
    text = utf8_of(head)
    return next((kind for kind, check in checks if check(text)), None)


def utf8_of(data: bytes) -> bytes:
    """Return a text in UTF-16 as UTF-8, without its mark; anything else as it is."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            text = data[2:].decode(codec, errors="replace")
            return text.encode(errors="replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _is_spc(head: bytes) -> bool:
    """Tell whether the words of an SPC's first record are those of a spectrum."""
    if len(head) < 128:
        return False
    words = [int.from_bytes(head[k : k + 2], "little") for k in range(0, 66, 2)]
    kind, counts = words[0], words[1]
    channels = words[32]
    return kind == 1 and counts in (1, 5) and not any(words[2:4]) and 0 < channels <= 1 << 15


def _is_cnf(head: bytes) -> bool:
    """Tell whether headers of sections follow the file's own, every 48 bytes."""
    sections = (head[k : k + 4] for k in range(0x70, 0x70 + 4 * 0x30, 0x30))
    return sum(bool(_CAM_SECTION.fullmatch(mark)) for mark in sections) >= 2
