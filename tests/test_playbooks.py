"""Playbooks, parameters and capabilities are data: the good are read, the broken are refused."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from geo.catalog import catalog
from geo.errors import BadFile, BadRow, UnknownEventType
from geo.home import DATA
from geo.words import catalogue
from server.command.playbooks import playbooks, read_playbooks

MUST_HAVE = ("12B01", "12E04", "12B03", "11D01", "11B01", "11G01", "11A03", "12G06", "12F01")


@pytest.mark.parametrize("code", MUST_HAVE)
def test_there_is_a_playbook(code: str) -> None:
    book = playbooks()[code]
    assert book.needs
    assert book.zones
    assert book.groups
    assert {t.task for t in book.tasks} >= {"notice", "squad_travel", "post_setup"}


def test_every_number_bears_a_mark_and_a_source() -> None:
    for book in playbooks().books:
        for item in (*book.needs, *book.zones, *book.supplies, *book.parameters.values()):
            assert item.mark in ("V", "D", "R", "A")
            assert item.source
        assert all(rule.mark and rule.source for rule in book.categories.values())
        assert sum(c.max for c in book.post.criteria) == 100


def test_supplies_are_counted_in_the_unit_of_their_category() -> None:
    units = {code: row.get("unit") for code, row in catalog().resource_categories.items()}
    for book in playbooks().books:
        for rule in book.supplies:
            assert units[rule.category] in (None, rule.unit), (book.code, rule.category)


@pytest.mark.parametrize("code", ["99Z99", "11A06", ""])
def test_an_unknown_event_type_is_refused_with_what_there_is(code: str) -> None:
    with pytest.raises(UnknownEventType) as refused:
        playbooks()[code]
    assert "12B01" in refused.value.remedy


def test_every_sentence_stands_in_both_languages_with_the_same_values() -> None:
    zh, en = ({k: v for k, v in catalogue(lang).items() if k.startswith("plan.")} for lang in LANGS)
    assert zh.keys() == en.keys()
    fields = {key: (_fields(zh[key]), _fields(en[key])) for key in zh}
    assert {key for key, (a, b) in fields.items() if a != b} == set()


def test_every_unknown_has_a_sentence() -> None:
    command = ROOT / "server" / "command" / "unknowns.py"
    told = [command.read_text(encoding="utf-8")]
    told += [f.read_text(encoding="utf-8") for f in (ROOT / "geo" / "hazards").glob("*.py")]
    keys = {k for text in told for k in re.findall(r'(?:add|Unknown)\(\s*"(\w+)"', text)}
    assert len(keys) > 15
    assert {k for k in keys if f"unknown.{k}" not in playbooks()["12B01"].zh} == set()


ROOT = Path(__file__).resolve().parent.parent
LANGS = ("zh-CN", "en")


def _fields(text: str) -> set[str]:
    from string import Formatter

    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in ("playbooks", "parameters"):
        shutil.copytree(DATA / name, tmp_path / name)
    shutil.copy(DATA / "capabilities.csv", tmp_path)
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("landslide", "radius_m = 300", "radius_m = -5", "zone[1].radius_m"),
        ("landslide", "radius_m = 300", 'radius_m = "wide"', "zone[1].radius_m"),
        ("landslide", 'name = "danger"', 'name = "nowhere"', "zone[1].name"),
        ("landslide", 'capability = "rescue"', 'capability = "magic"', "need[2].capability"),
        ("landslide", 'capability = "rescue"', 'capability = "command_support"', "twice"),
        ("landslide", 'mark = "A"', 'mark = "X"', "mark"),
        ("landslide", "number = 3", "number = 0", "need[2].number"),
        ("landslide", 'depends = ["notice"]', 'depends = ["never"]', "never"),
        ("landslide", 'depends = ["notice"]', 'depends = ["watch"]', "wait for each other"),
        ("landslide", 'goal = "post_setup"', 'goal = "glory"', "goal"),
        ("landslide", 'goal = "post_setup"', 'goals = "post_setup"', "goal"),
        ("landslide", '"11D01"', '"99Z99"', "event_types"),
        ("landslide", '"11D01"', '"12B01"', "12B01 is also in"),
        ("landslide", "near_m = 300", "near_m = 9000", "post.near_m"),
        (
            "landslide",
            'measure = "all:geo_support"',
            'measure = "all:gas_repair"',
            "task[1].measure",
        ),
        ("landslide", 'code = "landslide"', 'code = "landslide', "landslide.toml"),
        ("common", 'category = "S101"', 'category = "S999"', "S999"),
    ],
)
def test_a_broken_playbook_is_refused_with_file_key_and_reason(
    data: Path, file: str, old: str, new: str, said: str
) -> None:
    edit(data / "playbooks" / f"{file}.toml", old, new)
    with pytest.raises(BadFile, match=r"\.toml") as refused:
        read_playbooks(data)
    assert said in str(refused.value)


def test_a_broken_parameter_is_refused(data: Path) -> None:
    edit(data / "parameters" / "planning.toml", 'mark = "V"', 'mark = "S"')
    with pytest.raises(BadFile, match=r"planning\.toml"):
        read_playbooks(data)


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("S016,", "S999,", "category"),
        ("S016,", "S021,", "category"),
        ("fire_fighting;rescue", "wizardry;rescue", "capabilities"),
        (",60,120,request", ",fast,120,request", "turnout_s"),
        (",60,120,request", ",60,120,command", "authority"),
    ],
)
def test_a_broken_capability_row_is_refused(data: Path, old: str, new: str, column: str) -> None:
    edit(data / "capabilities.csv", old, new)
    with pytest.raises(BadRow) as refused:
        read_playbooks(data)
    assert refused.value.values["column"] == column


def test_a_new_event_type_is_a_new_file(data: Path) -> None:
    text = (data / "playbooks" / "road_accident.toml").read_text(encoding="utf-8")
    text = text.replace('"road_accident"', '"rail"').replace('["12F01", "12J05"]', '["12F06"]')
    (data / "playbooks" / "rail.toml").write_text(text, encoding="utf-8")
    assert read_playbooks(data)["12F06"].code == "rail"
