"""The product's own entry in its environment, so that other packages find what it offers them.

Commands run from the checkout; nothing of the product is installed. networkx, however, learns of
its backends from the metadata of installed packages alone. So set-up writes what an editable
install would: a ``dist-info`` with the entry points of pyproject.toml, and a path to the checkout.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

INSTALLER = "onemap"


def write(checkout: Path, venv: Path) -> None:
    """Write the entry anew into every site-packages of an environment; older ones go."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for packages in sorted(venv.glob("lib/python*/site-packages")):
        for old in packages.glob(f"{project['name']}-*.dist-info"):
            shutil.rmtree(old)
        folder = f"{project['name']}-{project['version']}.dist-info"
        files = {
            f"{project['name']}.pth": f"{checkout}\n",
            f"{folder}/METADATA": _metadata(project),
            f"{folder}/INSTALLER": f"{INSTALLER}\n",
            f"{folder}/entry_points.txt": _entry_points(project.get("entry-points", {})),
        }
        record = "".join(f"{name},{_mark(text)}\n" for name, text in files.items())
        files[f"{folder}/RECORD"] = f"{record}{folder}/RECORD,,\n"
        for name, text in files.items():
            (packages / name).parent.mkdir(exist_ok=True)
            (packages / name).write_text(text, encoding="utf-8")


def _metadata(project: Mapping[str, Any]) -> str:
    said = {
        "Metadata-Version": "2.4",
        "Name": project["name"],
        "Version": project["version"],
        "Summary": project.get("description", ""),
        "License-Expression": project.get("license", ""),
    }
    return "".join(f"{key}: {value}\n" for key, value in said.items() if value)


def _entry_points(groups: Mapping[str, Mapping[str, str]]) -> str:
    """INI as importlib.metadata reads it; no console script, as nothing is installed for one."""
    lines: list[str] = []
    for group, points in groups.items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in points.items()), ""]
    return "\n".join(lines)


def _mark(text: str) -> str:
    """Hash and size of a file, as a RECORD has them."""
    content = text.encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"sha256={digest},{len(content)}"
