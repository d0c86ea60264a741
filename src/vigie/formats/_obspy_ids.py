"""Ids of records as resource identifiers of QuakeML, and back."""

from __future__ import annotations

import re

_VALID = re.compile(
    r"(?:smi|quakeml):[\w\d][\w\d\-.*()_~']{2,}/[\w\d\-.*()_~'][\w\d\-.*()+?_~'=,;#/&]*", re.ASCII
)
_FREE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.*()_")
_CODED = re.compile(r"~([0-9a-f]+)~")


def resource_text(kind: str, record_id: str) -> str:
    """Return the identifier of a record: its own where it is one, else one of vigie's.

    Letters that an identifier cannot have are written as ``~2f~`` (their code point).

    Examples
    --------
    >>> resource_text("pick", "ILAR/1")
    'smi:vigie/pick/ILAR~2f~1'
    >>> record_id_of("pick", "smi:vigie/pick/ILAR~2f~1")
    'ILAR/1'
    """
    if _VALID.fullmatch(record_id) and not record_id.startswith("smi:vigie/"):
        return record_id
    coded = "".join(c if c in _FREE else f"~{ord(c):x}~" for c in record_id)
    return f"smi:vigie/{kind}/{coded}"


def record_id_of(kind: str, resource: str) -> str:
    """Return the id of the record that an identifier stands for."""
    head = f"smi:vigie/{kind}/"
    if not resource.startswith(head):
        return resource
    return _CODED.sub(_decoded, resource.removeprefix(head))


def _decoded(match: re.Match[str]) -> str:
    try:
        return chr(int(match[1], 16))
    except (ValueError, OverflowError):
        return match[0]
