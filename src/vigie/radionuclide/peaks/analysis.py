"""Everything about the peaks of one spectrum in one call."""

from __future__ import annotations
