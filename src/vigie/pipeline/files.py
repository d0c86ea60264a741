"""Files for commands: the exchange room's reader under the pipeline's roof."""

from vigie.exchange.files import read_file, source_of

__all__ = ["read_file", "source_of"]
