"""vigie JSON: one documented document for detections and for events."""

from vigie.formats.vigie_json.format import (
    VigieJson,
    detections_document,
    document_bytes,
    events_document,
)

FORMAT = VigieJson()

__all__ = ["FORMAT", "VigieJson", "detections_document", "document_bytes", "events_document"]
