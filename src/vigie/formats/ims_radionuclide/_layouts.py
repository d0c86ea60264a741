"""What the messages look like where only memory or a few real files tell: one place to correct it.

Each constant below that is called an assumption was not compared with the specification, whose
text was not at hand; the real files seen are those of two beta-gamma systems.
"""

from __future__ import annotations

HISTOGRAM_GAMMA_FIRST = True
"""Assumption, used only where nothing in the message tells: line 1 of ``#Histogram`` names the
gamma axis first. The real files do; the specification is remembered the other way round."""
HISTOGRAM_BETA_FASTEST = True
"""Assumption: the counts stand in one row per gamma channel. Real files do, by their singles."""
WRITTEN_HEADER = "#Header 3"
"""The number is the designator of the format version; 3 in all files seen."""

ID_COLUMNS = (0, 32, 64)
"""Where the three ids of header line 3 begin: each is 31 characters long (real files)."""

SAMPLE_IDS_WITHOUT = frozenset({"0", "-", "N/A", "NA", "NONE"})
"""What stands for an id that there is not; ``0`` in the real files."""

STATE_COLUMNS: dict[str, tuple[str, ...]] = {
    "AirSamplerFlow": ("flow_m3_h", "flow_sigma_m3_h"),
    "AirSamplerEnv": ("temperature_c", "pressure_hpa"),
    "DetEnv": (
        "room_temperature_c",
        "shield",
        "humidity_percent",
        "voltage_v",
        "crystal_temperature_c",
        "electronics_temperature_c",
        "leakage_current_na",
    ),
    "NGAcquisition": (),
    "ProcessSensors": (),
    "MET": (
        "temperature_c",
        "wind_direction_deg",
        "wind_speed_m_s",
        "pressure_hpa",
        "humidity_percent",
        "precipitation_mm",
    ),
}
"""Assumption: the columns of the blocks of RMSSOH and of the lines of MET, besides the interval."""
STATE_PAIRS = frozenset({"PowerSupply"})
"""Assumption: blocks whose columns are pairs of a name and its state (``MAIN ON AUX OFF``)."""
STATE_NAMED = frozenset({"TamperEnv"})
"""Assumption: blocks whose rows are a name of one or more words and its state."""
STATE_TAGGED = {"C": "collecting", "P": "processing", "A": "acquiring"}
"""Assumption: in ``#EquipStatus``, ``C:`` is followed by the id of the sample being collected."""
STATE_TAG_BLOCK = "EquipStatus"
