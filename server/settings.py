"""What a person may set: environment variables, read when a process starts and not at import."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.home import CHECKOUT
from geo.home import home as default_home

Language = Literal["zh-CN", "en"]


class Settings(BaseSettings):
    """The service's settings; every one has a default that works."""

    model_config = SettingsConfigDict(
        env_prefix="ONEMAP_", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    home: Path = Field(default_factory=default_home)
    """The one folder that holds all OneMap makes."""

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    """A PostGIS of the user's own; None: the private cluster in the home."""

    lang: Language = "zh-CN"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)

    token: SecretStr | None = None
    """Needed to listen on any address but loopback; then it guards every request."""

    web: Path = CHECKOUT / "web" / "dist"
    """The built pages."""

    max_body_bytes: int = Field(default=4_000_000, gt=0)
    """Larger request bodies are refused: a closure drawn by hand is a few kB."""

    clock: datetime | None = None
    """Where the server's clock starts (a demonstration's story); None: the machine's time."""

    zone: str = "Asia/Shanghai"
    """The civil zone in which times are shown."""
