"""The part of a mapping file that says which rows are made: `[tables.<table>]`."""

from collections.abc import Mapping
from dataclasses import replace

from louver.db.importing.field_rules import FieldContext, find_known, fold, read_field_rules
from louver.db.importing.rules import FieldRule, RecordRule
from louver.db.importing.sections import Section
from louver.db.importing.targets import LINKS, ONE_OF, TABLES, TARGETS


def read_record_rules(top: Section, tables: Mapping[str, Section], context: FieldContext) -> tuple[RecordRule, ...]:
    """Read every table's rule, in the order in which rows are inserted.

    Raises:
        MisconfiguredError: one is not sound.
    """
    unknown = [table for table in tables if table not in TABLES]
    if unknown or not tables:
        what = f"there is no table {unknown[0]!r}" if unknown else "it fills no table"
        raise top.fault(what, f"write [tables.…] for some of {', '.join(TABLES)}")
    rules = tuple(_read_rule(table, tables[table], context) for table in TABLES if table in tables)
    for rule in rules:
        _require_links(tables[rule.table], rule, rules)
    return rules


def _read_rule(table: str, section: Section, context: FieldContext) -> RecordRule:
    file = section.find_text("file") or context.file
    if file not in context.files:
        raise section.fault(f"there is no file {file!r}", f"this mapping has {', '.join(context.files)}")
    rule = RecordRule(
        table=table,
        file=file,
        key=section.get_texts("key"),
        fields=_read_fields(table, section, replace(context, file=file)),
        is_optional=section.get_flag("optional"),
        otherwise=find_known(section, "otherwise", context.tables),
        is_shared=section.get_flag("shared"),
        is_numbered=section.get_flag("numbered"),
        newest_by=section.find_text("newest_by"),
        kept={column: fold(texts) for column, texts in section.get_section("kept").take_text_lists().items()},
    )
    section.close()
    if not rule.key:
        raise section.fault("key is missing", 'write key = ["…"], the columns that tell one row from another')
    _require_fields(section, rule)
    return rule


def _read_fields(table: str, section: Section, context: FieldContext) -> dict[str, tuple[FieldRule, ...]]:
    targets, fields = TARGETS[table], section.get_section("fields")
    rules = {}
    for name, content in fields.take_any().items():
        if name not in targets:
            raise fields.fault(f"{table} has no field {name!r}", f"its fields are {', '.join(targets)}")
        rules[name] = read_field_rules(fields, targets[name], content, context)
    return rules


def _require_fields(section: Section, rule: RecordRule) -> None:
    required = [name for name, target in TARGETS[rule.table].items() if target.is_required]
    missing = [name for name in required if name not in rule.fields]
    if missing:
        raise section.fault(f"field {missing[0]!r} is missing, and no row can be without it", "map it")
    one_of = ONE_OF.get(rule.table)
    if one_of and not rule.fields.keys() & set(one_of):
        raise section.fault(f"a row needs one of {', '.join(one_of)}", "map one of them")
    if rule.is_shared and rule.is_numbered:
        raise section.fault("shared and numbered exclude each other", "leave one of them")
    if rule.newest_by and not rule.is_shared:
        raise section.fault("newest_by is for shared rows", "add shared = true, or remove it")


def _require_links(section: Section, rule: RecordRule, rules: tuple[RecordRule, ...]) -> None:
    numbered = {each.table for each in rules if each.is_numbered}
    present = {each.table for each in rules}
    for column, table in LINKS[rule.table].items():
        if table in numbered:
            raise section.fault(f"{table} is numbered, and {rule.table} points at it", "remove numbered there")
        if table not in present and not TABLES[rule.table].columns[column].nullable:
            raise section.fault(f"a row belongs to one of {table}", f"add [tables.{table}]")
