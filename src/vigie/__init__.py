"""vigie: from what the International Monitoring System records to assessed events.

The package is a house of rooms on floors (see ``docs/house.md``); import from the
room that you need, for instance ``from vigie.records import Detection``. Importing
``vigie`` itself costs nothing.
"""

__version__ = "0.1.0"
