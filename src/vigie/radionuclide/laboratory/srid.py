"""The sample reference identification (SRID): 15 characters that name a sample.

Structure: CC YYYYMMDD HH Pp T = number of the site, start of the collection (date and hour, UTC),
number of portions and number of this portion, letter of the type. Source: recalled, and consistent
with the identifications in the real messages in hand (``58202112020111X``: site 58, 2021-12-02
01 h, 1 of 1, a xenon sample; ``58201904301011K``: a calibration): ``assumption``, here alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from vigie.errors import BadRecordError, BadTimeError
from vigie.records.time import format_iso, ns_from_civil

_SRID = re.compile(r"(\d{2})(\d{4})(\d{2})(\d{2})(\d{2})(\d)(\d)([A-Z])", re.ASCII)
_MOST_PORTIONS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReference:
    """The parts of an SRID.

    Examples
    --------
    >>> parse_srid("58202112020111X")
    SampleReference(site=58, start_ns=1638406800000000000, portions=1, portion=1, type='X')
    """

    site: int
    """Number of the station in the treaty's list of radionuclide stations."""
    start_ns: int
    """Start of the collection, to the hour."""
    portions: int
    """In how many portions the sample was divided."""
    portion: int
    """Which of them this is, from 1."""
    type: str
    """``X`` xenon, ``K`` calibration, others as the station writes them."""

    def __str__(self) -> str:
        """Return the 15 characters."""
        hour = format_iso(self.start_ns, digits=0)[:13].translate({45: None, 84: None})
        return f"{self.site:02d}{hour}{self.portions}{self.portion}{self.type}"


def parse_srid(text: str, *, path: str = "<text>") -> SampleReference:
    """Read an SRID.

    Parameters
    ----------
    text : str
    path : str
        Where it is from, for errors.

    Raises
    ------
    BadRecordError
        The text has another structure, names no date, or a portion that cannot be.
    """
    match = _SRID.fullmatch(text.strip().upper())
    if match is None:
        raise _wrong(text, path, "15 characters: site, YYYYMMDDHH, portions, portion, letter")
    site, year, month, day, hour, portions, portion = (int(part) for part in match.groups()[:7])
    try:
        start_ns = ns_from_civil((year, month, day), (hour, 0, 0))
    except BadTimeError:
        raise _wrong(text, path, "an SRID with a date and hour that exist") from None
    if not 1 <= portion <= portions:
        raise _wrong(text, path, "an SRID whose portion is one of its portions")
    return SampleReference(
        site=site, start_ns=start_ns, portions=portions, portion=portion, type=match[8]
    )


def split_srids(text: str, portions: int) -> tuple[str, ...]:
    """Return the SRIDs of the portions into which a sample is divided.

    Raises
    ------
    BadRecordError
        The SRID cannot be read, is a portion already, or there are not 2 to 9 portions.

    Examples
    --------
    >>> split_srids("31202603010011G", 2)
    ('31202603010021G', '31202603010022G')
    """
    whole = parse_srid(text)
    if whole.portions != 1:
        raise _wrong(text, "<text>", "the SRID of an undivided sample")
    if not 2 <= portions <= _MOST_PORTIONS:
        raise _wrong(str(portions), "<text>", "2 to 9 portions")
    return tuple(str(replace(whole, portions=portions, portion=k)) for k in range(1, portions + 1))


def is_portion_of(portion: str, whole: str) -> bool:
    """Tell whether an SRID names a portion of the sample that another names.

    Raises
    ------
    BadRecordError
        One of them cannot be read.
    """
    a, b = parse_srid(portion), parse_srid(whole)
    return (a.site, a.start_ns, a.type) == (b.site, b.start_ns, b.type) and (
        b.portions == 1 or (a.portions, a.portion) == (b.portions, b.portion)
    )


def _wrong(text: str, path: str, expected: str) -> BadRecordError:
    return BadRecordError(
        path=path, place="sample reference", field="SRID", text=text, expected=expected
    )
