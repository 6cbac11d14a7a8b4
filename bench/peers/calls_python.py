"""Pools of Python make many calls.

Takes what to do as JSON in its only argument, and prints what it measured as JSON; measure_calls.mjs
does the same for JavaScript.
"""

import json
import os
import sys
import time

from calls_pools import load_pool

FEWEST_RUNS = 2


def child_cpu():
    """What all children that still run have computed so far, in ms; None where there is no /proc."""
    if not sys.platform.startswith("linux"):
        return None
    ticks = 0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as stream:
                fields = stream.read().rpartition(")")[2].split()
        except OSError:
            continue  # It has just ended.
        if int(fields[1]) == os.getpid():
            ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def repeat(pool, numbers, at_least, fewest):
    expected = [x + 1 for x in numbers]
    runs, cpu = [], 0
    while len(runs) < fewest or sum(runs) < at_least:
        cpu_before = time.process_time()
        start = time.perf_counter()
        results = pool.add_one_to_each(numbers)
        runs.append((time.perf_counter() - start) * 1000)
        cpu += (time.process_time() - cpu_before) * 1000
        if results != expected:
            raise RuntimeError(f"{len(results)} results, at least one of them missing or wrong")
    return runs, cpu


def main(pool, size, calls, atLeast=None):
    numbers = list(range(calls))
    with load_pool(pool)(size) as pool:
        if atLeast is None:
            runs, _ = repeat(pool, numbers, 0, 1)
            return {"runs": runs}
        repeat(pool, numbers, atLeast, FEWEST_RUNS)
        before = child_cpu()
        runs, cpu = repeat(pool, numbers, atLeast, FEWEST_RUNS)
        after = child_cpu()
    if before is None or after is None:
        return {"runs": runs}
    return {"runs": runs, "cpu": cpu + after - before}


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
