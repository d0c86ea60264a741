"""Text as bytes of a file."""

from __future__ import annotations

import os

from vigie.file_text import readable, utf8


def test_a_name_that_is_no_utf8_is_replaced_and_all_else_is_kept() -> None:
    name = os.fsdecode(b"n\xff\xfem.phd")
    assert readable(name) == "n\ufffd\ufffdm.phd"
    assert utf8(name).decode() == readable(name)
    plain = "é 中 µ \U0001f30d \ufffd"
    assert readable(plain) == plain
    assert utf8(plain) == plain.encode()
