"""R7, R9: what must be hidden, and no more: more and more until nothing is given away; then what protects nothing is shown
again, and all is proven anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from collector.summaries.audit import Audit, Withheld
from collector.summaries.bounds import A, N
from collector.summaries.frame import ALL, Frame
from collector.summaries.lines import Node
from collector.summaries.world import Edition, Family


def withhold(editions: Sequence[Edition], frame: Frame) -> Withheld:
    """What must be hidden so that no hidden count can be worked out. Raises Unprotected when nothing helps."""
    world = Audit(editions, frame)
    world.protect()
    if show_again(world):
        world.proof.forget()
        world.protect()
    return world.withheld


def show_again(world: Audit) -> bool:
    """What protects nothing comes back: first numbers of people, then families; everybody's rows before those of groups,
    and those of most people first. Whether anything did.
    """
    world.narrow()
    place = {node: row for row, node in enumerate(world.nodes)}
    people = [(place[node], 0) for node in world.withheld.people]
    found = [row for row, _ in _in_order(world, people, N) if _people_again(world, row)]
    topics = {topic: number for number, topic in enumerate(world.topics)}
    families = [(place[Node(one.edition, one.key)], topics[one.topic]) for one in world.withheld.families]
    free = [(row, topic) for row, topic in families if world.people[row]]
    found += [row for row, topic in _in_order(world, free, A) if _family_again(world, row, topic)]
    return bool(found)


def _in_order(world: Audit, places: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    return sorted(
        places,
        key=lambda one: (world.nodes[one[0]].key.breakdown != ALL.code, -world.true[one[0], count, one[1]], one),
    )


def _people_again(world: Audit, row: int) -> bool:
    """Show the number of people of one row if everything stays protected."""
    node, before = world.nodes[row], world.bounds
    world.show_people(row)
    if node in world.withheld.visits:
        world.hide_visits(row)
    if not world.unprotected() and all(world.proof.holds(row, topic) for topic in range(len(world.topics))):
        del world.withheld.people[node]
        return True
    world.hide_people(row)
    world.bounds, world.stale = before, False
    return False


def _family_again(world: Audit, row: int, topic: int) -> bool:
    """Show one family if everything stays protected."""
    before = world.bounds.of_topic(topic)
    world.show_family(row, topic)
    now = world.bounds_of(topic)
    if not any(world.given_away(now, [topic])):
        world.bounds.set_topic(topic, now)
        if world.proof.holds(row, topic):
            node = world.nodes[row]
            del world.withheld.families[Family(node.edition, node.key, world.topics[topic])]
            return True
    world.bounds.set_topic(topic, before)
    world.hide_family(row, topic)
    return False
