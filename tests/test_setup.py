"""Set-up: steps side by side, the lock, bundles that are whole and bundles that are not."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.metadata
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from geo.errors import BadBundle, SetupFailed
from geo.home import CHECKOUT
from geo.words import catalogue
from server.setup import archive, bundle, ensure, licences, own, python, sbom
from server.setup.licences import Package
from server.setup.site import Site, Stamp, locked, machine, point
from server.setup.work import Runner, Step, do_all


@pytest.fixture
def site(tmp_path: Path) -> Site:
    checkout = tmp_path / "checkout"
    (checkout / "server").mkdir(parents=True)
    (checkout / "pyproject.toml").write_text('version = "1.0"\n')
    (checkout / "server/cli.py").write_text("print(1)\n")
    return Site(checkout, tmp_path / "home", None, "en")


# -- steps ---------------------------------------------------------------------------------


def test_steps_wait_for_what_they_need_and_no_longer(site: Site) -> None:
    order: list[str] = []

    def slow(run: Runner) -> None:
        time.sleep(0.1)
        order.append("slow")

    steps = [
        Step("web", lambda run: order.append("after slow"), ("python",)),
        Step("python", slow, ("pip",)),  # nobody does pip now: nothing to wait for
        Step("database", lambda run: order.append("quick")),
    ]
    do_all(site, steps)
    assert order == ["quick", "slow", "after slow"]


def test_a_failed_step_stops_the_others_and_shows_the_last_words(site: Site) -> None:
    began = time.monotonic()
    steps = [
        Step("web", lambda run: run(["sleep", "30"])),
        Step("python", lambda run: run(["sh", "-c", "echo no such thing; exit 3"])),
        Step("dev", lambda run: run(["touch", site.home / "never"]), ("python",)),
    ]
    with pytest.raises(SetupFailed, match=r"sh \(3\):[\s\S]*no such thing") as failed:
        do_all(site, steps)
    assert "setup-python.log" in failed.value.remedy
    assert time.monotonic() - began < 10
    assert not (site.home / "never").exists()


def test_a_full_disk_has_its_own_remedy(site: Site) -> None:
    def full(run: Runner) -> None:
        run(["sh", "-c", "echo 'write: No space left on device' >&2; exit 1"])

    with pytest.raises(SetupFailed) as raised:
        do_all(site, [Step("python", full)])
    assert "ONEMAP_HOME" in raised.value.remedy


def test_ctrl_c_ends_what_was_started(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from server.setup.site import Site
from server.setup.work import Step, do_all
here = Path(sys.argv[1])
try:
    do_all(Site(here, here, None, "en"), [Step("web", lambda run: run(["sleep", "61.25"]))])
except KeyboardInterrupt:
    sys.exit(130)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stderr=subprocess.DEVNULL,
    )
    log = tmp_path / "log/setup-web.log"
    while not log.exists() or "sleep" not in log.read_text():
        time.sleep(0.02)
    time.sleep(0.2)
    process.send_signal(2)
    assert process.wait(10) == 130
    assert not any("61.25" in words for words in command_lines())


def command_lines() -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(process.read_text())
    return found


def test_a_second_set_up_waits_for_the_first(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    entered = threading.Event()
    order: list[str] = []

    def first() -> None:
        with locked(site):
            entered.set()
            time.sleep(0.2)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait()
    with locked(site):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
    assert "Another set-up" in capsys.readouterr().err


def test_programs_of_a_killed_set_up_hold_its_lock(site: Site) -> None:
    with locked(site) as lock:
        orphan = subprocess.Popen(["sleep", "0.5"], pass_fds=(lock,))
    began = time.monotonic()
    with locked(site):
        assert orphan.poll() is not None or time.monotonic() - began > 0.3
    orphan.wait()


def test_a_home_that_cannot_be_written_is_named_with_a_remedy(site: Site) -> None:
    with (
        pytest.raises(SetupFailed, match="ONEMAP_HOME"),
        locked(replace(site, home=Path("/proc/no"))),
    ):
        pass


def test_every_step_has_its_word() -> None:
    words = catalogue("en")
    steps = ("index", "pip", "uv", "python", "dev", "node", "web", "database", "browser", "warm")
    for name in (*steps, "debs", "wheels", "web-test"):
        assert f"setup.step.{name}" in words


# -- what is there already -------------------------------------------------------------------


def test_nothing_is_done_where_all_is_there(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensure, "_has_postgis", lambda site: True)
    monkeypatch.setattr(python, "is_made", lambda site: True)
    assert ensure.steps(site, {"runtime"}) == []


def test_a_database_of_ones_own_asks_for_no_packages(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ensure, "_has_postgis", lambda site: False)
    monkeypatch.setattr(python, "is_made", lambda site: True)
    assert [step.name for step in ensure.steps(site, set())] == ["index", "database"]
    monkeypatch.setenv("DATABASE_URL", "postgresql://h/d")
    assert ensure.steps(site, set()) == []


def test_the_lock_gives_a_package_with_its_hashes(site: Site) -> None:
    site.lock.write_text(
        "# made\nuv==1.2 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        "uvicorn==3 ; python_version < '4' \\\n    --hash=sha256:cc\n"
    )
    wanted = "uv==1.2 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
    assert python.requirements(site, ["uv"]) == wanted
    assert python.tool(site, "uv").name == "uv-1.2"
    with pytest.raises(SetupFailed, match="numpy"):
        python.requirements(site, ["numpy"])


def test_the_real_lock_pins_everything_by_hash_and_names_no_host() -> None:
    lock = (CHECKOUT / "requirements.lock").read_text()
    blocks = [b for b in lock.replace("\\\n", " ").splitlines() if b and not b.startswith("#")]
    assert blocks
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)
    assert "://" not in lock


def test_the_environment_knows_the_product_as_installed(site: Site, tmp_path: Path) -> None:
    packages = tmp_path / "venv/lib/python3.11/site-packages"
    packages.mkdir(parents=True)
    project = (CHECKOUT / "pyproject.toml").read_text()
    wanted = tomllib.loads(project)["project"]
    (site.checkout / "pyproject.toml").write_text(
        project.replace(f'version = "{wanted["version"]}"', 'version = "0.0.9"')
    )
    own.write(site.checkout, tmp_path / "venv")
    own.write(CHECKOUT, tmp_path / "venv")  # a newer one takes its place
    names = sorted(path.name for path in packages.iterdir())
    assert names == [f"onemap-{wanted['version']}.dist-info", "onemap.pth"]
    (found,) = importlib.metadata.distributions(path=[str(packages)])
    assert (found.name, found.version) == ("onemap", wanted["version"])
    assert found.metadata["License-Expression"] == "Apache-2.0"
    points = {(point.group, point.name): point.value for point in found.entry_points}
    assert points == {
        ("networkx.backends", "onemap"): "routing.backend:backend",
        ("networkx.backend_info", "onemap"): "routing.backend:info",
    }
    assert (packages / "onemap.pth").read_text() == f"{CHECKOUT}\n"
    files = list(found.files or ())
    assert len(files) == 5
    for one in files:
        content = one.read_binary()
        if one.hash:
            made = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
            assert (one.hash.value, one.size) == (made.rstrip("="), len(content))
    before = {path: path.read_bytes() for path in packages.rglob("*") if path.is_file()}
    own.write(CHECKOUT, tmp_path / "venv")
    assert before == {path: path.read_bytes() for path in packages.rglob("*") if path.is_file()}


def test_the_product_is_no_third_party(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "lib/python3/site-packages").mkdir(parents=True)
    own.write(CHECKOUT, tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "lib/python3/site-packages")
    assert importlib.metadata.version("onemap")
    assert "onemap" not in {package.name for package in licences.packages()}


def test_a_broken_stamp_says_that_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "stamp").write_text('{"half')
    assert Stamp(tmp_path / "stamp").read == {}


def test_a_link_is_turned_to_another_target_at_once(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        point(tmp_path / "link", tmp_path / name)
        assert (tmp_path / "link").resolve().name == name


# -- bundles -------------------------------------------------------------------------------


@pytest.fixture
def made(site: Site, tmp_path: Path) -> Path:
    return make_bundle(site, tmp_path / "b.tar")


@pytest.fixture(autouse=True)
def _no_real_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_ensure", lambda site, checkout: None)


def make_bundle(site: Site, target: Path, **facts: str) -> Path:
    """A bundle of this checkout with two small files in place of the packages."""
    staging = site.home / "staging"
    (staging / "debs").mkdir(parents=True, exist_ok=True)
    (staging / "debs/a.deb").write_text("deb")
    product = sorted(bundle.product_files(site.checkout, site.home))
    manifest = {
        "version": bundle.version(site),
        "made_for": machine() | facts,
        "product": [str(path) for path in product],
    }
    (staging / "manifest.json").write_text(json.dumps(manifest))
    bundle._write_tar(site.checkout, product, staging, "onemap-1.0", target)
    return target


def test_a_whole_bundle_is_installed(site: Site, made: Path) -> None:
    archive.install(site, made)
    assert Stamp(site.home / "product.json").read["version"] == "1.0"
    assert not (site.home / "unpacked").exists()


def test_a_newer_bundle_replaces_the_program_and_an_older_one_brings_it_back(
    site: Site, made: Path, tmp_path: Path
) -> None:
    archive.install(site, made)
    newer = replace(site, checkout=tmp_path / "newer")
    (newer.checkout / "server").mkdir(parents=True)
    (newer.checkout / "pyproject.toml").write_text('version = "2.0"\n')
    (newer.checkout / "server/added.py").write_text("print(2)\n")
    archive.install(site, make_bundle(newer, tmp_path / "n.tar"))
    assert (site.checkout / "server/added.py").read_text() == "print(2)\n"
    assert not (site.checkout / "server/cli.py").exists()
    assert (site.home / "previous/server/cli.py").read_text() == "print(1)\n"
    archive.install(site, made)
    assert (site.checkout / "server/cli.py").read_text() == "print(1)\n"
    assert not (site.checkout / "server/added.py").exists()


def test_a_git_work_tree_is_never_overwritten(site: Site, made: Path) -> None:
    (site.checkout / ".git").mkdir()
    archive.install(site, made)  # the same program: nothing to overwrite
    (site.checkout / "server/cli.py").write_text("mine\n")
    with pytest.raises(BadBundle, match="git work tree"):
        archive.install(site, made)
    assert (site.checkout / "server/cli.py").read_text() == "mine\n"


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-11000])


def cut_to_one_file(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1536])


def one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b"print(1)")] ^= 1
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def not_a_bundle(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" * 600)


def with_member(name: str, kind: bytes = tarfile.REGTYPE) -> Callable[[Path], None]:
    def add(path: Path) -> None:
        with tarfile.open(path, "a") as tar:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, "/etc/passwd", 0
            tar.addfile(member, io.BytesIO())

    return add


def other_sum_beside(path: Path) -> None:
    path.with_name(f"{path.name}.sha256").write_text(f"{'0' * 64}  {path.name}\n")


@pytest.mark.parametrize(
    "harm",
    [
        truncated,
        cut_to_one_file,
        one_bit,
        empty,
        not_a_bundle,
        other_sum_beside,
        with_member("onemap-1.0/extra.py"),
        with_member("onemap-1.0/../../escape"),
        with_member("/etc/escape"),
        with_member("onemap-1.0/link", tarfile.SYMTYPE),
        with_member("second/file"),
        Path.unlink,
    ],
)
def test_a_harmed_bundle_is_refused_and_changes_nothing(
    harm: Callable[[Path], None], site: Site, made: Path
) -> None:
    harm(made)
    with pytest.raises(BadBundle):
        archive.install(site, made)
    assert (site.checkout / "server/cli.py").read_text() == "print(1)\n"
    assert not (site.home / "product.json").exists()
    assert not (site.home / "unpacked").exists()


def test_a_bundle_for_another_machine_is_refused(site: Site, tmp_path: Path) -> None:
    other = make_bundle(site, tmp_path / "o.tar", processor="mips")
    with pytest.raises(BadBundle, match="mips"):
        archive.install(site, other)


def test_a_bundle_carries_the_program_and_no_caches(site: Site) -> None:
    for path in ("web/node_modules/x.js", "web/dist/i.html", "server/__pycache__/c.pyc", ".git/x"):
        (site.checkout / path).parent.mkdir(parents=True, exist_ok=True)
        (site.checkout / path).write_text("")
    (site.checkout / ".ci").mkdir()
    (site.checkout / ".ci/run").write_text("")
    found = {str(path) for path in bundle.product_files(site.checkout, site.home)}
    assert found == {"pyproject.toml", "server/cli.py", ".ci/run"}


# -- licences ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("licence", "fit"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("LGPL-3.0-only", True),
        ("Mozilla Public License 2.0 (MPL 2.0)", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-2.0-or-later", False),
        ("MIT and GPL", False),
        ("AGPL-3.0", False),
        ("SSPL-1.0", False),
        ("", False),
    ],
)
def test_only_fit_licences_pass(licence: str, fit: bool) -> None:
    assert Package("python", "x", "1", licence).fit is fit


def test_a_wheels_licence_is_read_from_wherever_it_stands() -> None:
    text = "Name: x\nVersion: 1\nClassifier: License :: OSI Approved :: MIT License\n\nwords"
    assert sbom.wheel_metadata(text)["licence"] == "MIT License"


# -- containers ----------------------------------------------------------------------------


def test_the_compose_file_has_the_shape_of_one_and_stays_on_loopback() -> None:
    """By its shape alone: no container engine runs here."""
    read = read_yaml((CHECKOUT / "compose.yaml").read_text())
    assert set(read) == {"name", "services", "volumes"}
    service = read["services"]["postgis"]
    assert set(service) <= {
        "image", "restart", "environment", "command", "ports", "volumes", "shm_size", "healthcheck"
    }  # fmt: skip
    assert service["image"].startswith("postgis/postgis:")
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert [volume.partition(":")[0] for volume in service["volumes"]] == list(read["volumes"])
    assert set(service["healthcheck"]) <= {"test", "interval", "timeout", "retries", "start_period"}


def read_yaml(text: str) -> dict[str, object] | object:
    """The little of YAML that a compose file needs: nested maps, lists of words, comments."""
    lines = [line for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]

    def indent(line: str) -> int:
        return len(line) - len(line.lstrip())

    def block(depth: int) -> object:
        if lines and lines[0].lstrip().startswith("- "):
            items = []
            while lines and indent(lines[0]) == depth and lines[0].lstrip().startswith("- "):
                items.append(lines.pop(0).lstrip()[2:].strip('"'))
            return items
        table: dict[str, object] = {}
        while lines and indent(lines[0]) == depth:
            key, _, value = lines.pop(0).strip().partition(":")
            deeper = bool(lines) and indent(lines[0]) > depth and not value.strip()
            table[key] = block(indent(lines[0])) if deeper else value.strip().strip('"')
        return table

    return block(0)
