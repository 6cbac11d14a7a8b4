"""Runs the cases of parity_test.ts through Python's logging and prints what they wrote, as JSON.

A case is a list of steps, each a list of a verb and its arguments; the driver in TypeScript knows the
same verbs. {dir} in a text is the folder of the case.
"""

import io
import json
import logging
import logging.config
import logging.handlers
import os
import queue
import sys
import tempfile
import time

real_time = time.time


class RangeError(Exception):
    pass


class Case:
    def __init__(self, folder):
        self.folder = folder
        self.out = []
        self.queues = []
        self.now = 1_700_000_000.125
        self.extra_handlers = {}

    def run(self, steps):
        for verb, *args in steps:
            getattr(self, verb)(*self.fill(args))

    def fill(self, value):
        if isinstance(value, str):
            return value.replace("{dir}", self.folder)
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        if isinstance(value, dict):
            return {key: self.fill(each) for key, each in value.items()}
        return value

    def logger(self, name):
        return logging.getLogger(None if name == "root" else name)

    def handler(self, name):
        return logging._handlers[name]

    # The verbs.

    def time(self, seconds):
        self.now = seconds

    def getLogger(self, name):
        self.logger(name)

    def log(self, name, level, message, args=(), extra=None):
        self.logger(name).log(self.level(level), message, *args, extra=extra)

    def level(self, level):
        return logging.getLevelName(level) if isinstance(level, str) else level

    def exception(self, name, message, args=()):
        try:
            raise RangeError("too far")
        except RangeError:
            self.logger(name).exception(message, *args)

    def adapter(self, name, fields, level, message, args=(), extra=None):
        adapter = logging.LoggerAdapter(self.logger(name), fields)
        adapter.log(self.level(level), message, *args, extra=extra)

    def prefixAdapter(self, name, fields, level, message, args=()):
        class Prefix(logging.LoggerAdapter):
            def process(self, msg, kwargs):
                return "[%s] %s" % (self.extra["id"], msg), kwargs

        Prefix(self.logger(name), fields).log(self.level(level), message, *args)

    def setLevel(self, name, level):
        self.logger(name).setLevel(level)

    def handlerLevel(self, name, level):
        self.handler(name).setLevel(level)

    def propagate(self, name, on):
        self.logger(name).propagate = on

    def disabled(self, name, on):
        self.logger(name).disabled = on

    def disable(self, level):
        logging.disable(self.level(level))

    def addLevelName(self, level, name):
        logging.addLevelName(level, name)

    def removeHandler(self, name, handler):
        self.logger(name).removeHandler(self.handler(handler))

    def addHandler(self, name, handler):
        self.logger(name).addHandler(self.handler(handler))

    def dropLevel(self, name, level):
        """A filter that drops one level."""
        number = self.level(level)
        self.logger(name).addFilter(lambda record: record.levelno != number)

    def handlerDropLevel(self, name, level):
        number = self.level(level)
        self.handler(name).addFilter(lambda record: record.levelno != number)

    def effective(self, name):
        self.out.append([name, self.logger(name).getEffectiveLevel()])

    def enabled(self, name, level):
        self.out.append([name, level, self.logger(name).isEnabledFor(self.level(level))])

    def hasHandlers(self, name):
        self.out.append([name, self.logger(name).hasHandlers()])

    def basicConfig(self, options):
        logging.basicConfig(**options)

    def dictConfig(self, config):
        logging.config.dictConfig(config)

    def refused(self, config):
        try:
            logging.config.dictConfig(config)
            self.out.append("accepted")
        except Exception:
            self.out.append("refused")

    def fileConfig(self, text, keep=False):
        path = os.path.join(self.folder, "logging.ini")
        with open(path, "w") as file:
            file.write(text)
        logging.config.fileConfig(path, disable_existing_loggers=not keep)
        os.remove(path)

    def flush(self, name):
        self.handler(name).flush()

    def close(self, name):
        self.handler(name).close()

    def queue(self, name, handlers, respect=False):
        q = queue.Queue(-1)
        handler = logging.handlers.QueueHandler(q)
        listener = logging.handlers.QueueListener(
            q, *[self.handler(each) for each in handlers], respect_handler_level=respect
        )
        self.logger(name).addHandler(handler)
        listener.start()
        self.queues.append(listener)

    def stopQueues(self):
        for listener in self.queues:
            listener.stop()
        self.queues = []


def reset():
    logging.disable(logging.NOTSET)
    logging.root.handlers[:] = []
    logging.root.filters[:] = []
    logging.root.setLevel("WARNING")
    logging.root.manager.loggerDict.clear()
    logging._handlers.clear()
    logging._handlerList[:] = []
    logging.addLevelName(30, "WARN")


def run(steps):
    reset()
    with tempfile.TemporaryDirectory() as folder:
        case = Case(folder)
        time.time = lambda: case.now
        factory = logging.LogRecord

        def make(*args, **kwargs):
            record = factory(*args, **kwargs)
            record.created = case.now
            record.msecs = int((case.now - int(case.now)) * 1000) + 0.0
            record.relativeCreated = 0
            return record

        logging.setLogRecordFactory(make)
        stderr, sys.stderr = sys.stderr, io.StringIO()
        try:
            case.run(steps)
            case.stopQueues()
            logging.shutdown()
            written = sys.stderr.getvalue()
        finally:
            sys.stderr = stderr
            time.time = real_time
            logging.setLogRecordFactory(factory)
        files = {}
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                files[name] = file.read()
        return {"files": files, "stderr": written, "out": case.out}


print(json.dumps([run(steps) for steps in json.load(sys.stdin)]))
