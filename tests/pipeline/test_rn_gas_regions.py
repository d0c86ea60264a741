"""Net counts of regions that a report shows: none that would be counts of other nuclides."""

from __future__ import annotations

from dataclasses import replace

from tests.radionuclide.noble_gas.support_gas import campaign

from vigie.pipeline.radionuclide.gases import region_rows
from vigie.simulate.radionuclide.beta_gamma import GasTruth

CAMPAIGN = campaign(GasTruth(concentration_mbq_m3={"Xe-133": 30.0}))
BACKGROUNDS = (CAMPAIGN.gas_background, CAMPAIGN.detector_background)


def test_net_counts_of_regions_need_the_ratios() -> None:
    whole = {one.roi: one for one in region_rows(CAMPAIGN.sample, *BACKGROUNDS)}
    assert whole[5].net is not None
    assert whole[5].net_sigma is not None
    assert abs(whole[5].net) < 4.0 * whole[5].net_sigma
    kept = tuple(one for one in CAMPAIGN.sample.ratios if one.roi_high != 3)
    bare = region_rows(replace(CAMPAIGN.sample, ratios=kept), *BACKGROUNDS)
    # Before, hundreds of net counts of Xe-131m, which were Xe-133.
    assert [one.net for one in bare] == [None] * len(bare)
    assert [one.gross for one in bare] == [whole[one.roi].gross for one in bare]
