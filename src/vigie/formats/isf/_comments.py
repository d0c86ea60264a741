"""Comments of ISF: what they say to programs, and how free ones are kept.

A line ``(text)`` after a blank belongs to the line before it. Free text is kept in
``Event.comments`` with its address (``origin 9093437: Spitak, Armenia``) and written back
there. Two kinds are for programs: ``(IRIS FDSNNETWORKCODE="IU" FDSNLOCATIONID="00")``, agreed
between data centres, and ``(VIGIE KEY="value")`` for ids that are longer than their field,
channels, and comments of the event as a whole.
"""

from __future__ import annotations

import json
import re

from vigie.formats.bulletins import line_text

_PAIR = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ADDRESS = re.compile(r"(origin|magnitude|arrival) (\S+): (.*)")


def comment_text(line: str) -> str | None:
    """Return what stands between the parentheses; None where the line is no comment."""
    bare = line.strip()
    if not bare.startswith("("):
        return None
    return bare[1:-1].rstrip() if bare.endswith(")") else bare[1:].rstrip()


def comment_line(text: str) -> str:
    """Return the line of a comment."""
    # Blanks at the beginning belong to a free text that goes on from the line before.
    indent = " " * (len(text) - len(text.lstrip(" ")))
    return f" ({indent}{line_text(text)})"


def pairs_of(text: str) -> dict[str, str]:
    """Return keys (upper case) and values of a comment for programs; empty for a free one."""
    if not text.upper().startswith(("IRIS ", "VIGIE ")):
        return {}
    return {key.upper(): _unquoted(value) for key, value in _PAIR.findall(text)}


def pairs_text(agent: str, **pairs: str) -> str:
    """Return the comment for programs that holds some pairs; empty ones are left out."""
    body = " ".join(f"{key}={json.dumps(value)}" for key, value in pairs.items() if value)
    return f"{agent} {body}"


def _unquoted(value: str) -> str:
    try:
        text = json.loads(f'"{value}"')
    except ValueError:
        return value
    # A lone surrogate could not be written back.
    return str(text) if str(text).isprintable() else value


def addressed(kind: str, item_id: str, text: str) -> str:
    """Return the comment of one origin, magnitude or arrival as an event keeps it."""
    return f"{kind} {item_id.replace(' ', '_')}: {text}"


def address_of(comment: str) -> tuple[str, str, str] | None:
    """Return kind, id and text of an addressed comment; None where it is of the event."""
    match = _ADDRESS.fullmatch(comment)
    return None if match is None else (match[1], match[2], match[3])
