"""Python's recipe for one file from several processes: a QueueHandler in each process, and a
QueueListener in the main one that has the file handler ("Logging to a single file from multiple
processes" in the logging cookbook).

Takes what to do as JSON in its only argument, and prints what it measured as JSON.
"""

import json
import logging
import logging.handlers
import multiprocessing
import sys
import threading
import time


class CountingFileHandler(logging.FileHandler):
    """Tells when as many records as expected are in the file: FileHandler flushes each."""

    def __init__(self, filename, run_records):
        super().__init__(filename)
        self.run_records = run_records
        self.count = 0
        self.complete = threading.Event()

    def emit(self, record):
        super().emit(record)
        self.count += 1
        if self.count % self.run_records == 0:
            self.complete.set()


def work(task, records, runs, queue, pipe):
    root = logging.getLogger()
    root.addHandler(logging.handlers.QueueHandler(queue))
    root.setLevel(logging.INFO)
    log = logging.getLogger("bench.relay")
    pipe.send(time.process_time())
    for _ in range(runs):
        pipe.recv()
        start = time.perf_counter()
        for i in range(records):
            log.info("record %d of task %d: fetched, checked and stored", i, task)
        pipe.send((time.perf_counter() - start) * 1000)
        pipe.recv()
        pipe.send(time.process_time())


def main(file, tasks, records, runs):
    handler = CountingFileHandler(file, tasks * records)
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(processName)s %(levelname)s %(name)s %(message)s")
    )
    queue = multiprocessing.Queue(-1)
    pipes, processes = [], []
    for task in range(tasks):
        pipe, theirs = multiprocessing.Pipe()
        process = multiprocessing.Process(
            target=work, args=(task, records, runs, queue, theirs), name=f"Worker-{task + 1}"
        )
        process.start()
        pipes.append(pipe)
        processes.append(process)
    listener = logging.handlers.QueueListener(queue, handler)
    listener.start()
    theirs_before = sum(pipe.recv() for pipe in pipes)
    for _ in range(runs):
        handler.complete.clear()
        ours_before = time.process_time()
        start = time.perf_counter()
        for pipe in pipes:
            pipe.send("go")
        calls = [pipe.recv() for pipe in pipes]
        handler.complete.wait()
        ms = (time.perf_counter() - start) * 1000
        ours = time.process_time()
        for pipe in pipes:
            pipe.send("report")
        theirs = sum(pipe.recv() for pipe in pipes)
        cpu = (ours - ours_before + theirs - theirs_before) * 1000
        theirs_before = theirs
    with open(file, "rb") as stream:
        lines = stream.read().count(b"\n")
    for process in processes:
        process.join()
    listener.stop()
    print(json.dumps({"ms": ms, "cpu": cpu, "lines": lines, "calls": calls}))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
