"""The part of a mapping file that says what a field gets: `[tables.<table>.fields]`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from louver.db.codes import AgeBand, CodedEnum
from louver.db.importing.rules import FieldRule, Several
from louver.db.importing.sections import Section
from louver.db.importing.targets import Shape, Target
from louver.db.importing.texts import UnreadableError, interpret

_SEVERAL = {Several.ANY: Shape.TRUTH, Several.JOIN: Shape.TEXT}
"""Ways to make one of several that suit one shape only."""


@dataclass(frozen=True, slots=True)
class FieldContext:
    """What the rules of one table may refer to, and what they take from the whole mapping."""

    file: str
    files: Iterable[str]
    tables: Iterable[str]
    values: Mapping[str, Mapping[str, str]]
    keywords: Mapping[str, Mapping[str, tuple[str, ...]]]
    unknown: frozenset[str]
    formats: tuple[str, ...]


def fold(texts: Iterable[str]) -> frozenset[str]:
    """Prepare texts to be found whatever their case."""
    return frozenset(text.strip().casefold() for text in texts)


def read_field_rules(section: Section, target: Target, content: Any, context: FieldContext) -> tuple[FieldRule, ...]:
    """Read the rule of a field: a column's name, a table, or for a list several tables, each of which adds to it.

    Raises:
        MisconfiguredError: it is not a rule, or not one for this field.
    """
    parts = content if isinstance(content, list) else [content]
    if len(parts) > 1 and not target.is_list:
        raise section.fault(f"{target.name} holds one value and has several rules", "leave one of them")
    return tuple(_read_rule(section, target, part, context) for part in parts)


def _read_rule(section: Section, target: Target, content: Any, context: FieldContext) -> FieldRule:
    if isinstance(content, str):
        content = {"column": content}
    if not isinstance(content, dict):
        raise section.fault(f"{target.name} is not a rule", 'write a column\'s name, or { column = "…" }')
    rule = section.inner(content, target.name)
    if "constant" in rule:
        return _read_constant(rule, target, context)
    made = FieldRule(
        target,
        file=find_known(rule, "file", context.files) or context.file,
        column=rule.get_text("column"),
        values=_read_values(rule, target, context),
        keywords=_read_keywords(rule, target, context),
        true_if=fold(rule.get_texts("true_if")),
        unknown=context.unknown | fold(rule.get_texts("unknown")),
        formats=rule.get_texts("formats") or context.formats,
        separator=rule.find_text("separator"),
        several=_read_several(rule, target),
        is_age=rule.get_flag("from_age"),
        among={column: fold(texts) for column, texts in rule.get_section("among").take_text_lists().items()},
        otherwise=find_known(rule, "otherwise", context.tables),
    )
    _require_sense(rule, made, context)
    rule.close()
    return made


def _read_constant(rule: Section, target: Target, context: FieldContext) -> FieldRule:
    made = FieldRule(target, constant=rule.get_text("constant"), formats=context.formats)
    rule.close()
    try:
        is_sound = not interpret(made, made.constant or "", UTC).is_uncoded
    except UnreadableError:
        is_sound = False
    if not is_sound:
        raise rule.fault("the constant is not one that the field can hold", _describe(target))
    return made


def find_known(rule: Section, key: str, known: Iterable[str]) -> str | None:
    """Take a name that has to be one of several.

    Raises:
        MisconfiguredError: it is another.
    """
    name = rule.find_text(key)
    if name is not None and name not in known:
        raise rule.fault(f"there is no {key} {name!r}", f"this mapping has {', '.join(known)}")
    return name


def _read_values(rule: Section, target: Target, context: FieldContext) -> dict[str, str] | None:
    named = rule.take("values")
    if named is None:
        return None
    values = context.values.get(named) if isinstance(named, str) else named
    if not isinstance(values, dict):
        raise rule.fault(f"there are no values {named!r}", f"add [values.{named}]")
    ours = rule.inner(values, "values").take_texts()
    for text in filter(None, ours.values()):
        _require_code(rule, target, text)
    return {source.strip().casefold(): text for source, text in ours.items()}


def _read_keywords(rule: Section, target: Target, context: FieldContext) -> tuple[tuple[str, re.Pattern[str]], ...]:
    named = rule.find_text("keywords")
    if named is None:
        return ()
    if named not in context.keywords:
        raise rule.fault(f"there are no keywords {named!r}", f"add [keywords.{named}]")
    if target.shape is not Shape.CODE or "UNKNOWN" not in _list_members(target.codes):
        raise rule.fault("keywords are for a field with one code", "remove keywords")
    for name in context.keywords[named]:
        _require_code(rule, target, name)
        if not all(word.strip() for word in context.keywords[named][name] or [""]):
            raise rule.fault(f"{name} has no keyword, or a blank one, and would take every text", "write a word there")
    return tuple((name, _compile_keywords(words)) for name, words in context.keywords[named].items())


def _compile_keywords(words: Iterable[str]) -> re.Pattern[str]:
    """Match whole words, whatever their case; `*` stands for the rest of a word."""
    patterns = (r"\s+".join(re.escape(part).replace(r"\*", r"\w*") for part in word.split()) for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


def _read_several(rule: Section, target: Target) -> Several:
    name = rule.find_text("several") or Several.REJECT
    if name not in list(Several):
        raise rule.fault(f"several = {name!r} is not known", f"choose one of {', '.join(Several)}")
    several = Several(name)
    if _SEVERAL.get(several, target.shape) is not target.shape:
        raise rule.fault(f"several = {name!r} does not suit it", f"it is for a field that is {_SEVERAL[several]}")
    return several


def _require_sense(rule: Section, made: FieldRule, context: FieldContext) -> None:
    if made.is_age and made.target.codes is not AgeBand:
        raise rule.fault("from_age is for age_band", "remove from_age")
    if made.true_if and made.target.shape is not Shape.TRUTH:
        raise rule.fault("true_if is for a field that is true or false", "remove true_if")
    if (made.among or made.otherwise) and made.file == context.file:
        raise rule.fault("among and otherwise are for another file than the row's own", "remove them, or add file")


def _require_code(rule: Section, target: Target, text: str) -> None:
    if target.codes is not None and text not in target.codes.__members__:
        raise rule.fault(f"{text!r} is not one of our values", _describe(target))


def _describe(target: Target) -> str:
    members = _list_members(target.codes)
    return f"the values are {', '.join(members)}" if members else f"it is a {target.shape}"


def _list_members(codes: type[CodedEnum] | None) -> list[str]:
    return list(codes.__members__) if codes is not None else []
