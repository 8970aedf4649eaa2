"""Mapping files: TOML that says which cells of a source become which fields of ours."""

import re
import tomllib
from codecs import lookup
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from louver.db.codes import Module
from louver.db.importing.field_rules import FieldContext, fold
from louver.db.importing.record_rules import read_record_rules
from louver.db.importing.rules import AgencyDefaults, AgencyRule, FileRule, ImportMapping
from louver.db.importing.sections import Section
from louver.db.importing.targets import MODULES
from louver.errors import MisconfiguredError

SHIPPED = Path(__file__).parent.parent / "mappings"
_SUFFIX = ".toml"
_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
_ORI = re.compile(r"[A-Z]{2}[A-Z0-9]{7}")
_STATES = {"NB": "NE"}
"""ORIs that begin with other letters than the state's: Nebraska keeps an old code."""


def list_shipped() -> list[str]:
    """Name the mappings that come with Louver."""
    return sorted(path.stem for path in SHIPPED.glob(f"*{_SUFFIX}"))


def find_mapping(name: str) -> ImportMapping:
    """Read a mapping that comes with Louver, by its name, or any other, by its file's path.

    Raises:
        MisconfiguredError: there is none, or it is not sound.
    """
    path = SHIPPED / f"{name}{_SUFFIX}" if name in list_shipped() else Path(name)
    try:
        return read_mapping(path.read_text(encoding="utf-8"), path.stem)
    except (OSError, UnicodeDecodeError) as error:
        raise MisconfiguredError(
            f"there is no mapping {name!r}",
            hint=f"give the path of a .toml file, or one of {', '.join(list_shipped())}",
        ) from error


def read_mapping(text: str, name: str) -> ImportMapping:
    """Read a mapping's text.

    Raises:
        MisconfiguredError: it is not sound; the message says where.
    """
    try:
        top = Section(tomllib.loads(text), name)
    except tomllib.TOMLDecodeError as error:
        raise MisconfiguredError(f"{name}: not TOML: {error}", hint="correct the mapping file") from error
    mapping = _read_top(top, name)
    top.close()
    return mapping


def require_ori(ori: str, state: str | None) -> str | None:
    """Say what is wrong with an ORI; None if nothing is."""
    if not _ORI.fullmatch(ori):
        return f"{ori!r} is not an ORI: two letters of the state, then seven capital letters or digits"
    own = _STATES.get(ori[:2], ori[:2])
    return f"the ORI {ori} is not one of {state}" if state and own != state else None


def state_of(ori: str) -> str:
    """Name the state that an ORI is of."""
    return _STATES.get(ori[:2], ori[:2])


def _read_top(top: Section, name: str) -> ImportMapping:
    files, main = _read_files(top)
    unknown = fold(top.get_texts("unknown"))
    formats = top.get_texts("date_formats") or _FORMATS
    tables = top.get_sections("tables")
    agency = top.get_section("agency")
    context = FieldContext(
        file=main,
        files=tuple(files),
        tables=tuple(tables),
        values={key: section.take_texts() for key, section in top.get_sections("values").items()},
        keywords={key: section.take_text_lists() for key, section in top.get_sections("keywords").items()},
        unknown=unknown,
        formats=formats,
    )
    mapping = ImportMapping(
        name=name,
        source_system=top.get_text("source_system"),
        files=files,
        main=main,
        records=read_record_rules(top, tables, context),
        agency_column=agency.find_text("column"),
        agencies=_read_agencies(agency),
        unknown=unknown,
        formats=formats,
        encoding=_read_encoding(top),
        delimiter=_read_delimiter(top),
    )
    agency.close()
    _require_modules(agency, mapping)
    return mapping


def _read_files(top: Section) -> tuple[dict[str, FileRule], str]:
    join = top.find_text("join")
    files = {label: _read_file(label, section, join) for label, section in top.get_sections("files").items()}
    main = top.find_text("main") or (next(iter(files)) if len(files) == 1 else "")
    if main not in files:
        raise top.fault(
            "main is not one of the files", f"write main = one of {', '.join(files)}" if files else "add [files.…]"
        )
    if len(files) > 1 and not all(file.join for file in files.values()):
        raise top.fault("several files, and nothing joins them", 'write join = "…", the column that they share')
    return files, main


def _read_file(label: str, section: Section, join: str | None) -> FileRule:
    rule = FileRule(
        label=label,
        pattern=section.get_text("name"),
        join=section.find_text("join") or join,
        is_unique=section.get_flag("unique"),
        is_optional=section.get_flag("optional"),
        ignored=frozenset(section.get_texts("ignored")),
    )
    section.close()
    return rule


def _read_agencies(section: Section) -> dict[str, AgencyRule] | AgencyDefaults:
    choices = section.list_sections("choices")
    if not choices:
        return AgencyDefaults(_read_timezone(section), _read_modules(section), section.find_text("state"))
    return dict(_read_choice(choice) for choice in choices)


def _read_choice(choice: Section) -> tuple[str, AgencyRule]:
    source, ori = choice.get_text("source"), choice.get_text("ori")
    state = choice.find_text("state") or state_of(ori)
    if complaint := require_ori(ori, state):
        raise choice.fault(complaint, "correct ori, or state")
    rule = AgencyRule(choice.get_text("name"), ori, state, _read_timezone(choice), _read_modules(choice))
    choice.close()
    return source.strip().casefold(), rule


def _read_timezone(section: Section) -> str:
    name = section.get_text("timezone")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise section.fault(f"there is no time zone {name!r}", "use a name such as America/New_York") from error
    return name


def _read_modules(section: Section) -> tuple[Module, ...]:
    names = section.get_texts("modules")
    unknown = [name for name in names if name not in Module.__members__]
    if unknown:
        raise section.fault(f"there is no module {unknown[0]!r}", f"the modules are {', '.join(Module.__members__)}")
    return tuple(Module[name] for name in names)


def _require_modules(section: Section, mapping: ImportMapping) -> None:
    """Require that an agency that is made for these rows may have them."""
    each = mapping.agencies
    rules = [each] if isinstance(each, AgencyDefaults) else list(each.values())
    needed = {MODULES[rule.table] for rule in mapping.records if rule.table in MODULES}
    if bool(mapping.agency_column) is isinstance(each, AgencyDefaults):
        raise section.fault("column and choices go together", "give both, or neither")
    for rule in rules:
        if missing := sorted(needed - set(rule.modules)):
            raise section.fault(f"modules lacks {missing[0]}, which the tables belong to", "add it to modules")


def _read_encoding(top: Section) -> str:
    name = top.find_text("encoding") or "utf-8-sig"
    try:
        return lookup(name).name
    except LookupError as error:
        raise top.fault(f"there is no encoding {name!r}", "use a name such as utf-8 or cp1252") from error


def _read_delimiter(top: Section) -> str:
    delimiter = top.find_text("delimiter") or ","
    if len(delimiter) != 1:
        raise top.fault("delimiter is not one character", 'write delimiter = ";"')
    return delimiter
