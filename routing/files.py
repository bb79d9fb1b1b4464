"""The compiled graph on disk: one .npy file per array, memory-mapped by every process alike.

A folder is made under another name and renamed when whole, so that a half-made one is never used.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from geo.errors import BadFile, DiskFull, NoRoads
from routing.graph import Network, RoadGraph, Weights
from routing.grid import Grid
from routing.profiles import Profile

FORMAT = 7
_META = "meta.json"
_PLAIN = ("version", "texts", "grid", "networks", "network_of", "weights", "profiles", "kept")


def folder_name(version: str, profiles: Mapping[str, Profile]) -> str:
    """The name of the folder for a road table and profiles: it changes when either does."""
    body = json.dumps([FORMAT, {key: one.to_json() for key, one in profiles.items()}])
    return f"{version}-{hashlib.sha256(body.encode()).hexdigest()[:8]}"


def save(graph: RoadGraph, folder: Path) -> None:
    """Write the graph's folder, whole or not at all. A folder that stands there is replaced."""
    new = folder.with_name(f"{folder.name}.new-{os.getpid()}")
    shutil.rmtree(new, ignore_errors=True)
    try:
        new.mkdir(parents=True)
        for name, array in _arrays(graph).items():
            np.save(new / f"{name}.npy", array)
        meta = {
            "format": FORMAT,
            "version": graph.version,
            "texts": graph.texts,
            "network_of": dict(graph.network_of),
            "profiles": {name: profile.to_json() for name, profile in graph.profiles.items()},
        }
        (new / _META).write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
        old = folder.with_name(f"{folder.name}.old-{os.getpid()}")
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as fault:
        raise DiskFull(
            f"The compiled roads cannot be written to {folder}: {fault}.",
            remedy="Make room, or allow writing there.",
            words="errors.disk.folder",
            folder=str(folder),
            reason=fault.strerror or "",
        ) from fault
    finally:
        shutil.rmtree(new, ignore_errors=True)


def read(folder: Path) -> RoadGraph:
    """The graph of a folder, its arrays mapped and read-only."""
    if not (folder / _META).is_file():
        raise NoRoads(f"{folder} holds no compiled roads.", remedy="Load roads first.")
    try:
        meta = json.loads((folder / _META).read_text(encoding="utf-8"))
        if meta["format"] != FORMAT:
            raise ValueError(f"format {meta['format']}, not {FORMAT}")
        return RoadGraph(
            version=meta["version"],
            texts=tuple(meta["texts"]),
            grid=Grid(**_read(folder, "grid", Grid)),
            networks={
                name: Network(**_read(folder, f"network.{name}", Network))
                for name in sorted(set(meta["network_of"].values()))
            },
            network_of=meta["network_of"],
            weights={
                name: Weights(**_read(folder, f"weights.{name}", Weights))
                for name in meta["profiles"]
            },
            profiles={name: Profile.from_json(one) for name, one in meta["profiles"].items()},
            **_read(folder, "graph", RoadGraph),
        )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise BadFile(
            f"The compiled roads in {folder} cannot be read: {fault}.",
            remedy="Remove the folder; it is made again from the database.",
            file=str(folder),
        ) from fault


def _arrays(graph: RoadGraph) -> dict[str, Any]:
    out = {f"graph.{name}": getattr(graph, name) for name in _columns(RoadGraph)}
    out |= {f"grid.{name}": getattr(graph.grid, name) for name in _columns(Grid)}
    for key, network in graph.networks.items():
        out |= {f"network.{key}.{name}": getattr(network, name) for name in _columns(Network)}
    for profile, weights in graph.weights.items():
        out |= {f"weights.{profile}.{name}": getattr(weights, name) for name in _columns(Weights)}
    return out


def _columns(kind: type) -> list[str]:
    return [field.name for field in fields(kind) if field.name not in _PLAIN]


def _read(folder: Path, prefix: str, kind: type) -> dict[str, Any]:
    # A plain view of the map: numba then sees the same type as for an array in memory.
    return {
        name: np.asarray(np.load(folder / f"{prefix}.{name}.npy", mmap_mode="r")).view(np.ndarray)
        for name in _columns(kind)
    }
