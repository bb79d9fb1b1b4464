"""The catalogue: whole, cross-checked, refused with file, row and reason when broken."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from geo import catalog, db
from geo.errors import BadFile, BadRow, Conflict
from tests.town import load_town


def test_the_product_has_its_whole_catalogue(engine: Engine) -> None:
    counts = {"department": 28, "data_class": 56, "risk_category": 100, "resource_category": 200}
    with engine.connect() as connection:
        for table, count in (counts | {"event_type": 111}).items():
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == count, table
        row = connection.execute(text("SELECT * FROM resource_category WHERE code = 'S013'")).one()
    assert (row.name_zh, row.kind, row.unit) == ("市级综合应急救援大队", "team", "支")
    whole = catalog.catalog()
    assert whole.risk_categories["R001"]["hazard_types"][0] in whole.event_types
    assert whole.department_code("水利局") == whole.department_code("D04") == "D04"
    assert whole.department_code("外星局") is None


def broken(folder: Path, sheet: str, row: int, column: str, value: str | None) -> Path:
    """A copy of the catalogue with one cell changed; value None repeats the row before."""
    shutil.copytree(catalog.FOLDER, folder, dirs_exist_ok=True)
    path = folder / f"{sheet}.csv"
    path.chmod(0o644)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    at = lines[0].index(column)
    lines[row - 1][at] = lines[row - 2][at] if value is None else value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    return folder


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value"),
    [
        ("departments", 3, "code", "X1"),
        ("departments", 3, "code", None),
        ("departments", 2, "core17", "perhaps"),
        ("departments", 2, "data_class_count", "five"),
        ("departments", 2, "risk_categories_steward", "R001;R999"),
        ("data_classes", 5, "dept_code", "D99"),
        ("data_classes", 2, "dept_code", "D02"),
        ("risk_categories", 7, "name_zh", " "),
        ("risk_categories", 7, "geometry", "blob"),
        ("risk_categories", 101, "department_zh", "外星局"),
        ("risk_categories", 2, "hazard_types", "12B01;99Z99"),
        ("resource_categories", 201, "kind", "hero"),
        ("event_types", 2, "code", "flood"),
    ],
)
def test_a_broken_row_is_refused_with_file_row_and_column(
    tmp_path: Path, sheet: str, row: int, column: str, value: str | None
) -> None:
    with pytest.raises(BadRow) as caught:
        catalog.read(broken(tmp_path / "c", sheet, row, column, value))
    found = caught.value.values
    assert (found["file"], found["row"], found["column"]) == (f"{sheet}.csv", row, column)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, BadFile),
        (b"", BadRow),
        (b"code,name_zh\n", BadRow),
        (b"\xff\xfe\x00", BadFile),
        (b'code,"name', BadFile),
    ],
)
def test_a_broken_file_is_refused(
    tmp_path: Path, content: bytes | None, error: type[Exception]
) -> None:
    folder = tmp_path / "c"
    shutil.copytree(catalog.FOLDER, folder)
    path = folder / "departments.csv"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match="departments"):
        catalog.read(folder)


def test_a_category_in_use_is_not_dropped(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    load_town(engine, tmp_path)
    chosen = catalog.catalog()
    fewer = {code: row for code, row in chosen.risk_categories.items() if code != "R001"}
    changed = catalog.Catalog(
        chosen.departments,
        chosen.data_classes,
        fewer,
        chosen.resource_categories,
        chosen.event_types,
        "another",
    )
    owner = db.engine(db.as_owner(database_url))
    with owner.begin() as connection, pytest.raises(Conflict):
        catalog.load(connection, changed)
    owner.dispose()
