"""Pools of Python make one call after the other.

Takes what to do as JSON in its only argument, and prints what it measured as JSON;
measure_latency.mjs does the same for JavaScript.
"""

import json
import sys
import time

from calls_pools import load_pool


def main(pool, size, warmUps, calls):
    times = []
    with load_pool(pool)(size) as pool:
        for x in range(warmUps + calls):
            start = time.perf_counter()
            result = pool.add_one(x)
            us = (time.perf_counter() - start) * 1e6
            if result != x + 1:
                raise RuntimeError(f"result {x} is {result}, expected {x + 1}")
            if x >= warmUps:
                times.append(us)
    return times


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
