"""The page in a real browser, on the demo city."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

PLAN_MS = 60_000


def test_the_first_picture_asks_nobody_else_and_has_no_complaint(watched: Watched) -> None:
    page = watched.page
    expect(page.get_by_text("演示数据", exact=True).first).to_be_visible()
    expect(page.locator(".link")).to_contain_text("实时")
    page.wait_for_function("document.querySelectorAll('.om-base canvas').length >= 6")
    page.wait_for_timeout(1500)
    assert watched.foreign == []
    assert watched.complaints == []
    assert any("/tiles/base/" in url for url in watched.requests)
    assert _picture_bytes(page) > 40_000, "the base map is blank"


def test_a_report_opens_a_plan_with_a_post_and_teams(watched: Watched) -> None:
    page = watched.page
    _report(page, title="<img src=x onerror=alert(1)> 罐区泄漏")
    plan = page.locator("om-plan")
    expect(plan.locator(".verdict")).to_have_text(re.compile("能按时|有风险|不能按时"))
    expect(plan.locator(".clock")).to_have_text(re.compile(r"T\+"))
    expect(plan.locator("#post .post").first).to_contain_text("首选")
    expect(plan.locator("#forces .item .eta").first).to_contain_text("分")
    expect(plan.locator("#unknowns")).to_contain_text("未知")
    expect(page.locator(".dock om-timeline .lane").first).to_be_visible()
    # What people type is shown, never run.
    expect(plan.locator(".what")).to_have_text("<img src=x onerror=alert(1)> 罐区泄漏")
    assert page.locator("om-plan img").count() == 0
    # Blank casualties are not sent as 0.
    assert watched.complaints == []
    assert watched.foreign == []


def test_a_drawn_closure_makes_the_plan_anew_and_says_what_changed(watched: Watched) -> None:
    page = watched.page
    _report(page)
    page.locator("#open-closures").click()
    page.get_by_role("button", name="圈画范围").click()
    for x, y in ((800, 330), (1050, 330), (1050, 520), (800, 520)):
        page.mouse.click(x, y)
        page.wait_for_timeout(350)
    page.locator("#done").click()
    page.locator("om-closures input[name=depth_m]").fill("0.6")
    page.locator("om-closures form button.danger").click()
    expect(page.locator("#changes")).to_contain_text("第 2 版的变化", timeout=PLAN_MS)
    closed = page.locator("om-closures li")
    expect(closed).to_have_count(1)
    expect(closed).to_contain_text("积水 0.6 m")
    page.get_by_role("button", name="解除").click()
    expect(page.locator("#changes")).to_contain_text("第 3 版的变化", timeout=PLAN_MS)
    expect(closed).to_have_count(0)
    assert watched.complaints == []


def test_the_language_changes_by_a_switch(watched: Watched) -> None:
    page = watched.page
    page.locator("#language").click()
    expect(page.locator("#report")).to_contain_text("Report")
    expect(page.get_by_text("DEMO DATA", exact=True).first).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.locator("#language").click()
    expect(page.locator("#report")).to_contain_text("报告")
    assert watched.complaints == []


def test_a_lost_server_is_said_with_the_age_of_the_picture(watched: Watched) -> None:
    page = watched.page
    expect(page.locator(".link")).to_contain_text("实时")
    page.route("**/api/health", lambda route: route.abort())
    expect(page.locator(".link.lost")).to_contain_text("与服务器断开", timeout=15_000)
    expect(page.locator(".link.lost")).to_contain_text("画面停在")
    page.unroute("**/api/health")
    expect(page.locator(".link.lost")).to_have_count(0, timeout=15_000)


def test_an_error_comes_with_its_remedy(watched: Watched) -> None:
    page = watched.page

    def refuse(route: Route) -> None:
        error = {"code": "x", "message": "坐标在区域外", "remedy": "换一个位置", "values": {}}
        route.fulfill(status=422, json={"error": error})

    page.route(
        "**/api/incidents", lambda r: refuse(r) if r.request.method == "POST" else r.continue_()
    )
    _report(page, wait=False)
    expect(page.locator(".notice.bad")).to_contain_text("坐标在区域外")
    expect(page.locator(".notice.bad")).to_contain_text("换一个位置")
    expect(page.locator("om-report form")).to_be_visible()


def test_opening_a_plan_gives_the_map_room_and_says_what_it_rests_on(watched: Watched) -> None:
    page = watched.page
    page.locator("#open-incidents").click()
    page.locator("om-incidents li").last.click()
    plan = page.locator("om-plan")
    plan.locator(".verdict").wait_for(timeout=PLAN_MS)
    expect(page.locator("om-incidents")).to_have_count(0)
    expect(plan.locator(".facts")).to_have_text(re.compile("伤亡 .+被困 .+风"))
    expect(plan.locator("#evacuation .rests")).to_contain_text("人口")
    expect(plan.locator("#forces .age").first).to_be_visible()
    legend = page.locator("om-legend")
    expect(legend).to_contain_text("避灾点")
    line = legend.locator(".line", has_text="力量")
    line.click()
    expect(line).to_have_attribute("aria-pressed", "false")
    line.click()
    page.locator("#open-closures").click()
    expect(legend).to_have_count(0)
    assert watched.complaints == []


def test_names_stay_in_their_places_when_the_map_zooms(watched: Watched) -> None:
    page = watched.page
    page.wait_for_function("document.querySelectorAll('.om-base canvas').length >= 6")
    page.wait_for_timeout(2500)
    middle = {"x": 500, "y": 200, "width": 900, "height": 700}
    before = page.screenshot(clip=middle)
    for button in (1, 2):
        page.locator(".zoom button").nth(button).click()
        page.wait_for_timeout(2500)
    assert page.screenshot(clip=middle) == before


def test_the_clock_is_the_servers(watched: Watched) -> None:
    page = watched.page

    def shifted(route: Route) -> None:
        body = route.fetch().json()
        route.fulfill(json={**body, "now": "2026-06-15T01:37:00Z"})

    page.route("**/api/health", shifted)
    expect(page.locator(".time b")).to_have_text(re.compile("^09:37:"), timeout=15_000)
    expect(page.locator(".time span")).to_contain_text("2026-06-15")


def test_on_a_tablet_the_panels_step_aside_while_a_place_is_pointed_out(watched: Watched) -> None:
    page = watched.page
    page.set_viewport_size({"width": 1024, "height": 768})
    page.locator("#open-closures").click()
    drawer = page.locator(".drawer")
    expect(drawer).to_be_visible()
    page.get_by_role("button", name="圈画范围").click()
    expect(drawer).to_be_hidden()
    page.get_by_role("button", name="取消").click()
    expect(drawer).to_be_visible()


def test_closing_a_plan_takes_everything_of_it_off_the_map(watched: Watched) -> None:
    page = watched.page
    before = page.locator("canvas.om-canvas").count()
    page.locator("#open-incidents").click()
    page.locator("om-incidents li").last.click()
    page.locator("om-plan .verdict").wait_for(timeout=PLAN_MS)
    assert page.locator("canvas.om-canvas").count() == before + 1
    page.locator(".panel .head button").click()
    expect(page.locator("om-plan")).to_have_count(0)
    assert page.locator("canvas.om-canvas").count() == before


def test_a_place_says_what_nobody_reported(watched: Watched) -> None:
    page = watched.page
    _search(page, "消防救援站")
    card = page.locator("om-place")
    expect(card).to_contain_text("来源")
    expect(card.locator("h2")).to_contain_text("消防救援站")
    missing = card.locator("dd.missing")
    for i in range(missing.count()):
        expect(missing.nth(i)).to_have_text("未报")


def test_a_way_is_told_turn_by_turn_with_a_range_and_other_ways(watched: Watched) -> None:
    page = watched.page
    _search(page, "消防救援站")
    page.wait_for_timeout(1200)
    page.mouse.click(960, 560, button="right")
    page.get_by_role("menuitem", name="从这里出发的路线").click()
    page.mouse.click(1100, 330)
    route = page.locator("om-route")
    expect(route.locator(".whole b")).to_have_text(re.compile(r"^\d+$"))
    expect(route).to_contain_text("规划范围")
    expect(route).to_contain_text("未经实测")
    steps = route.locator("ol li")
    expect(steps.first).to_contain_text("行驶")
    expect(steps.last).to_contain_text("到达")
    route.locator("select").select_option("foot")
    expect(steps.first).to_contain_text("步行")
    page.locator(".panel .head button").click()
    expect(route).to_have_count(0)
    assert watched.complaints == []


def test_a_bridge_is_weighed_before_it_is_closed_by_its_name(watched: Watched) -> None:
    page = watched.page
    page.locator("#open-roads").click()
    bridges = page.locator("om-roads li", has_text="人被切断").filter(
        has=page.locator(".tag", has_text="桥")
    )
    expect(bridges.first).to_be_visible(timeout=PLAN_MS)
    name = (bridges.first.locator(".grow .cut").inner_text()).split()[0]
    page.locator("#open-closures").click()
    page.locator("#close-bridge").click()
    page.locator("om-closures input[name=named]").fill(name)
    page.locator("#weigh").click()
    expect(page.locator(".loss")).to_contain_text("切断", timeout=PLAN_MS)
    expect(page.locator("om-closures li")).to_have_count(0)  # nothing is closed by asking
    page.locator("om-closures form button.danger").click()
    expect(page.locator("om-closures li")).to_contain_text(name, timeout=PLAN_MS)
    page.get_by_role("button", name="解除").click()
    expect(page.locator("om-closures li")).to_have_count(0, timeout=PLAN_MS)
    assert watched.complaints == []


def _search(page: Page, text: str) -> None:
    page.locator("om-search input").fill(text)
    page.locator("om-search li[role=option]").first.click()
    page.locator("om-place h2").wait_for()


def _report(page: Page, title: str = "", wait: bool = True) -> None:
    """A hazmat release beside a fire station, which surely stands on a road."""
    _search(page, "消防救援站")
    page.wait_for_timeout(1200)
    page.locator("#report").click()
    page.mouse.click(960, 560)
    form = page.locator("om-report form")
    form.wait_for()
    form.get_by_role("button", name="危化品泄漏").click()
    if title:
        form.locator("input[name=title]").fill(title)
    with page.expect_request(
        lambda r: r.url.endswith("/api/incidents") and r.method == "POST"
    ) as sent:
        form.locator(".submit").click()
    body = sent.value.post_data_json
    assert body["event_type"] == "12B01"
    assert "casualties" not in body, "blank is not reported, not 0"
    if wait:
        page.locator("om-plan .verdict").wait_for(timeout=PLAN_MS)


def _picture_bytes(page: Page) -> int:
    """Size of a PNG of the middle of the map: a blank one packs to a few thousand bytes."""
    return len(page.screenshot(clip={"x": 600, "y": 300, "width": 700, "height": 500}))
