"""One self-contained HTML page per event, and an index of all events."""

from vigie.products.report.index import index_page
from vigie.products.report.page import ReportContext, event_report
from vigie.products.report.words import Catalogue

__all__ = ["Catalogue", "ReportContext", "event_report", "index_page"]
