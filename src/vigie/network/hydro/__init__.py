"""Sound in the sea in events: H and T arrivals located, joined to events, made into events.

``locate`` and ``associate`` are imported from their modules: they load the locator.
"""

from vigie.network.hydro.phases import is_hydro
from vigie.network.hydro.sea import Seas

__all__ = ["Seas", "is_hydro"]
