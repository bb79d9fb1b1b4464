"""The plan as text: what is missing first, unknown never as 0, both languages."""

from __future__ import annotations

import pytest

from server.command.plan.make import make_plan
from server.command.playbooks import playbooks
from server.present import plan_text
from tests.situations import leak, post

BOOK = playbooks()["12B01"]


def test_it_reads_from_the_verdict_to_the_unknowns() -> None:
    text = plan_text(make_plan(leak(), BOOK))
    lines = [line.strip() for line in text.splitlines()]
    missing = next(i for i, line in enumerate(lines) if "缺 1 支" in line)
    headings = ["危险区", "前方指挥部", "力量编成", "医疗", "转移安置", "物资", "分钟表", "缺口"]
    places = [missing, *(lines.index(word) for word in headings)]
    assert places == sorted(places)
    assert "演示数据" in lines[0]
    assert "\x1b" not in text
    assert "2026-06-01 10:00" in text  # civil time


def test_english_has_every_word() -> None:
    text = plan_text(make_plan(leak(), BOOK), "en")
    assert "plan.show." not in text
    assert "Hazmat (leak sealing)" in text


def test_unknown_people_are_said_not_zero() -> None:
    text = plan_text(make_plan(leak(people=None, cells=(), foot_s=(), bus_s=()), BOOK))
    assert "应转移 未知 人" in text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("event_type", list(playbooks()))
def test_every_plan_can_be_shown(event_type: str, language: str) -> None:
    made = make_plan(leak(posts=(post("none", 0, 100, None),)), playbooks()[event_type])
    assert plan_text(made, language)
    assert plan_text(made.document(1, None), language)
