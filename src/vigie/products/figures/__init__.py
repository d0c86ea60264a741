"""Figures as in a paper: each function returns a ``Drawing``, or None where there is no data."""

from vigie.products.figures.charts import (
    magnitude_plot,
    ms_mb_plot,
    residual_plot,
    travel_time_plot,
)
from vigie.products.figures.drawing import Drawing
from vigie.products.figures.event_map import event_map
from vigie.products.figures.record_section import record_section, sound_section
from vigie.products.figures.section_rows import SectionParams

__all__ = [
    "Drawing",
    "SectionParams",
    "event_map",
    "magnitude_plot",
    "ms_mb_plot",
    "record_section",
    "residual_plot",
    "sound_section",
    "travel_time_plot",
]
