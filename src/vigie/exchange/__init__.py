"""Data in and out: files, folders, archives and web services."""

from vigie.exchange.selection import Selection
from vigie.exchange.sources import Batch, Intake, Skipped, open_intake

__all__ = ["Batch", "Intake", "Selection", "Skipped", "open_intake"]
