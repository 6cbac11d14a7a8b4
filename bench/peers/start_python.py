"""Pools of Python start.

Takes what to do as JSON in its only argument, and prints what it measured as JSON;
measure_starts.mjs does the same for JavaScript.
"""

import json
import sys
import time

from calls_pools import load_pool


def main(pool, size, starts):
    times = []
    make_pool = load_pool(pool)
    for _ in range(starts):
        start = time.perf_counter()
        with make_pool(size) as pool:
            result = pool.add_one(1)
            times.append((time.perf_counter() - start) * 1000)
        if result != 2:
            raise RuntimeError(f"the result is {result}, expected 2")
    return times


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
