"""Filters, sorting and pages, compared with models of them that are too simple to be wrong."""

from collections.abc import Callable
from itertools import pairwise
from operator import itemgetter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.local_stream.coordinator.filters import query
from harness.local_stream.coordinator.pages import Page

Item = dict[str, Any]
# (combination, parts) or (field, operator, operand)
Condition = tuple[Any, ...]

NUMBERS = st.integers(-2, 2)
WORDS = st.sampled_from(["", "a", "ab", "b"])
FIELDS = {"number": st.none() | NUMBERS, "word": WORDS, "words": st.lists(WORDS, max_size=2)}
ITEMS = st.lists(st.fixed_dictionaries(FIELDS), max_size=12).map(
    lambda items: [{**item, "id": str(at)} for at, item in enumerate(items)]
)

SIMPLE = st.one_of(
    st.tuples(st.just("number"), st.sampled_from(["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"]), NUMBERS),
    st.tuples(st.just("number"), st.sampled_from(["$in", "$nin"]), st.lists(NUMBERS, max_size=3)),
    st.tuples(st.sampled_from(["number", "word"]), st.just("$exists"), st.booleans()),
    st.tuples(st.just("word"), st.sampled_from(["$eq", "$ne", "$gt", "$lte"]), WORDS),
    st.tuples(st.just("words"), st.just("$contains"), WORDS),
)
CONDITIONS = st.recursive(
    SIMPLE, lambda inner: st.tuples(st.sampled_from(["$and", "$or", "$nor"]), st.lists(inner, max_size=3))
)
ORDER = {"field": st.sampled_from(["number", "word"]), "direction": st.sampled_from([1, -1])}
ORDERS = st.lists(st.fixed_dictionaries(ORDER), max_size=3)
READERS = {name: itemgetter(name) for name in ("id", *FIELDS)}


def written(condition: Condition) -> dict[str, Any]:
    """The condition as the vendor writes it."""
    if len(condition) == 2:
        return {condition[0]: [written(part) for part in condition[1]]}
    field, operator, operand = condition
    return {field: {operator: operand}}


MEANINGS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda value, operand: value == operand,
    "$ne": lambda value, operand: value != operand,
    "$in": lambda value, operand: value in operand,
    "$nin": lambda value, operand: value not in operand,
    "$exists": lambda value, operand: (value is not None) is operand,
    "$contains": lambda value, operand: operand in value,
    "$gt": lambda value, operand: value is not None and value > operand,
    "$gte": lambda value, operand: value is not None and value >= operand,
    "$lt": lambda value, operand: value is not None and value < operand,
    "$lte": lambda value, operand: value is not None and value <= operand,
}


def holds(condition: Condition, item: Item) -> bool:
    """The condition by its meaning."""
    if len(condition) == 2:
        parts = [holds(part, item) for part in condition[1]]
        return {"$and": all(parts), "$or": any(parts), "$nor": not any(parts)}[condition[0]]
    field, operator, operand = condition
    return MEANINGS[operator](item[field], operand)


def sorted_by_hand(items: list[Item], orders: list[Item]) -> list[Item]:
    """Insertion sort with a comparison field by field; nulls are the smallest."""

    def before(one: Item, other: Item) -> bool:
        for order in orders:
            mine, theirs = (
                (0, 0) if each[order["field"]] is None else (1, each[order["field"]]) for each in (one, other)
            )
            if mine != theirs:
                return bool((mine < theirs) == (order["direction"] == 1))
        return False

    done: list[Item] = []
    for item in items:
        at = len(done)
        while at and before(item, done[at - 1]):
            at -= 1
        done.insert(at, item)
    return done


def asked(items: list[Item], **given: object) -> Page[Item]:
    return query(items, given, READERS, lambda item: item["id"])


def all_pages(items: list[Item], **given: object) -> list[Page[Item]]:
    """Forward to the end."""
    pages = [asked(items, **given)]
    while pages[-1].next:
        pages.append(asked(items, **given, next=pages[-1].next))
    return pages


@given(ITEMS, CONDITIONS)
def test_filters_find_what_they_mean(items: list[Item], condition: Condition) -> None:
    found = asked(items, filter_conditions=written(condition), limit=100).items
    assert found == [item for item in items if holds(condition, item)]


@given(ITEMS, ORDERS)
def test_sorting_goes_field_by_field(items: list[Item], orders: list[Item]) -> None:
    assert asked(items, sort=orders, limit=100).items == sorted_by_hand(items, orders)


@given(ITEMS, ORDERS, st.integers(1, 5))
def test_pages_are_the_list_cut_forward_and_back(items: list[Item], orders: list[Item], limit: int) -> None:
    whole = sorted_by_hand(items, orders)
    forward = all_pages(items, sort=orders, limit=limit)
    assert [page.items for page in forward] == [
        whole[at : at + limit] for at in range(0, max(len(whole), 1), limit)
    ]
    assert [bool(page.prev) for page in forward] == [at > 0 for at in range(len(forward))]
    for earlier, later in pairwise(forward):
        back = asked(items, sort=orders, limit=limit, prev=later.prev)
        assert (back.items, bool(back.prev)) == (earlier.items, bool(earlier.prev))


@given(ITEMS, st.integers(1, 3), st.data())
def test_what_comes_before_the_page_does_not_move_it(
    items: list[Item], limit: int, data: st.DataObject
) -> None:
    first = asked(items, limit=limit)
    if not first.next:
        return
    newcomers = [{"id": f"new {at}", "number": 0, "word": "", "words": []} for at in range(2)]
    place = data.draw(st.integers(0, limit - 1))
    moved = [*items[:place], *newcomers, *items[place:]]
    assert asked(moved, limit=limit, next=first.next).items == items[limit : limit * 2]
