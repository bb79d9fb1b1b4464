"""Write a bundle: one archive that installs the product on a machine without a network.

It unpacks to ``onemap-VERSION/``: the product itself, and in ``bundle/`` Debian packages with
their index, wheels, the built pages, a bill of materials, and checksums of every file.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo.errors import SetupFailed
from server.setup import python, sbom, web
from server.setup.debian import Packages
from server.setup.site import Site, locked, machine
from server.setup.work import Runner, Step, do_all

SUMS = "bundle/SHA256SUMS"
MANIFEST = "bundle/manifest.json"
NOT_OURS = re.compile(
    r"\.git|\.onemap|\.venv|node_modules|__pycache__|dist|bundle|build|\..*_cache|\.hypothesis"
    r"|.*\.pyc|.*\.egg-info|onemap-.*\.tar(\..*)?"
)


def write(site: Site, file: Path | None) -> dict[str, Any]:
    """Collect everything and write the archive; says where it is, how large, and its hash."""
    name = f"onemap-{version(site)}"
    facts = machine()
    kind = re.sub(r"[^\w.]+", "", facts["system"])
    target = (file or Path(f"{name}-{kind}-{facts['processor']}.tar")).absolute()
    online = replace(site, bundle=None)
    with locked(site) as lock, _staging(site) as staging:
        packages = Packages(online)
        debs, wheels = staging / "debs", staging / "wheels"
        do_all(
            online,
            [
                Step("index", packages.update),
                Step("debs", lambda run: _collect_debs(packages, run, debs), ("index",)),
                Step("pip", lambda run: _bring_pip(online, run, packages), ("index",)),
                Step("wheels", lambda run: _collect_wheels(online, run, wheels), ("pip",)),
            ],
            lock,
        )
        if web.key(site) is not None:
            shutil.copytree(web.dist(site).resolve(), staging / "dist")
        product = sorted(product_files(site.checkout, site.home))
        bill = sbom.bill(site, version(site), debs, wheels)
        (staging / "sbom.cdx.json").write_text(json.dumps(bill, indent=1, ensure_ascii=False))
        manifest = {
            "version": version(site),
            "made_for": facts,
            "product": [str(path) for path in product],
        }
        (staging / "manifest.json").write_text(json.dumps(manifest, indent=1))
        _write_tar(site.checkout, product, staging, name, target)
        counts = {"debs": len(list(debs.glob("*.deb"))), "wheels": len(list(wheels.glob("*.whl")))}
    mark = file_hash(target)
    target.with_name(f"{target.name}.sha256").write_text(f"{mark}  {target.name}\n")
    megabytes = round(target.stat().st_size / 1e6)
    return {"file": str(target), "sha256": mark, "megabytes": megabytes, **counts}


def version(site: Site) -> str:
    """The product's version, by its project file."""
    found = re.search(r'^version = "([^"]+)"', (site.checkout / "pyproject.toml").read_text(), re.M)
    return found[1] if found else "0"


def product_files(checkout: Path, home: Path) -> Iterator[Path]:
    """The product's own files, relative to the checkout: no caches, no builds, no homes."""
    folders = [checkout]
    while folders:
        for path in folders.pop().iterdir():
            if NOT_OURS.fullmatch(path.name) or path == home:
                continue
            if path.is_dir() and not path.is_symlink():
                folders.append(path)
            elif path.is_file():
                yield path.relative_to(checkout)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _staging(site: Site) -> Iterator[Path]:
    folder = site.home / "staging"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _collect_debs(packages: Packages, run: Runner, folder: Path) -> None:
    """PostGIS and all it needs, down to the C library: the other machine may lack any of it."""
    names = packages.missing(packages.postgis(), "-o", "Dir::State::status=/dev/null")
    packages.download(run, names, folder)
    entries = []
    for deb in sorted(folder.glob("*.deb")):
        # apt escapes a version's colon in the file's name, and would look for it unescaped.
        plain = deb.rename(deb.with_name(deb.name.replace("%3a", ".")))
        fields = subprocess.run(
            ["dpkg-deb", "-f", plain], capture_output=True, text=True, check=True
        ).stdout.strip()
        size = plain.stat().st_size
        mark = file_hash(plain)
        entries.append(f"{fields}\nFilename: ./{plain.name}\nSize: {size}\nSHA256: {mark}\n")
    (folder / "Packages").write_text("\n".join(entries))


def _bring_pip(site: Site, run: Runner, packages: Packages) -> None:
    if python.no_pip(site):
        python.fetch_pip(site, run, packages)


def _collect_wheels(site: Site, run: Runner, folder: Path) -> None:
    """The wheels of what runs, as locked, and of uv which installs them."""
    names = [*_runtime_names(site), python.TOOL]
    wanted = site.home / "staging/wheels.txt"
    wanted.write_text(python.requirements(site, names))
    exact = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", folder)
    python.pip(site, run, "download", *exact, "-r", wanted)


def _runtime_names(site: Site) -> list[str]:
    """Which of the locked packages this machine's runtime is made of: not the tests' own."""
    uv = python.tool(site, python.TOOL) / "bin/uv"
    command = [uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-build"]
    command += ["--python", site.venv / "bin/python", "-c", site.lock]
    told = subprocess.run(
        [*map(str, command), str(site.checkout / "pyproject.toml")],
        capture_output=True,
        text=True,
        env=python.uv_environment(site),
    )
    if told.returncode:
        raise SetupFailed(told.stderr.strip()[-600:], remedy=site.say("remedy.packages"))
    return re.findall(r"^([\w.-]+)==", told.stdout, re.M)


def _write_tar(checkout: Path, product: list[Path], staging: Path, name: str, target: Path) -> None:
    entries = [(str(path), checkout / path) for path in product]
    carried = sorted(path for path in staging.rglob("*") if path.is_file())
    carried = [path for path in carried if path.name != "wheels.txt"]
    entries += [(f"bundle/{path.relative_to(staging)}", path) for path in carried]
    sums = "".join(f"{file_hash(path)}  {arc}\n" for arc, path in entries).encode()
    part = target.with_name(f"{target.name}.part")
    try:
        with tarfile.open(part, "w") as tar:
            head = tarfile.TarInfo(f"{name}/{SUMS}")
            head.size, head.mode = len(sums), 0o644
            tar.addfile(head, io.BytesIO(sums))
            for arc, path in entries:
                tar.add(path, f"{name}/{arc}", recursive=False, filter=_anonymous)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mode = 0o755 if entry.mode & 0o100 else 0o644
    return entry
