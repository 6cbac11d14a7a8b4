"""Runs the questions of the tests in this folder through joblib and prints the answers, as JSON.

A question is a list of a verb and its arguments, given by name.
"""

import contextlib
import inspect
import io
import json
import sys
import threading
import time

import joblib
from joblib import Parallel, delayed
from joblib import _parallel_backends as backends
from joblib import parallel as core

try:
    from joblib._utils import eval_expr
except ImportError:  # Before 1.2.
    eval_expr = None

real_time = time.time


# The functions that are called; tasks.ts has the same.


def square(x):
    return x * x


def fail_at(x, bad):
    if x in bad:
        raise TypeError("no %d here" % x)
    return x


def describe(*args):
    return list(args)


FUNCTIONS = {each.__name__: each for each in (square, fail_at, describe)}


# Backends that make the moment of each line certain.


class GatedBackend(backends.ThreadingBackend):
    """joblib's threads, in which calls begin when all are there that are dispatched in advance."""

    def configure(self, **options):
        self.gate = threading.Event()
        return super().configure(**options)

    def apply_async(self, func, callback=None):
        def run():
            self.gate.wait()
            return func()

        return super().apply_async(run, callback)

    @contextlib.contextmanager
    def retrieval_context(self):
        self.gate.set()
        yield


class SteppedBackend(backends.ParallelBackendBase):
    """Calls are run one after the other when their results are wanted, by a clock of their own."""

    def __init__(self, n_jobs, clock, **options):
        super().__init__(**options)
        self.n_jobs = n_jobs
        self.clock = clock
        self.waiting = []

    def effective_n_jobs(self, n_jobs):
        return self.n_jobs

    def apply_async(self, func, callback=None):
        job = SteppedJob(self, func, callback)
        self.waiting.append(job)
        return job

    def run_next(self):
        job = self.waiting.pop(0)
        self.clock.step()
        job.result = job.func()
        job.done = True
        job.callback(job.result)


class SteppedJob:
    def __init__(self, backend, func, callback):
        self.backend = backend
        self.func = func
        self.callback = callback
        self.done = False

    def get(self):
        while not self.done:
            self.backend.run_next()
        return self.result


class Clock:
    def __init__(self, steps):
        self.now = 1_700_000_000.0
        self.steps = list(steps)

    def step(self):
        self.now += self.steps.pop(0)

    def time(self):
        return self.now


@contextlib.contextmanager
def patched_time(clock):
    time.time = clock.time
    try:
        yield
    finally:
        time.time = real_time


@contextlib.contextmanager
def captured():
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield lambda: {"stdout": out.getvalue(), "stderr": err.getvalue()}


def outcome(fn):
    try:
        return {"value": fn()}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


# The verbs.


def about():
    return {
        "version": joblib.__version__,
        "returnAs": "return_as" in inspect.signature(Parallel.__init__).parameters,
    }


def n_jobs(given, cpus):
    """How many jobs there are on a machine with so many processors."""
    before = backends.cpu_count
    backends.cpu_count = lambda: cpus
    try:
        return outcome(lambda: joblib.effective_n_jobs(given))
    finally:
        backends.cpu_count = before


def evaluate(text):
    return outcome(lambda: eval_expr(text))


def amount(pre_dispatch, n_jobs):
    """How many calls are dispatched in advance."""
    clock = Clock([0.0] * 3)
    backend = SteppedBackend(n_jobs, clock, nesting_level=0)
    parallel = Parallel(n_jobs=n_jobs, backend=backend, pre_dispatch=pre_dispatch)

    def ask():
        parallel(delayed(square)(i) for i in range(3))
        return parallel._pre_dispatch_amount

    return outcome(ask)


def sizes(durations, minimum, maximum):
    """The size after each batch, and the lines that tell of it."""

    class Owner:
        verbose = 10

        def __init__(self):
            self.lines = []

        def _print(self, message, args=None):
            self.lines.append(message % args if args else message)

    class Sizer(backends.AutoBatchingMixin):
        MIN_IDEAL_BATCH_DURATION = minimum
        MAX_IDEAL_BATCH_DURATION = maximum

    sizer = Sizer()
    sizer.parallel = Owner()
    found = []
    for duration in durations:
        sizer.batch_completed(sizer._effective_batch_size, duration)
        found.append(sizer.compute_batch_size())
    return {"sizes": found, "lines": sizer.parallel.lines}


def stepped_lines(calls, jobs, options, seconds):
    """The lines of a run in which each call takes as long as it is said to, one after the other."""
    clock = Clock([seconds] * calls)
    backend = (
        backends.SequentialBackend(nesting_level=0)
        if jobs == 1
        else SteppedBackend(jobs, clock, nesting_level=0)
    )

    def call(_):
        if jobs == 1:
            clock.step()

    with patched_time(clock), captured() as text:
        Parallel(n_jobs=jobs, backend=backend, **options)(delayed(call)(i) for i in range(calls))
    return text()


def lines(function, args, jobs, options):
    """The lines of a run in joblib's threads, or one after the other."""
    backend = backends.SequentialBackend(nesting_level=0) if jobs == 1 else GatedBackend(nesting_level=0)
    fn = FUNCTIONS[function]
    with captured() as text:
        outcome(lambda: Parallel(n_jobs=jobs, backend=backend, **options)(delayed(fn)(*each) for each in args))
    return text()


def run(function, args, jobs, options):
    """What a run in joblib's processes results in."""
    fn = FUNCTIONS[function]
    return outcome(lambda: Parallel(n_jobs=jobs, **options)(delayed(fn)(*each) for each in args))


def taken_before_first_end(calls, jobs, pre_dispatch):
    """How many calls are taken from a generator before the first one is at its end."""
    clock = Clock([0.0] * calls)
    taken = []
    first = []

    def call(i):
        first.append(len(taken))

    def producer():
        for i in range(calls):
            taken.append(i)
            yield delayed(call)(i)

    backend = SteppedBackend(jobs, clock, nesting_level=0)
    Parallel(n_jobs=jobs, backend=backend, batch_size=1, pre_dispatch=pre_dispatch)(producer())
    return first[0]


def generators(args, jobs):
    """Results as they come; joblib has it from 1.3 on."""
    found = {}
    for kind in ("generator", "generator_unordered"):
        results = Parallel(n_jobs=jobs, return_as=kind)(delayed(square)(x) for x in args)
        found[kind] = list(results)
    return found


def input_fails(jobs):
    def producer():
        yield delayed(square)(1)
        raise TypeError("no more")

    return outcome(lambda: Parallel(n_jobs=jobs)(producer()))


if __name__ == "__main__":
    answers = [globals()[verb](**args) for verb, args in json.load(sys.stdin)]
    print(json.dumps(answers))
