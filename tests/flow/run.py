"""Runs the generated programs many times and tells what each traced place has seen.

Reads {"runs": n, "programs": [{"text": …, "seed": …, "loops": [[loop, …] for each place]}]} and prints a JSON list with
one entry a program: for each place how often it was reached, how often the iterator was not exhausted then, the same for
the visits in a second or later round of each loop round it, and which bindings its name had.
"""

import contextlib
import json
import random
import sys
import warnings

MOST_ROUNDS = 300


class Boom(Exception):
    pass


class Over(BaseException):
    pass


class Run:
    def __init__(self, seed, loops, places):
        self.random = random.Random(seed)
        self.loops = loops
        self.places = places
        self.rounds = {}
        self.steps = 0
        self.bound = {}
        self.holders = []
        # Nothing counts any more: the program was stopped, or is being cleaned up.
        self.over = False


run = None


def T(place, name, iterator, loop=None):
    """A place asks for items of the iterator that the name holds."""
    if not run.over:
        fresh = not is_ended(iterator)
        seen = run.places[place]
        seen["visits"] += 1
        seen["fresh"] += fresh
        for around in run.loops[place]:
            if run.rounds.get(around, 0) >= 2:
                second = seen["second"].setdefault(around, [0, 0])
                second[0] += 1
                second[1] += fresh
        if name in run.bound and run.bound[name] not in seen["bindings"]:
            seen["bindings"].append(run.bound[name])
    if loop is not None:
        L(loop)
    return iterator


def is_ended(iterator):
    if isinstance(iterator, Once):
        return iterator.left <= 0
    return iterator is not None and iterator.ag_frame is None


def L(loop):
    """A loop begins."""
    run.rounds[loop] = 0


def R(loop):
    """A round of a loop begins."""
    run.rounds[loop] = run.rounds.get(loop, 0) + 1
    run.steps += 1
    if run.steps > MOST_ROUNDS:
        run.over = True
        raise Over
    return True


def I(loop, iterable):
    """A plain loop over something harmless."""
    L(loop)
    for item in iterable:
        R(loop)
        yield item


def W(name, binding, value):
    """The value is about to be bound."""
    run.bound[name] = binding
    return value


def B(name, binding):
    run.bound[name] = binding


def flag():
    dice = run.random.random()
    if dice < 0.04:
        raise Boom
    if dice < 0.05:
        raise StopAsyncIteration
    return run.random.random() < 0.5


async def agen(n):
    for i in range(n):
        if run.random.random() < 0.02:
            raise Boom
        yield i


class Once:
    """One pass, until somebody asks for another one. An exception does not end it."""

    def __init__(self, n):
        self.n = n
        # One more than the items: a pass is over when the end was told.
        self.left = n + 1

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.left > 0 and run.random.random() < 0.02:
            raise Boom
        self.left -= 1
        if self.left <= 0:
            raise StopAsyncIteration
        return self.left

    async def aclose(self):
        self.left = 0

    def again(self):
        self.left = self.n + 1


def once(n):
    return Once(n)


class Holder:
    """Has an iterator that anybody may replace."""

    def __init__(self):
        self.x = agen(2)
        run.holders.append(self)


def holder():
    return Holder()


def touch(holder):
    if run.random.random() < 0.7:
        holder.x = agen(2)
    if run.random.random() < 0.04:
        raise Boom


async def touched(holder):
    touch(holder)


async def drain(iterator):
    async for _ in iterator:
        pass


async def mystery(iterator):
    if flag():
        await drain(iterator)
    elif isinstance(iterator, Once):
        iterator.again()


def wait(awaitable):
    """Nothing here ever suspends, so no event loop is needed."""
    try:
        awaitable.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("suspended")


def drive(main):
    if not hasattr(main, "asend"):
        wait(main)
        return
    while True:
        for holder in run.holders:
            touch(holder)
        dice = run.random.random()
        if dice < 0.1:
            wait(main.athrow(Boom))
        elif dice < 0.2:
            wait(main.aclose())
            return
        else:
            wait(main.asend(None))


def execute(program, runs):
    global run
    names = {
        "T": T, "L": L, "R": R, "I": I, "W": W, "B": B, "flag": flag, "agen": agen, "once": once, "drain": drain,
        "holder": holder, "touch": touch, "touched": touched, "mystery": mystery, "Boom": Boom, "suppress": contextlib.suppress, "nullcontext": contextlib.nullcontext,
        "aclosing": contextlib.aclosing,
    }
    exec(compile(program["text"], "program", "exec"), names)
    places = [{"visits": 0, "fresh": 0, "second": {}, "bindings": []} for _ in program["loops"]]
    for number in range(runs):
        run = Run(program["seed"] * 1000 + number, program["loops"], places)
        try:
            drive(names["main"]())
        except (Exception, Over):
            pass
        run.over = True
    return places


def main():
    sys.unraisablehook = lambda *_: None
    warnings.simplefilter("ignore")
    job = json.load(sys.stdin)
    json.dump([execute(program, job["runs"]) for program in job["programs"]], sys.stdout)


main()
