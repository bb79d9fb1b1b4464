"""The snapshot page: whole in itself, asks nobody for anything, and takes names as text only."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from layers.snapshot import CONTENT_POLICY, page, snapshot
from layers.surroundings import Surroundings
from server.command.plan.make import make_plan
from server.command.playbooks import playbooks
from tests.situations import leak

NOTHING = Surroundings((), (), (), ())
EVIL = "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>`${1}"


def written(title: str = "泄漏", language: str = "zh-CN") -> str:
    base = leak()
    base = replace(base, incident=replace(base.incident, title=title))
    return page(make_plan(base, playbooks()["12B01"]).document(None, None), NOTHING, language)


def test_the_page_links_nothing() -> None:
    html = written()
    outside = re.findall(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?([^"'> ]+)""", html)
    assert [link for link in outside if not link.startswith("data:")] == []
    assert "url(images" not in html
    assert "@import" not in html
    assert "default-src 'none'" in CONTENT_POLICY
    assert CONTENT_POLICY in html


def test_it_says_what_the_plan_says() -> None:
    html = written()
    for said in ("30 分钟前方指挥部方案", "演示数据", "防护行动区", "fire-1", "图例"):
        assert said in html
    assert "30-minute forward-command plan" in written(language="en")


def test_real_data_bear_no_demo_mark() -> None:
    real = make_plan(leak(synthetic=False), playbooks()["12B01"]).document(None, None)
    assert 'id="synthetic"' not in page(real, NOTHING)


def test_names_from_people_are_text() -> None:
    html = written(EVIL)
    assert "<script>document.title" not in html
    assert "<img src=x" not in html


def test_the_base_comes_from_our_own_tables(session: Session) -> None:
    plan = make_plan(leak(), playbooks()["12B01"]).document(None, None)
    assert "L.geoJSON" in snapshot(session, plan)


@pytest.mark.browser
def test_it_opens_with_the_network_off(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    file.write_text(written(EVIL), encoding="utf-8")
    asked: list[str] = []
    faults: list[str] = []
    tab = browser.new_context(offline=True).new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: faults.append(message.text))
    tab.goto(file.as_uri())
    tab.wait_for_selector(".sign.post")
    assert tab.title() != "broken"
    assert tab.locator("path.leaflet-interactive, canvas").count() > 0
    assert asked == [file.as_uri()]
    assert faults == []
    tab.close()
