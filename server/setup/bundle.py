from pathlib import Path
from typing import Any
from server.setup.site import Site
def write(site: Site, file: Path|None) -> dict[str, Any]: return {}
