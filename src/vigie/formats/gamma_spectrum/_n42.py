"""N42 before the library sees it: bounds, zones of time, and what its XML breaks.

The library does not check that tags match, knows no namespaces, and drops the zone of a time. So
times are rewritten as UTC, and a second, checking parser says what is wrong.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vigie.errors import BadTimeError
from vigie.formats.numbers import number_of
from vigie.records import CalibrationPoint, format_iso, parse_iso

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

MAX_OPEN_TAGS = 2_000
"""Above, only XML without a slip is given to the library: its depth is then at most 256. The
library's stack ends at some 40,000 open elements."""
_TIME = re.compile(rb"(<(?:\w+:)?(?:StartDateTime|StartTime)\b[^<>]*>)([^<>]{0,100})(?=<)")
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)
_COUNTS = re.compile(rb"<(?:\w+:)?ChannelData\b([^<>]*)>([^<>]*)")
MAX_CHANNELS = 1 << 17
_UNDECLARED = "NS_ERR_UNDEFINED_NAMESPACE"


@dataclass(slots=True)
class Checked:
    """A file as the library may read it."""

    data: bytes | None
    """None where it must not."""
    resolution: tuple[CalibrationPoint, ...] = ()
    """FWHM in keV, where the file states one curve for all its spectra."""
    times: list[str] = field(default_factory=list)
    """Starts that are no times."""


def checked(data: bytes, log: IssueLog) -> Checked:
    """Return an N42 file as the library may read it, with issues for what is wrong in it.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    tree, slips = _parsed(data)
    open_tags = data.count(b"<") - data.count(b"</")
    faults = [slip for slip in slips if slip.type_name != _UNDECLARED]
    if open_tags > MAX_OPEN_TAGS and (faults or tree is None):
        expected = "well-formed XML, as a file of so many elements has to be"
        place = f"line {faults[0].line}" if faults else "line 1"
        text = _worded(faults[0]) if faults else ""
        log.bad_record(place, field_name="XML", text=text, expected=expected)
        return Checked(None)
    if _has_endless_zeros(data):
        expected = f"at most {MAX_CHANNELS} channels"
        log.bad_record("ChannelData", field_name="counts", text="", expected=expected)
        return Checked(None)
    if faults:
        line = f"line {faults[0].line}"
        log.suspect(line, field_name="XML", text=_worded(faults[0]), expected="well-formed")
    elif slips:
        text = f"the XML uses a prefix that it does not declare ({_worded(slips[0])}); read so"
        log.notice(f"line {slips[0].line}", "formats.undeclared_prefix", text)
    result = Checked(data, resolution=_resolution(tree))
    result.data = _TIME.sub(lambda match: match[1] + _utc(match[2], result, log), data)
    return result


def _parsed(data: bytes) -> tuple[Any, list[Any]]:
    """Return the tree, as far as it can be had, and the slips of the XML."""
    from lxml import etree

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        tree = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        tree = None
    return tree, list(parser.error_log)


def _worded(slip: Any) -> str:  # noqa: ANN401 — an entry of lxml's error log
    return " ".join(str(slip.message).split())


def _utc(text: bytes, result: Checked, log: IssueLog) -> bytes:
    """Return a start time as UTC; what is no time stays, and is remembered."""
    shown = text.decode("utf-8", errors="replace").strip()
    try:
        time_ns = parse_iso(shown, date_alone=False)
    except BadTimeError:
        result.times.append(shown)
        # The library would read some of these as another time.
        return b""
    if not _ZONE.search(shown) and "formats.no_zone" not in {one.code for one in log.issues}:
        text_ = f"the start {shown} has no zone; taken as UTC"
        log.notice("StartDateTime", "formats.no_zone", text_)
    return format_iso(time_ns, digits=6).encode()


def _has_endless_zeros(data: bytes) -> bool:
    """Tell whether counts announce more channels than there can be."""
    for attributes, text in _COUNTS.findall(data):
        if b"zero" not in attributes.lower():
            continue
        words = text.split()
        runs = (b for a, b in itertools.pairwise(words) if not a.strip(b"0.+-"))
        if any(len(run) > 7 or (run.isdigit() and int(run) > MAX_CHANNELS) for run in runs):
            return True
    return False


def _resolution(tree: Any) -> tuple[CalibrationPoint, ...]:  # noqa: ANN401 — an lxml element
    """Return the points of the file's only FWHM calibration; empty where there are several."""
    if tree is None:
        return ()
    found = [e for e in tree.iter() if _name(e) == "FWHMCalibration"]
    if len(found) != 1:
        return ()
    lists = {_name(e): _numbers(e.text) for e in found[0]}
    pairs = zip(lists.get("EnergyValues", ()), lists.get("FWHMValues", ()), strict=False)
    return tuple(CalibrationPoint(energy_kev=e, value=w) for e, w in pairs if 0.0 < w < e < 1e5)


def _name(element: Any) -> str:  # noqa: ANN401 — an lxml element
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _numbers(text: str | None) -> list[float]:
    values = [number_of(word) for word in (text or "").split()]
    return [value for value in values if value is not None]
