"""Debian packages: installed with root, else the same files unpacked privately in the home.

They come from the machine's own sources, or from a bundle's folder of .deb files with an index.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

from geo.errors import SetupFailed
from server.setup.site import Site
from server.setup.work import Runner

# Where a private unpacking would bring nothing: programs that only set a system up, and the
# just-in-time compiler that our cluster switches off.
NOT_NEEDED = re.compile(
    r"ssl-cert|libllvm.*|libz3-4|postgresql-common(-dev)?|postgresql-client-common|perl(-.*)?"
    r"|libperl.*|adduser|netbase|sensible-utils|ucf|logrotate|cron(-daemon-common)?|lsb-(base|release)"
    r"|init-system-helpers|python3(\.\d+)?(-minimal)?|libpython3.*|mailcap|media-types|libjson-perl"
)
QUICK = ("-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600")
PATIENCE = ("-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30")


class Packages:
    """The package manager as this user may use it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.root = _root_command()
        self.folder = site.home / "apt"
        self.stale = ""  # why the package lists could not be read anew

    @property
    def sys(self) -> Path:
        """Where packages are unpacked when they cannot be installed."""
        return self.site.home / "sys"

    def update(self, run: Runner) -> None:
        """Read the package lists anew.

        One dead source among several is common and may not matter: the fault is kept, and told
        if a package cannot be had.
        """
        if shutil.which("apt-get") is None:
            raise self._none("apt-get")
        (self.folder / "lists/partial").mkdir(parents=True, exist_ok=True)
        (self.folder / "cache/archives/partial").mkdir(parents=True, exist_ok=True)
        strict = ("-o", "APT::Update::Error-Mode=any", "-o", "Acquire::Languages=none")
        try:
            run([*self._apt(), *PATIENCE, *strict, "update"])
        except SetupFailed as fault:
            self.stale = _first_error(fault.message)

    def install(self, run: Runner, names: list[str]) -> None:
        """Install with root, else unpack what is missing here into ``<home>/sys``."""
        if self.root is None:
            self.unpack(run, names)
            return
        # apt would otherwise make and start a cluster of its own, for everyone on the machine.
        made = "/etc/postgresql-common/createcluster.d"
        text = "create_main_cluster = false"
        guard = f'mkdir -p {made}; [ -e {made}/onemap.conf ] || echo "{text}" >{made}/onemap.conf'
        run([*self.root, "sh", "-c", guard])
        # An earlier set-up may have been cut off while packages were being unpacked.
        run([*self.root, "dpkg", "--configure", "-a"], finish=True)
        quiet = [*self.root, "env", "DEBIAN_FRONTEND=noninteractive", *self._apt(as_root=False)]
        try:
            run([*quiet, *PATIENCE, *QUICK, "--download-only", "install", *names])
        except SetupFailed as fault:
            raise self._none(_first_error(fault.message)) from fault
        # No fsync for each file: a power cut now is mended by the next set-up.
        fast = ("-o", "Dpkg::Options::=--force-unsafe-io", "-o", "Dpkg::Use-Pty=0")
        run([*quiet, *QUICK, *fast, "install", *names], finish=True)

    def unpack(self, run: Runner, names: list[str], target: Path | None = None) -> None:
        """Unpack packages, with what they need and this machine lacks, into a folder."""
        wanted = [name for name in self.missing(names) if not NOT_NEEDED.fullmatch(name)]
        store = self.folder / (target or self.sys).name
        self.download(run, wanted, store)
        place = target or self.sys
        fresh = place.with_name(f"{place.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for deb in sorted(store.glob("*.deb")):
            run(["dpkg-deb", "-x", deb, fresh])
        # What update-alternatives would have done.
        for control in fresh.glob("usr/share/postgresql/*/extension/postgis*-3.control"):
            name = control.name.replace("-3.control", ".control")
            control.with_name(name).symlink_to(control.name)
        shutil.rmtree(place, ignore_errors=True)
        fresh.rename(place)
        shutil.rmtree(store)

    def download(self, run: Runner, names: list[str], folder: Path) -> None:
        """The .deb files of these packages, and no others, into a folder made anew."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            run([*self._apt(as_root=False), *PATIENCE, "-qq", "download", *names], cwd=folder)
        except SetupFailed as fault:
            raise self._none(_first_error(fault.message)) from fault

    def missing(self, names: list[str], *options: str) -> list[str]:
        """These packages and what they need, as far as not installed."""
        command = [*self._apt(as_root=False), "-s", *QUICK, *options, "install", *names]
        told = subprocess.run(command, capture_output=True, text=True, env=_plain())
        if told.returncode:
            raise self._none(_first_error(told.stderr))
        return [line.split()[1] for line in told.stdout.splitlines() if line.startswith("Inst ")]

    def postgis(self) -> list[str]:
        """The names of the packages that bring PostGIS: the server's version that is here."""
        search = [*self._apt(as_root=False)]
        search[0] = "apt-cache"
        pattern = r"^postgresql-[0-9]+-postgis-[0-9]+$"
        told = subprocess.run(
            [*search, "search", "--names-only", pattern], capture_output=True, text=True
        )
        found = [line.split()[0] for line in told.stdout.splitlines()]
        if not found:
            raise self._none("postgresql-NN-postgis-3")
        here = {
            path.parent.parent.name for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        }
        best = max(found, key=lambda name: (_major(name) in here, int(_major(name))))
        return [f"postgresql-{_major(best)}", best]

    def _apt(self, as_root: bool = True) -> list[str]:
        if self.site.bundle:
            options = self._private() | self._bundled(self.site.bundle)
        elif self.root is None:
            options = self._private()
        else:
            options = {}
        prefix = list(self.root or ()) if as_root else []
        flags = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
        return [*prefix, "apt-get", *flags]

    def _private(self) -> dict[str, str]:
        private = {
            "Dir::State::lists": f"{self.folder}/lists",
            "Dir::Cache": f"{self.folder}/cache",
        }
        if self.root is None:
            private["Debug::NoLocking"] = "1"
        return private

    def _bundled(self, bundle: Path) -> dict[str, str]:
        source = self.folder / "bundle.list"
        where = quote(str(bundle / "debs"))
        source.parent.mkdir(parents=True, exist_ok=True)
        # The bundle's checksums have been compared already; nobody signs it for apt.
        source.write_text(f"deb [trusted=yes] file:{where} ./\n")
        return {
            "Dir::Etc::sourcelist": str(source),
            "Dir::Etc::sourceparts": "-",
            "APT::Sandbox::User": "root",
        }

    def _none(self, detail: str) -> SetupFailed:
        return SetupFailed(
            self.site.say("no_packages", detail=self.stale or detail),
            remedy=self.site.say("remedy.packages"),
        )


def _root_command() -> list[str] | None:
    """What goes before a command that needs root: nothing, ``sudo -n``, or ``None``: no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], capture_output=True)
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None


def _plain() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _major(package: str) -> str:
    return package.split("-")[1]


def _first_error(told: str) -> str:
    lines = [line for line in told.splitlines() if line.startswith("E: ")]
    return lines[0].removeprefix("E: ") if lines else told.strip()[-400:]
