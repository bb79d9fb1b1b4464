"""The catalogue: departments, data classes, categories and event types (``data/catalog``)."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base


class DepartmentRow(Base):
    """A department (部门) that hands in data or keeps resources."""

    __tablename__ = "department"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str]
    core17: Mapped[bool]
    data_class_count: Mapped[int]
    data_class_codes: Mapped[list[str]]
    data_class_names_zh: Mapped[list[str]]
    risk_categories_steward: Mapped[list[str]]
    resource_categories_steward: Mapped[list[str]]


class DataClassRow(Base):
    """A data class (数据类): what a department hands in, and how often."""

    __tablename__ = "data_class"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    dept_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    department_zh: Mapped[str]
    kind: Mapped[str]
    typical_update: Mapped[str]
    geometry: Mapped[str]
    key_fields: Mapped[list[str]]


class RiskCategoryRow(Base):
    """One of the 100 categories of risk source (风险源)."""

    __tablename__ = "risk_category"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    group_zh: Mapped[str]
    group_en: Mapped[str]
    department_zh: Mapped[str] = mapped_column(ForeignKey("department.name_zh"))
    geometry: Mapped[str]
    hazard_types: Mapped[list[str]]
    key_attributes: Mapped[list[str]]


class ResourceCategoryRow(Base):
    """One of the 200 categories of emergency resource (应急资源).

    The file's ``group`` and ``department`` are ``group_zh`` and ``department_zh`` here, as in
    the risk categories. ``gbt38565_major`` is the major class of GB/T 38565; None: it has none.
    """

    __tablename__ = "resource_category"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    group_zh: Mapped[str]
    group_en: Mapped[str]
    department_zh: Mapped[str] = mapped_column(ForeignKey("department.name_zh"))
    geometry: Mapped[str]
    unit: Mapped[str]
    key_attributes: Mapped[list[str]]
    kind: Mapped[str]
    gbt38565_major: Mapped[str | None]


class EventTypeRow(Base):
    """An event type with the grade criteria and warning colours that could be found.

    ``criteria_status`` says how far the criteria may be trusted; None where nothing is known.
    """

    __tablename__ = "event_type"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    class_zh: Mapped[str]
    subtype_zh: Mapped[str]
    subtype_en: Mapped[str]
    code_status: Mapped[str]
    level_i: Mapped[str | None]
    level_ii: Mapped[str | None]
    level_iii: Mapped[str | None]
    level_iv: Mapped[str | None]
    warning_red: Mapped[str | None]
    warning_orange: Mapped[str | None]
    warning_yellow: Mapped[str | None]
    warning_blue: Mapped[str | None]
    criteria_source: Mapped[str | None]
    criteria_status: Mapped[str | None]
