"""Plug-ins by name, through entry points.

A plug-in of group ``vigie.formats`` is any object that meets the room's contract; the
rooms name the group and what it must hold. vigie's own plug-ins are declared in its
``pyproject.toml`` like anyone else's.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any

from vigie.errors import UnknownModelError


@cache
def _points(group: str) -> EntryPoints:
    """Look once: a search goes through all that is installed, 20 ms and more."""
    return entry_points(group=group)


@cache
def names(group: str) -> tuple[str, ...]:
    """Return the names of a group's plug-ins, sorted, without importing them."""
    return tuple(sorted(_points(group).names))


@cache
def load(group: str, name: str) -> Any:  # noqa: ANN401 — each room states what its group holds
    """Import a plug-in.

    Raises
    ------
    UnknownModelError
        The group has no plug-in of this name.
    """
    for point in _points(group).select(name=name):
        return point.load()
    raise UnknownModelError(kind=group, name=name, known=", ".join(names(group)) or "none")
