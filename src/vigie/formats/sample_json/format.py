"""Reading and writing the JSON document of radionuclide samples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from vigie.errors import UnwritableError, VigieError
from vigie.formats.base import Contents, IssueLog, Source
from vigie.formats.vigie_json import document_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vigie.records import SampleAnalysis

_HEAD = re.compile(rb'"vigie"\s*:\s*\{\s*"document"\s*:\s*"samples"')
_MARK = b"\xef\xbb\xbf"


def samples_document(
    analyses: Iterable[tuple[str, SampleAnalysis]],
    *,
    extra: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """Return the JSON document of analyses as plain dictionaries, lists and numbers.

    Parameters
    ----------
    analyses : iterable of (file, SampleAnalysis)
        What was analysed, with the path of each sample's file.
    extra : mapping, optional
        Further top-level keys of a command (what was left out); readers pass over them.
    """
    from vigie.formats.sample_json.document import Document, Head
    from vigie.formats.sample_json.items import sample_item

    items = [sample_item(analysis, file) for file, analysis in analyses]
    plain: dict[str, Any] = msgspec.to_builtins(
        Document(vigie=Head(document="samples"), samples=items)
    )
    for key, value in (extra or {}).items():
        plain.setdefault(key, msgspec.to_builtins(value))
    return plain


class _Head(msgspec.Struct):
    version: int = 1


class _Raw(msgspec.Struct):
    """The document with its samples still undecoded, so that a bad one harms no other."""

    vigie: _Head
    samples: list[msgspec.Raw] = msgspec.field(default_factory=list)


class SampleJson:
    """Analyses of radionuclide samples; loses nothing."""

    name = "sample_json"
    title = "vigie JSON: radionuclide samples"
    suffixes = (".samples.json",)
    holds = frozenset({"samples"})
    writes = frozenset({"samples"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a document of samples begins here."""
        return head.removeprefix(_MARK).lstrip().startswith(b"{") and bool(_HEAD.search(head))

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read all samples; a bad one becomes an issue and the rest goes on.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first sample that cannot be read.
        """
        from vigie.formats.sample_json.document import VERSION, SampleItem
        from vigie.formats.sample_json.items import sample_record

        log = IssueLog(source.name, strict=strict)
        try:
            raw = msgspec.json.decode(source.data.removeprefix(_MARK), type=_Raw)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            log.bad_record(
                "document", field_name="JSON", text=str(error), expected="a document of samples"
            )
            return Contents(format=self.name, issues=log.issues)
        if raw.vigie.version > VERSION:
            log.notice(
                "document",
                "vigie_json.newer",
                f"version {raw.vigie.version} is newer than the {VERSION} that is known here; "
                "what is new was not read",
            )
        samples: list[SampleAnalysis] = []
        for index, part in enumerate(raw.samples):
            try:
                samples.append(sample_record(msgspec.json.decode(part, type=SampleItem)))
            except (msgspec.DecodeError, ValueError, VigieError, RecursionError) as error:
                log.bad_record(
                    f"samples[{index}]",
                    field_name="sample",
                    text=str(error),
                    expected="as documented",
                )
        return Contents(format=self.name, samples=tuple(samples), issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return the document.

        Raises
        ------
        UnwritableError
            There is no analysis of a sample, or a value that must be a number is none.
        """
        if not contents.samples:
            raise UnwritableError(
                format=self.title,
                what="contents without an analysis of a sample",
                remedy="Analyse it first: vigie spectrum, vigie noblegas.",
            )
        document = samples_document(("", one) for one in contents.samples)
        try:
            return {self.suffixes[0]: document_bytes(document)}
        except ValueError as error:
            raise UnwritableError(
                format=self.title, what=str(error), remedy="Only finite numbers are written."
            ) from None
