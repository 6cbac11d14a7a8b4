"""joblib in the figure of arguments: bytes, text or arrays of numpy to two processes of loky and
back. Arrays of more than 1 MB are written once to shared memory by joblib, and mapped in its
processes; what comes back is the same map.

Takes what to do as JSON in its only argument, and prints what it measured as JSON.
"""

import json
import statistics
import sys
import time

from joblib import Parallel, delayed


def echo(value):
    return value


def letter_of(place):
    return 97 + place % 26


def make_values(kind, size, calls):
    letters = [letter_of(place) for place in range(calls)]
    if kind == "text":
        return [chr(letter) * size for letter in letters]
    if kind == "bytes":
        return [bytes([letter]) * size for letter in letters]
    import numpy

    return [numpy.full(size, letter, dtype=numpy.uint8) for letter in letters]


def check_results(results, kind, size, calls):
    if len(results) != calls:
        raise ValueError(f"{len(results)} results of {calls} calls")
    for place, result in enumerate(results):
        letter = chr(letter_of(place))
        wanted = (letter if kind == "text" else letter.encode()) * size
        if (result.tobytes() if kind == "array" else result) != wanted:
            raise ValueError(f"call {place} of {size} bytes resulted in {len(result)}, or others")


def main(kind, loads):
    medians = []
    with Parallel(n_jobs=2) as parallel:
        for load in loads:
            size, calls = load["bytes"], load["calls"]
            times = []
            for _ in range(load["warmUps"] + load["runs"]):
                values = make_values(kind, size, calls)
                start = time.perf_counter()
                results = parallel(delayed(echo)(value) for value in values)
                times.append((time.perf_counter() - start) * 1000)
                check_results(results, kind, size, calls)
            medians.append(statistics.median_high(times[load["warmUps"] :]))
    print(json.dumps(medians))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
