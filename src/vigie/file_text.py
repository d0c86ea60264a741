"""Text as bytes of a file; the one place where documents become UTF-8.

Names of files are bytes. Those that are no UTF-8 come as lone surrogates (PEP 383), with which a
file can be opened and which no document can hold: there they become U+FFFD, the character for what
cannot be read.

Cost: some ns per character.
"""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def readable(text: str) -> str:
    r"""Return a text that any document can hold.

    Examples
    --------
    >>> readable("n\udcffm.phd") == "n\ufffdm.phd"
    True
    """
    return _SURROGATE.sub("\ufffd", text)


def utf8(text: str) -> bytes:
    r"""Return a text as UTF-8.

    Examples
    --------
    >>> utf8("n\udcffm")
    b'n\xef\xbf\xbdm'
    """
    return readable(text).encode()
