"""Heights of the ground from SRTM tiles: ``N42E001.hgt``, plain or as the only file of a zip.

A tile is one degree square, 1,201 or 3,601 rows of as many big-endian 16-bit metres, from north
to south and west to east, both borders included; -32768 says that the height is not known
(NASA/USGS SRTM documentation). What comes from outside is read with hard limits.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from geo.errors import BadFile

VOID = -32768
SIZES = (1201, 3601)
_BYTES = {size * size * 2: size for size in SIZES}
_NAME = re.compile(r"^([NS])(\d{2})([EW])(\d{3})", re.IGNORECASE)
_LOWEST_M, _HIGHEST_M = -450, 8_900  # the shores of the Dead Sea, Mount Everest


@dataclass(frozen=True, slots=True, eq=False)
class HeightTile:
    """One degree of heights, its south-west corner at ``west``, ``south``."""

    west: int
    south: int
    heights: npt.NDArray[np.int16]  # (size, size) metres, the first row in the north

    @property
    def size(self) -> int:
        """Rows, and columns."""
        return len(self.heights)

    @property
    def voids(self) -> int:
        """Cells whose height is not known."""
        return int((self.heights == VOID).sum())


def read_tile(file: Path) -> HeightTile:
    """The tile of a file. Heights that no ground on earth has count as not known.

    Raises BadFile: not there, not a tile, more than one file in the zip, another size, no place
    in its name.
    """
    try:
        with file.open("rb") as opened:
            packed = opened.read(4) == b"PK\x03\x04"
        name, content = _unzipped(file) if packed else (file.name, _plain(file))
    except OSError as fault:
        raise _bad(file, "missing", reason=fault.strerror or str(fault)) from fault
    size = _BYTES.get(len(content))
    if size is None:
        raise _bad(file, "size", bytes=len(content))
    west, south = _corner(file, name)
    heights = np.frombuffer(content, dtype=">i2").reshape(size, size).astype(np.int16)
    heights[(heights < _LOWEST_M) | (heights > _HIGHEST_M)] = VOID
    heights.setflags(write=False)
    return HeightTile(west, south, heights)


def pack(tile: HeightTile) -> bytes:
    """The heights as they are kept in the database."""
    return zlib.compress(tile.heights.astype(">i2").tobytes(), 6)


def unpack(west: int, south: int, size: int, packed: bytes) -> HeightTile:
    """The tile that :func:`pack` packed."""
    heights = np.frombuffer(zlib.decompress(packed), dtype=">i2").astype(np.int16)
    return HeightTile(west, south, heights.reshape(size, size))


def _plain(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(max(_BYTES) + 1)


def _unzipped(file: Path) -> tuple[str, bytes]:
    """The one file of a zip. Its stated size is checked first, and no more than that is read."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) != 1:
                raise _bad(file, "members", count=len(members))
            member = members[0]
            if member.flag_bits & 1:
                raise _bad(file, "encrypted")
            if member.file_size not in _BYTES:
                raise _bad(file, "size", bytes=member.file_size)
            with archive.open(member) as opened:
                return member.filename.rpartition("/")[2], opened.read(member.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as fault:
        raise _bad(file, "zip", reason=str(fault)) from fault


def _corner(file: Path, name: str) -> tuple[int, int]:
    """West and south of a tile's name, as ``N42E001``."""
    found = _NAME.match(name) or _NAME.match(file.name)
    if found is None:
        raise _bad(file, "name", name=name)
    south = int(found[2]) * (1 if found[1].upper() == "N" else -1)
    west = int(found[4]) * (1 if found[3].upper() == "E" else -1)
    if not (-90 <= south <= 89 and -180 <= west <= 179):
        raise _bad(file, "name", name=name)
    return west, south


_WRONG = {
    "missing": "cannot be read: {reason}",
    "size": "has {bytes} bytes; a tile has 2,884,802 or 25,934,402",
    "members": "holds {count} files; one is expected",
    "encrypted": "is encrypted",
    "zip": "is a broken zip: {reason}",
    "name": "does not name its place ({name})",
}


def _bad(file: Path, why: str, **values: object) -> BadFile:
    return BadFile(
        f"{file.name} {_WRONG[why].format(**values)}.",
        remedy="Give an SRTM tile named like N28E121.hgt, plain or alone in a zip.",
        words=f"speeds.heights.{why}",
        file=file.name,
        **values,
    )
