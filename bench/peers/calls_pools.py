"""The pools of Python that the figures of calls, of latency and of starting measure."""

from calls_add_one import add_one


def load_pool(pool):
    """Loads a library; returns what makes a pool of so many workers, for a "with" statement."""
    return {"joblib": load_joblib, "executor": load_executor}[pool]()


def load_joblib():
    from joblib import Parallel, delayed

    call = delayed(add_one)

    class Pool(Parallel):
        """joblib with its defaults: it sizes batches itself, and keeps its workers in a "with" block."""

        def __init__(self, size):
            super().__init__(n_jobs=size)

        def add_one(self, x):
            return self([call(x)])[0]

        def add_one_to_each(self, numbers):
            return self(call(x) for x in numbers)

    return Pool


def load_executor():
    from concurrent.futures import ProcessPoolExecutor

    class Pool(ProcessPoolExecutor):
        """Batches have the size that the caller sets."""

        def __init__(self, size):
            super().__init__(max_workers=size)

        def add_one(self, x):
            return self.submit(add_one, x).result()

        def add_one_to_each(self, numbers):
            return list(self.map(add_one, numbers, chunksize=500))

    return Pool
