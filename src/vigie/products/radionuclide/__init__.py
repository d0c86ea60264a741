"""Radionuclide products: ARR, RRR, RLR and SSREB as text, HTML, JSON and XML from one model.

Examples
--------
>>> from vigie.records import SampleAnalysis
>>> bare = SampleAnalysis(station="FRP31", detector="FRP31_001", sample_id="31202603010011G",
...     technology="particulate", collection_start_ns=None, collection_stop_ns=None,
...     acquisition_start_ns=None, air_volume_m3=None, nuclides=())
>>> document = sample_document(RadionuclideReport(analysis=bare))
>>> text_message(document, language="fr").splitlines()[3]
'DATA_TYPE ARR IMS2.0'
"""

from vigie.products.radionuclide.blocks import Document
from vigie.products.radionuclide.event_bulletin import RadionuclideEvent, event_document
from vigie.products.radionuclide.json_document import json_product
from vigie.products.radionuclide.laboratory_report import LaboratoryReport, laboratory_document
from vigie.products.radionuclide.page import page
from vigie.products.radionuclide.report import (
    CalibrationEquation,
    RadionuclideReport,
    RegionCounts,
    ReportKind,
    Revision,
)
from vigie.products.radionuclide.sample_sections import sample_document
from vigie.products.radionuclide.sampml import sampml
from vigie.products.radionuclide.text import text_message

__all__ = [
    "CalibrationEquation",
    "Document",
    "LaboratoryReport",
    "RadionuclideEvent",
    "RadionuclideReport",
    "RegionCounts",
    "ReportKind",
    "Revision",
    "event_document",
    "json_product",
    "laboratory_document",
    "page",
    "sample_document",
    "sampml",
    "text_message",
]
