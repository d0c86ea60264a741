"""What the products of ``vigie fuse`` say, in every language, and what their figures show."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text
from tests.cli.support_fuse import write_world
from tests.cli.support_source import STATIONS

from vigie.cli.sample_table import table_rows
from vigie.exchange.files import read_file
from vigie.i18n import SPOKEN
from vigie.pipeline.fusion.inputs import match_nuclides
from vigie.pipeline.fusion.options import FuseOptions
from vigie.pipeline.fusion.run import fuse
from vigie.pipeline.transport.source_inputs import read_fields, read_samples
from vigie.products.fusion.fuse_figures import event_figure
from vigie.products.fusion.fuse_text import fuse_text
from vigie.records import Emitter

if TYPE_CHECKING:
    from vigie.products.fusion.fuse_view import FusionView


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> FusionView:
    folder = write_world(tmp_path_factory.mktemp("world"))
    fields, _ = read_fields([folder], {"order": "lat_lon", "base": "0"}, report=lambda _: None)
    samples, _ = read_samples(folder / "samples.csv", {})
    bulletin = read_file(folder / "events.json").bulletin
    assert bulletin is not None
    emitter = Emitter(name="Alpha", latitude=47.0, longitude=20.0, nuclide="Xe-133",
                      median_bq_per_day=1e10, spread=3.0)  # fmt: skip
    matched = match_nuclides(samples, fields, (), tolerance_h=1.0)
    options = FuseOptions(prior_odds=0.1, region=True)
    return fuse(bulletin.events, matched, options, emitters=[emitter])


@pytest.mark.parametrize("language", SPOKEN)
def test_every_word_is_known_in_every_language(view: FusionView, language: str) -> None:
    text = fuse_text(view, language, partial(table_rows, left=(0,)))
    assert len(text.splitlines()) > 20
    assert "fuse." not in text
    assert "source." not in text


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_figures_are_drawn_with_their_words(view: FusionView, language: str) -> None:
    drawn = event_figure(view, view.events[0], language)
    assert drawn is not None
    shown = [text.get_text() for text in drawn.figure.findobj(Text)]
    assert not [text for text in (*shown, drawn.title, drawn.alt) if "fuse." in text]
    assert {*STATIONS, "Alpha"} <= set(shown)
    assert drawn.png(dpi=40).startswith(b"\x89PNG")


def test_the_panel_shows_the_posterior(view: FusionView) -> None:
    drawn = event_figure(view, view.events[0])
    assert drawn is not None
    weighed = view.events[0].weighed
    assert weighed is not None
    panel = drawn.figure.axes[1]
    image = panel.collections[0].get_array()
    assert image is not None
    joint = weighed.evidence.joint
    days = np.diff(weighed.delay_edges_s)[:, np.newaxis] / 86_400.0
    low, high = panel.get_ylim()
    amounts = weighed.evidence.amounts_bq
    held = joint.sum(axis=0)[(amounts > low) & (amounts < high)].sum()
    assert held > 0.99
    # What is thought possible is seven decades: the panel shows what is found.
    assert np.log10(high / low) < 5.0
    best = np.unravel_index((joint / days).argmax(), joint.shape)
    shape = (joint.shape[1], joint.shape[0])
    top = np.unravel_index(np.ma.filled(image, 0.0).reshape(shape).argmax(), shape)
    assert (top[1], top[0]) == best


@pytest.mark.parametrize("km", [3.0, 40.0, 400.0])
def test_the_mark_of_the_event_does_not_hide_its_ellipse(view: FusionView, km: float) -> None:
    here = view.events[0]
    assert here.epicentre is not None
    scale = km / here.epicentre.semi_axes_km(0.9)[0]
    sized = replace(
        here.epicentre,
        sigma_major_km=scale * here.epicentre.sigma_major_km,
        sigma_minor_km=scale * here.epicentre.sigma_minor_km,
    )
    drawn = event_figure(view, replace(here, epicentre=sized))
    assert drawn is not None
    renderer = FigureCanvasAgg(drawn.figure).get_renderer()  # type: ignore[no-untyped-call]
    drawn.figure.draw(renderer)
    (ellipse,) = [one for one in drawn.figure.findobj(Line2D) if one.get_gid() == "ellipse"]
    events = [one for one in drawn.figure.findobj(Line2D) if one.get_gid() == "event"]
    (mark,) = [one for one in events if one.axes is ellipse.axes]
    size = mark.get_markersize() * drawn.figure.dpi / 72.0
    box = ellipse.get_window_extent(renderer)
    assert max(box.width, box.height) > 2.5 * size
    assert all(one.get_markersize() <= 9 for one in events)
