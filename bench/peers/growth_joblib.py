"""joblib in the figure of growth: two processes of loky that stay, batches of the size that joblib
finds by itself.

Takes what to do as JSON in its only argument, and prints what it measured as JSON.
"""

import json
import statistics
import sys
import time

from joblib import Parallel, delayed

WARM_UPS = 5


def add_one(x):
    return x + 1


def main(size, runs, warmUp):
    times = []
    with Parallel(n_jobs=2) as parallel:
        for _ in range(WARM_UPS):
            parallel(delayed(add_one)(i) for i in range(warmUp))
        for _ in range(runs):
            start = time.perf_counter()
            results = parallel(delayed(add_one)(i) for i in range(size))
            times.append((time.perf_counter() - start) * 1000)
            if results != list(range(1, size + 1)):
                raise ValueError("a result is missing or wrong")
    # What its processes compute is not known before they end: no "cpu".
    print(json.dumps({"ms": statistics.median_high(times)}))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
