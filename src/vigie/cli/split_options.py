"""The share of a sample that a portion is, as an option."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vigie.errors import BadRecordError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.pipeline.radionuclide.splits import Remeasured, Share

_FORM = "SRID=SHARE[,ERROR]"


class ShareType(click.ParamType["tuple[str, Share]"]):
    """``31202603010022G=0.48`` or, with its standard error, ``31202603010022G=0.48,0.01``."""

    name = _FORM

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Share]:
        """Return the SRID of the portion and its share."""
        from vigie.pipeline.radionuclide.splits import Share
        from vigie.radionuclide.laboratory import parse_srid

        if isinstance(value, tuple):
            return value
        srid, _, numbers = str(value).partition("=")
        share, _, error = numbers.partition(",")
        try:
            found = Share(value=float(share), sigma=float(error or 0.0))
            named = str(parse_srid(srid, path="--share"))
        except BadRecordError as wrong:
            self.fail(str(wrong), param, ctx)
        except ValueError:
            self.fail(f"{value!r} is not {_FORM}, such as 31202603010022G=0.48,0.01", param, ctx)
        # Written so that nan, for which no comparison holds, is refused as well.
        if not (0.0 < found.value <= 1.0 and 0.0 <= found.sigma <= 1.0):
            self.fail(
                f"{numbers} is no share: it must be above 0 and no more than 1, its error 0 to 1",
                param,
                ctx,
            )
        return named, found


share_option = click.option(
    "--share",
    "shares",
    multiple=True,
    type=ShareType(),
    metavar=_FORM,
    help="Share of the sample that the portion with this sample reference id is, and its standard "
    "error; by default that of equal portions. May be given several times.",
)


def shares_of(given: Iterable[tuple[str, Share]]) -> dict[str, Share]:
    """Return shares by SRID.

    Raises
    ------
    ParameterError
        One portion has two.
    """
    found: dict[str, Share] = {}
    for srid, share in given:
        if found.setdefault(srid, share) != share:
            raise ParameterError(name="--share", value=srid, expected="one share for each portion")
    return found


def doubtful_shares(splits: Iterable[Remeasured]) -> list[str]:
    """Return what is told of samples whose portions are together more than the sample."""
    from vigie.pipeline.radionuclide.share_sums import overfull

    return [
        f"{srid}: its portions are together {total:.3g} of the sample. Check the shares (--share)."
        for srid, total in overfull(splits)
    ]


def unused_shares(shares: Iterable[str], splits: Iterable[Remeasured]) -> list[str]:
    """Return what is told of shares for which no measurement of the portion was found."""
    there = {one.analysis.sample_id.strip().upper() for one in splits}
    return [
        f"--share {srid}: no second measurement with this sample reference id is among the files."
        for srid in shares
        if srid not in there
    ]
