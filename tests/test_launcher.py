"""The launcher: what it exports, what it leaves alone, when it sets up and when it does not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from geo.home import CHECKOUT

LAUNCHER = CHECKOUT / "onemap"
SHOW = """#!/bin/sh
echo "cwd=$PWD" "home=$ONEMAP_HOME" "path=$PYTHONPATH" "lang=$ONEMAP_LANG" "web=$ONEMAP_WEB"
for one in "$@"; do echo "[$one]"; done
exit 7
"""


def write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def ready_home(tmp_path: Path) -> Path:
    """A home in which everything is made; its Python shows what it was given."""
    home = tmp_path / "home"
    write_program(home / "venv/bin/python", SHOW)
    content = (CHECKOUT / "requirements.lock").read_bytes()
    content += (CHECKOUT / "pyproject.toml").read_bytes()
    made = subprocess.run(["cksum"], input=content, capture_output=True, check=True).stdout
    (home / "ready").write_text(f"{made.decode().strip()}\n{home / 'ready'}\n")
    return home


def launch(
    *arguments: str,
    home: Path | str,
    cwd: Path | None = None,
    program: Path = LAUNCHER,
    **more: str,
) -> subprocess.CompletedProcess[str]:
    """Run the launcher; the machine's python3 says when it was asked to set up."""
    tools = Path(cwd or CHECKOUT) if "tools" not in more else Path(more.pop("tools"))
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ONEMAP_", "DATABASE_URL"))}
    env |= {"ONEMAP_HOME": str(home), "PATH": f"{tools}:{os.environ['PATH']}", **more}
    return subprocess.run(
        [program, *arguments], env=env, cwd=cwd, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH whose python3 tells of its arguments instead of setting up."""
    write_program(tmp_path / "tools/python3", '#!/bin/sh\n[ "$1" = -c ] || echo "set up: $*"\n')
    return tmp_path / "tools"


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_it_is_plain_posix_shell(shell: str) -> None:
    program = Path("/bin") / shell
    if not program.exists():
        pytest.skip(f"no {shell} here")
    assert subprocess.run([program, "-n", LAUNCHER]).returncode == 0


def test_a_command_runs_in_the_callers_folder_with_its_words_untouched(
    ready_home: Path, tmp_path: Path, tools: Path
) -> None:
    words = ["nearest", "--at", "120.6,27.8", "a b", "演示 'x' \"y\"", "*", ""]
    told = launch(*words, home=ready_home, cwd=tmp_path, tools=str(tools))
    lines = told.stdout.splitlines()
    assert f"cwd={tmp_path} home={ready_home} path={CHECKOUT}" in lines[0]
    assert lines[1:] == ["[-P]", "[-m]", "[server]", *(f"[{word}]" for word in words)]
    assert told.returncode == 7


def test_the_warm_way_sets_nothing_up(ready_home: Path, tools: Path) -> None:
    assert "set up" not in launch("--help", home=ready_home, tools=str(tools)).stdout


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["demo"], "ensure runtime,web"),
        (["--lang", "en", "serve"], "ensure runtime,web"),
        (["test", "--browser"], "test --browser"),
        (["setup", "--from", "x.tar"], "setup --from x.tar"),
        (["bundle", "--lang=en"], "bundle --lang=en"),
    ],
)
def test_commands_that_need_more_ask_for_it(
    words: list[str], asked: str, ready_home: Path, tools: Path
) -> None:
    told = launch(*words, home=ready_home, tools=str(tools)).stdout
    assert f"set up: -P -m server.setup {asked}\n" in told


@pytest.mark.parametrize("missing", ["ready", "venv/bin/python", "changed lock", "lost postgis"])
def test_whatever_is_missing_is_brought(missing: str, ready_home: Path, tools: Path) -> None:
    ready = ready_home / "ready"
    if missing == "changed lock":
        ready.write_text("1 2\n" + ready.read_text().split("\n", 1)[1])
    elif missing == "lost postgis":
        ready.write_text(ready.read_text().splitlines()[0] + "\n/no/postgis.control\n")
    else:
        (ready_home / missing).unlink()
    told = launch("--help", home=ready_home, tools=str(tools)).stdout
    assert "set up: -P -m server.setup ensure runtime\n" in told


def test_a_database_of_ones_own_needs_no_postgis_here(ready_home: Path, tools: Path) -> None:
    ready = ready_home / "ready"
    ready.write_text(ready.read_text().splitlines()[0] + "\n-\n")
    told = launch("--help", home=ready_home, tools=str(tools), DATABASE_URL="postgresql://h/d")
    assert "set up" not in told.stdout


@pytest.mark.parametrize(
    "words", [["--lang", "en", "doctor"], ["doctor", "--lang", "en"], ["doctor", "--lang=en"]]
)
def test_the_language_may_stand_anywhere(words: list[str], ready_home: Path, tools: Path) -> None:
    assert "lang=en" in launch(*words, home=ready_home, tools=str(tools)).stdout


def test_a_relative_home_is_one_below_the_callers_folder(
    ready_home: Path, tmp_path: Path, tools: Path
) -> None:
    told = launch("doctor", home="home", cwd=tmp_path, tools=str(tools))
    assert f"home={ready_home}" in told.stdout


def test_it_works_by_a_link(ready_home: Path, tmp_path: Path, tools: Path) -> None:
    link = tmp_path / "elsewhere"
    link.symlink_to(LAUNCHER)
    told = launch("doctor", home=ready_home, tools=str(tools), program=link)
    assert f"path={CHECKOUT}" in told.stdout


def test_a_machine_without_python_is_told_so(tmp_path: Path) -> None:
    write_program(tmp_path / "tools/python3", "#!/bin/sh\nexit 1\n")
    told = launch("--help", home=tmp_path / "home", tools=str(tmp_path / "tools"))
    assert told.returncode == 1
    assert "apt-get install python3" in told.stderr


def test_the_home_is_the_one_that_the_program_itself_would_choose(tools: Path) -> None:
    from geo import home

    told = launch("setup", home="", tools=str(tools), ONEMAP_HOME="")
    assert told.returncode == 0
    write_program(tools / "python3", '#!/bin/sh\necho "home=$ONEMAP_HOME"\n')
    told = launch("setup", home="", tools=str(tools), ONEMAP_HOME="")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ONEMAP_HOME", raising=False)
        assert f"home={home.home()}" in told.stdout
