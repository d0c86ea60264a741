"""vigie JSON: one documented document for detections and for events."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from vigie.errors import VigieError
from vigie.file_text import utf8
from vigie.formats.base import Contents, IssueLog, Source
from vigie.formats.bulletins import bulletin_to_write
from vigie.formats.vigie_json import decode, encode
from vigie.formats.vigie_json import document as doc
from vigie.formats.vigie_json.detections import DetectionItem
from vigie.records import Bulletin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vigie.records import Detection, Event

Item = TypeVar("Item", DetectionItem, doc.EventItem)
Record = TypeVar("Record")

# Documents of samples are a format of their own.
_HEAD = re.compile(rb'"vigie"\s*:\s*\{(?!\s*"document"\s*:\s*"samples")')


class _Raw(msgspec.Struct, kw_only=True):
    """The document with its records still undecoded, so that one bad record harms no other."""

    vigie: doc.Head
    name: str = ""
    author: str = ""
    events: list[msgspec.Raw] = msgspec.field(default_factory=list)
    detections: list[msgspec.Raw] = msgspec.field(default_factory=list)


def detections_document(
    detections: Iterable[Detection], *, extra: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """Return the JSON document of detections as plain dictionaries, lists and numbers.

    Parameters
    ----------
    detections : iterable of Detection
        What was detected.
    extra : mapping, optional
        Further top-level keys of a command (what was left out, parameters); readers pass
        over them.

    Raises
    ------
    UnwritableError
        A channel code holds a dot, or a value that must be a number is none.
    """
    return _plain(encode.bulletin_item(Bulletin(detections=tuple(detections))), extra)


def events_document(
    events: Iterable[Event],
    *,
    unassociated: Iterable[Detection] = (),
    name: str = "",
    extra: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """Return the JSON document of events as plain dictionaries, lists and numbers.

    Parameters
    ----------
    events : iterable of Event
        The events.
    unassociated : iterable of Detection, optional
        Detections that belong to none; they are the document's ``detections``.
    name : str, optional
        Of the bulletin.
    extra : mapping, optional
        Further top-level keys of a command; readers pass over them.

    Raises
    ------
    UnwritableError
        A channel code holds a dot, or a value that must be a number is none.
    """
    item = encode.bulletin_item(
        Bulletin(name=name, events=tuple(events), detections=tuple(unassociated))
    )
    # An empty bulletin is still one of events.
    item.vigie.document = "events"
    return _plain(item, extra)


def document_bytes(document: Mapping[str, object]) -> bytes:
    """Return a document as indented UTF-8; refuses NaN."""
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    return utf8(text) + b"\n"


def _plain(item: doc.Document, extra: Mapping[str, object] | None) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(item)
    for key, value in (extra or {}).items():
        plain.setdefault(key, msgspec.to_builtins(value))
    return plain


class VigieJson:
    """vigie's own document; loses nothing."""

    name = "vigie_json"
    title = "vigie JSON: detections or events"
    suffixes = (".json",)
    holds = frozenset({"bulletin"})
    writes = frozenset({"bulletin"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a document with our head begins here."""
        return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and bool(_HEAD.search(head))

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read all records; a bad one becomes an issue and the rest goes on.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first record that cannot be read.
        """
        log = IssueLog(source.name, strict=strict)
        try:
            raw = msgspec.json.decode(source.data.removeprefix(b"\xef\xbb\xbf"), type=_Raw)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            log.bad_record(
                "document", field_name="JSON", text=str(error), expected="a vigie JSON document"
            )
            return Contents(format=self.name, issues=log.issues)
        if raw.vigie.version > doc.VERSION:
            log.notice(
                "document",
                "vigie_json.newer",
                f"version {raw.vigie.version} is newer than the {doc.VERSION} that is known here; "
                "what is new was not read",
            )
        bulletin = Bulletin(
            name=raw.name,
            author=raw.author,
            events=tuple(_records(log, "events", raw.events, doc.EventItem, decode.event_record)),
            detections=tuple(
                _records(log, "detections", raw.detections, DetectionItem, decode.detection_record)
            ),
        )
        return Contents(format=self.name, bulletin=bulletin, issues=log.issues)

    def write(self, contents: Contents) -> dict[str, bytes]:
        """Return the document.

        Raises
        ------
        UnwritableError
            There is no bulletin, or a value that must be a number is none.
        """
        bulletin = bulletin_to_write(contents, self.title)
        plain = msgspec.to_builtins(encode.bulletin_item(bulletin))
        return {self.suffixes[0]: document_bytes(plain)}


def _records(
    log: IssueLog,
    key: str,
    raws: list[msgspec.Raw],
    kind: type[Item],
    make: Callable[[Item, int], Record],
) -> list[Record]:
    records: list[Record] = []
    for index, raw in enumerate(raws):
        try:
            records.append(make(msgspec.json.decode(raw, type=kind), index + 1))
        except (msgspec.DecodeError, ValueError, VigieError, RecursionError) as error:
            log.bad_record(
                f"{key}[{index}]", field_name=key, text=str(error), expected="as documented"
            )
    return records
