"""The workload of long calls in joblib's Parallel: processes that are started once and used again, and
batches of the size that joblib finds ("auto").

Takes what to do as JSON in its only argument, and prints what it measured as JSON.
"""

import json
import sys
import time

from joblib import Parallel, delayed


def compute(steps, seed):
    x = seed
    for _ in range(steps):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
    return x


def main(calls, size, workers, runs, **_):
    start = time.perf_counter()
    expected = [compute(size, seed) for seed in range(calls)]
    alone = (time.perf_counter() - start) * 1000
    with Parallel(n_jobs=workers) as parallel:
        for _ in range(runs):
            start = time.perf_counter()
            results = parallel(delayed(compute)(size, seed) for seed in range(calls))
            ms = (time.perf_counter() - start) * 1000
            if results != expected:
                raise SystemExit(f"{len(results)} results of {calls} are not those of one thread")
    print(json.dumps({"ms": ms, "alone": alone}))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
