"""Reads from a statement's text which rows it holds to be of which agency.

Only conditions that hold for every row count: those joined by AND in an ON or a WHERE of the SELECT that names the row.
"""

import re
from collections.abc import Iterator

CALLER = "caller"
"""Stands for a parameter: the agency of whoever asks."""
_NAMED = re.compile(r"(\w+) AS (\w+_\d+)")
_EQUAL = re.compile(r"(\w+_\d+)\.(?:agency_id|id) = (?:(\w+_\d+)\.(?:agency_id|id)|\$\d+::UUID)")
_CLAUSES = re.compile(r"\n ?(?:LIMIT|WHERE)|\sWHERE\s|\sGROUP BY\s|\sORDER BY\s|\sLEFT OUTER JOIN\s|\sJOIN\s|\sON\s")


def list_blocks(sql: str) -> Iterator[str]:
    """Take a statement apart into its SELECTs, each without those within it."""
    open_texts = [""]
    for token in re.split(r"([()])", sql):
        if token == "(":
            open_texts.append("")
        elif token == ")":
            inner = open_texts.pop()
            if inner.lstrip().startswith("SELECT"):
                yield inner
                inner = "SELECT"
            open_texts[-1] += f"({inner})"
        else:
            open_texts[-1] += token
    yield open_texts[0]


def list_conditions(text: str) -> Iterator[str]:
    """Take a condition apart at every AND that is within no parentheses."""
    depth, start = 0, 0
    for match in re.finditer(r"[()]| AND ", text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if match[0] == " AND " and depth == 0:
            yield text[start : match.start()].strip()
            start = match.end()
    yield text[start:].strip()


def find_strangers(sql: str, tables: set[str]) -> set[str]:
    """The rows of `tables` that nothing holds to the agency of whoever asks."""
    groups: dict[str, str] = {CALLER: CALLER}
    named: dict[str, str] = {}

    def find(name: str) -> str:
        while groups.setdefault(name, name) != name:
            name = groups[name]
        return name

    for block in list_blocks(sql):
        _, _, source = block.partition("\nFROM ")
        own = {alias: table for table, alias in _NAMED.findall(source)}
        named |= own
        for clause in _CLAUSES.split(source):
            for condition in list_conditions(clause):
                equal = _EQUAL.fullmatch(condition)
                if equal and (equal[1] in own or equal[2] in own):
                    groups[find(equal[1])] = find(equal[2] or CALLER)
    return {alias for alias, table in named.items() if table in tables and find(alias) != find(CALLER)}
