"""What the twins of all records have: identifiers, errors, authors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats._obspy_ids import resource_text

if TYPE_CHECKING:
    from vigie.formats._obspy_guard import Untyped


def quantity_error(sigma: float | None) -> Untyped:
    """Return the twin of a standard error."""
    from obspy.core.event import QuantityError

    return QuantityError(uncertainty=sigma)


def creation_info(author: str) -> Untyped:
    """Return the twin of an author; None where there is none."""
    from obspy.core.event import CreationInfo

    return CreationInfo(author=author) if author else None


def resource_id(kind: str, record_id: str) -> Untyped:
    """Return the identifier of a record's twin."""
    from obspy.core.event import ResourceIdentifier

    return ResourceIdentifier(resource_text(kind, record_id))
