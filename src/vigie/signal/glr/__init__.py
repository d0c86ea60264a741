"""The likelihood-ratio detector of plane waves, with a p-value that holds, one wave or several."""

from vigie.signal.glr.detector import GlrParams, Wave, find_waves

__all__ = ["GlrParams", "Wave", "find_waves"]
