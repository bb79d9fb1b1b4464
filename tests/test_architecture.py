"""The house stands as drawn: imports point one way, modules stay small, words are in catalogues."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("geo", "layers", "routing", "server")

# What each package may import of ours: geo <- layers, routing <- server.
ALLOWED = {
    "geo": {"geo"},
    "layers": {"geo", "layers"},
    "routing": {"geo", "routing"},
    "server": {"geo", "layers", "routing", "server"},
}
HTTP = {"fastapi", "starlette", "uvicorn", "httpx"}
PURE_PLAN = {"geo", "server", "numpy", "scipy"}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every dotted name that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports name the real module"
            assert node.module is not None
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_one_way(package: str) -> None:
    paths = modules(package)
    assert paths, f"{package} has no modules: this check would pass on nothing"
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in imports(path)
        if name.split(".")[0] in {*PACKAGES, "web", "tests"}
        and name.split(".")[0] not in ALLOWED[package]
    ]
    assert wrong == []


def test_command_knows_no_http() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / "server" / "command").rglob("*.py")
        for name in imports(path)
        if name.split(".")[0] in HTTP or name.startswith("server.api")
    ]
    assert wrong == []


def test_the_plan_is_made_of_values_only() -> None:
    """`server/command/plan` sees geo's values, numpy, scipy and the standard library."""
    import sys

    paths = sorted((ROOT / "server" / "command" / "plan").rglob("*.py"))
    assert len(paths) > 1
    impure = {"geo.db", "geo.models", "geo.queries", "geo.intake", "geo.cluster", "geo.home"}
    clocks = {"random", "time", "socket", "subprocess", "os", "threading"}
    wrong = []
    for path in paths:
        for name in imports(path):
            top = name.split(".")[0]
            known = top in PURE_PLAN or top in sys.stdlib_module_names
            if top == "server" and not name.startswith("server.command"):
                known = False
            if not known or top in clocks or any(name.startswith(x) for x in impure):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_few_modules_pass_300_lines_and_none_500() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for package in PACKAGES
        for path in modules(package)
    }
    assert {name: n for name, n in sizes.items() if n > 500} == {}
    assert len([n for n in sizes.values() if n > 300]) <= 5, sorted(
        (n, name) for name, n in sizes.items() if n > 300
    )


def test_both_languages_say_the_same_things() -> None:
    def keys(table: dict[str, object], prefix: str = "") -> set[str]:
        out: set[str] = set()
        for key, value in table.items():
            dotted = f"{prefix}.{key}" if prefix else key
            out |= keys(value, dotted) if isinstance(value, dict) else {dotted}
        return out

    chinese = {p.name: p for p in (ROOT / "data" / "words" / "zh-CN").glob("*.toml")}
    english = {p.name: p for p in (ROOT / "data" / "words" / "en").glob("*.toml")}
    assert chinese.keys() == english.keys() != set()
    for name in chinese:
        zh = keys(tomllib.loads(chinese[name].read_text(encoding="utf-8")))
        en = keys(tomllib.loads(english[name].read_text(encoding="utf-8")))
        assert zh == en, f"{name}: {sorted(zh ^ en)}"


def test_only_one_file_of_the_page_fetches() -> None:
    sources = sorted((ROOT / "web" / "src").rglob("*.ts"))
    assert sources
    fetching = {
        path.name
        for path in sources
        if "fetch(" in path.read_text(encoding="utf-8")
        and not path.name.endswith((".test.ts", ".worker.ts"))
    }
    assert fetching <= {"api.ts"}
