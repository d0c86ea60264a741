"""A coaxial germanium detector with a filter on its end cap."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorGeometry:
    """Crystal, end cap and source disc; cm.

    The defaults are a p-type crystal of about 70 % relative efficiency, and a pressed filter of
    70 mm on the end cap: orders of magnitude of IMS stations, no particular one.
    """

    crystal_radius_cm: float = 3.4
    crystal_length_cm: float = 6.6
    bore_radius_cm: float = 0.5
    bore_length_cm: float = 5.2
    """From the back."""
    dead_front_cm: float = 0.06
    dead_side_cm: float = 0.07
    window_cm: float = 0.1
    """Aluminium of the end cap."""
    gap_cm: float = 0.6
    """From the crystal's face to the underside of the source."""
    source_radius_cm: float = 3.5
    """0 for a point."""
    source_thickness_cm: float = 0.6
    source_density_g_cm3: float = 0.6
    """Of polymer with dust."""

    def __post_init__(self) -> None:
        for name in ("crystal_radius_cm", "crystal_length_cm", "gap_cm"):
            if getattr(self, name) <= 0.0:
                value = getattr(self, name)
                raise ParameterError(name=name, value=value, expected="a length above 0, in cm")
        if self.bore_radius_cm >= self.crystal_radius_cm - self.dead_side_cm:
            raise ParameterError(
                name="bore_radius_cm", value=self.bore_radius_cm, expected="within the crystal"
            )


FILTER_ON_CAP = DetectorGeometry()
"""A station's filter."""
POINT_AT_25_CM = DetectorGeometry(gap_cm=25.0, source_radius_cm=0.0, source_thickness_cm=0.0)
"""Where summing is small."""
