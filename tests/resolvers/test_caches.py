"""Caches hold so many and no more, whatever is asked of them."""

import functools
import gc
import importlib
import pkgutil
import re
from collections import Counter

import pytest

import louver
from louver.resolvers import planner
from louver.resolvers.cache import Latest, LruCache
from louver.resolvers.planner import Plan
from louver.resolvers.requests import Request
from louver.schema import documents
from louver.schema.documents import Document
from tests.server import serving
from tests.world.store import key_of

KEPT, ASKED = 4, 12
KEYED_BY_OUR_OWN = {
    "louver.authz.overlays.read_defaults",
    "louver.authz.shipped.read_coordinates",
    "louver.authz.shipped.read_duties",
    "louver.authz.shipped.read_matrix",
    "louver.authz.shipped.read_policy",
    "louver.authz.shipped.read_reach",
    "louver.people.key_sets._read_trusted_roots",
    "louver.resolvers.rendering._list_renderer",
    "louver.schema.catalogue.read_needs",
    "louver.schema.roots.build_schema",
}
"""Functions that remember all their answers: they take nothing, or columns of the schema."""


@pytest.fixture
def world_url(copy_world):
    with copy_world("sqlite") as url:
        yield url


def list_modules():
    """All that serve: what proves the policy is a command of its own."""
    names = (module.name for module in pkgutil.walk_packages(louver.__path__, "louver."))
    return [name for name in names if not re.search(r"\.(proof|migrations|__main__)", name)]


def test_every_remembering_function_is_bounded():
    """A function that remembers answers to what clients send remembers so many."""
    remembering = {
        f"{name}.{value.__name__}": value.cache_parameters()["maxsize"]
        for name in list_modules()
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, functools._lru_cache_wrapper) and value.__module__ == name
    }
    assert {name for name, bound in remembering.items() if bound is None} == KEYED_BY_OUR_OWN


def test_least_recently_used_goes_first():
    """A full cache lets go of what was not asked for the longest."""
    cache = LruCache(2)
    for key in "abac":
        cache.get_or_build(key, lambda key=key: key.upper())
    assert list(cache._values.values()) == ["A", "C"]


def test_large_values_take_the_room_of_several():
    """What is kept weighs no more together than the cache may hold, even where one alone is more."""
    cache = LruCache(5, weigh=len)
    for value in ("aa", "bb", "cc", "dddddddd", "e"):
        cache.get_or_build(value, lambda value=value: value)
        assert sum(map(len, cache._values)) <= 5


def test_latest_of_so_many_names():
    """No more names are kept than were said, and a name's new value takes the place of its old one."""
    latest = Latest(3)
    for name in range(10):
        for source in range(2):
            latest.get_or_make(name % 5, source, object)
        assert len(latest._made) <= 3


async def test_documents_leave_nothing_behind(world_url, tmp_path, monkeypatch):
    """However many documents are asked, no more of them, their requests and plans are alive than are kept."""
    monkeypatch.setattr(documents, "DOCUMENTS_KEPT", KEPT)
    monkeypatch.setattr(planner, "PLANS_KEPT", KEPT)
    async with serving(world_url, tmp_path) as server:
        before = count_alive()
        for number in range(ASKED):
            query = f"{{ officers(first: 1) {{ nodes {{ f{number}: isUndercover }} }} }}"  # the chief may see it
            for role in ("chief", "hr"):
                assert "data" in await server.ask(key_of(role).text, query)
        after = count_alive()
    assert {kind: after[kind] - before[kind] for kind in after} == {Document: KEPT, Request: KEPT, Plan: KEPT}


def count_alive():
    gc.collect()
    kinds = (Document, Request, Plan)
    found = Counter(type(item) for item in gc.get_objects() if type(item) in kinds)
    return {kind: found[kind] for kind in kinds}
