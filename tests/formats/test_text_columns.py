"""Numbers in fixed columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigie.formats.text_columns import Field

ERROR = Field("sigma", 12, 14, "f", 1, capped=True)


@given(st.floats(1e-6, 1e6))
def test_an_error_is_never_written_as_none(sigma: float) -> None:
    assert float(ERROR.format(sigma)) > 0.0


def test_no_error_stays_none() -> None:
    assert ERROR.format(0.0) == "0.0"
    assert ERROR.format(None).strip() == ""
    assert ERROR.format(0.04) == "0.1"
