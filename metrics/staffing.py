"""How many people an hour needs: Erlang C, the queue of a contact centre that nobody leaves (S4)."""

import math

MOST = 500


def waits(agents: int, load: float) -> float:
    """Erlang C: the chance that whoever comes has to wait. `load` in erlangs (arrivals times handling time)."""
    if load <= 0:
        return 0.0
    if agents <= load:
        return 1.0
    blocked = 1.0
    for n in range(1, agents + 1):  # Erlang B, by its recursion
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - load / agents * (1 - blocked))


def within(agents: int, load: float, *, handling: float, target: float) -> float:
    """The share (0 to 1) of those who are answered within `target` seconds."""
    if agents <= load:
        return 0.0
    return 1 - waits(agents, load) * math.exp(-(agents - load) * target / handling)


def agents_for(arrivals: float, *, handling: float, target: float, share: float) -> int:
    """The fewest people so that `share` (0 to 1) of an hour's arrivals is answered within `target` seconds.

    `handling`: seconds that one conversation keeps one person busy. At most MOST.
    """
    load = arrivals * handling / 3600
    if load <= 0:
        return 0
    agents = math.floor(load) + 1
    while agents < MOST and within(agents, load, handling=handling, target=target) < share:
        agents += 1
    return agents
