"""Python's logging in one thread, with a FileHandler, which writes each line at once.

With "optimized", what the chapter "Optimization" of its HOWTO names is switched off, as far as the
lines don't need it.
"""

import json
import logging
import os
import sys
import time


def main(file, runs, optimized=False):
    if optimized:
        logging._srcfile = None
        logging.logThreads = False
        logging.logProcesses = False
        logging.logMultiprocessing = False
    handler = logging.FileHandler(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    log = logging.getLogger("bench.logging")
    for records in runs:
        before = time.process_time()
        start = time.perf_counter()
        for i in range(records):
            log.info("record %d: fetched, checked and stored", i)
        handler.flush()
        ms = (time.perf_counter() - start) * 1000
        cpu = (time.process_time() - before) * 1000
    print(json.dumps({"ms": ms, "cpu": cpu, "bytes": os.path.getsize(file)}))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
