"""Log calls of Python's logging, to a handler that counts records and writes none."""

import json
import logging
import sys
import time

MESSAGE = "fetched, checked and stored"


class CountingHandler(logging.Handler):
    """Counts records. Makes lines of them only if it is told how."""

    handled = 0
    length = 0

    def emit(self, record):
        self.handled += 1
        if self.formatter is not None:
            self.length += len(self.format(record))


def log_debug(log, calls):
    for _ in range(calls):
        log.debug(MESSAGE)


def log_messages(log, calls):
    for _ in range(calls):
        log.info(MESSAGE)


def main(name, calls, repetitions):
    handler = CountingHandler()
    if name == "text":
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log = logging.getLogger()
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    loop = log_debug if name == "disabled" else log_messages
    ns = []
    for _ in range(repetitions):
        start = time.perf_counter()
        loop(log, calls)
        ns.append((time.perf_counter() - start) * 1e9 / calls)
    handled = handler.handled
    log.setLevel(logging.DEBUG)
    loop(log, 1)
    print(json.dumps({"ns": ns, "handled": handled, "lifted": handler.handled - handled}))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
