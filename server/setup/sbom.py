"""The bill of materials of a bundle, as CycloneDX 1.5 JSON: every package with its hash."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

from server.setup.site import Site


def bill(site: Site, version: str, debs: Path, wheels: Path) -> dict[str, Any]:
    """What a bundle is made of: Debian packages, Python packages, and those inside the pages."""
    components = [
        *map(_of_deb, sorted(debs.glob("*.deb"))),
        *map(_of_wheel, sorted(wheels.glob("*.whl"))),
        *(_of_npm(package) for package in npm_packages(site.checkout)),
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "onemap", "version": version},
        },
        "components": components,
    }


def npm_packages(checkout: Path) -> list[dict[str, Any]]:
    """What the pages carry, by the lock file: name, version, licence; no build tools."""
    path = checkout / "web/package-lock.json"
    if not path.exists():
        return []
    locked = json.loads(path.read_text())["packages"]
    return [
        {"name": key.rpartition("node_modules/")[2], **entry}
        for key, entry in sorted(locked.items())
        if key and not entry.get("dev") and not entry.get("devOptional")
    ]


def wheel_metadata(text: str) -> dict[str, str]:
    """Name, version and licence as a wheel's METADATA gives them."""
    read = Parser().parsestr(text)
    classified = [
        value.rpartition(" :: ")[2]
        for value in read.get_all("Classifier", [])
        if value.startswith("License ::") and not value.endswith("DFSG approved")
    ]
    stated = (read.get("License") or "").strip().splitlines()
    licence = read.get("License-Expression") or "; ".join(classified) or (stated or [""])[0][:80]
    return {"name": read["Name"], "version": read["Version"], "licence": licence}


def _of_wheel(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as packed:
        name = next(n for n in packed.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
        facts = wheel_metadata(packed.read(name).decode())
    purl = f"pkg:pypi/{re.sub(r'[-_.]+', '-', facts['name']).lower()}@{facts['version']}"
    return _component(facts["name"], facts["version"], purl, facts["licence"], path)


def _of_deb(path: Path) -> dict[str, Any]:
    name, version, processor = path.stem.split("_", 2)
    purl = f"pkg:deb/debian/{name}@{version}?arch={processor}"
    return _component(name, version, purl, "", path)


def _of_npm(package: dict[str, Any]) -> dict[str, Any]:
    name, version = package["name"], package["version"]
    purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
    return _component(name, version, purl, package.get("license", ""), None)


def _component(
    name: str, version: str, purl: str, licence: str, file: Path | None
) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "library", "name": name, "version": version, "purl": purl}
    made["bom-ref"] = purl
    if licence:
        made["licenses"] = [{"license": {"name": licence}}]
    if file:
        with file.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        made["hashes"] = [{"alg": "SHA-256", "content": content}]
    return made
