"""Analyses of radionuclide samples as one documented JSON document."""

from vigie.formats.sample_json.format import SampleJson, samples_document

FORMAT = SampleJson()
"""The entry point."""

__all__ = ["FORMAT", "SampleJson", "samples_document"]
