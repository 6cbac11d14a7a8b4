"""The set-ups of "Python3: Logging With Multiprocessing" (fanchenbao) that went wrong.

    python3 listener_and_workers.py before    the main program's root is configured before the listener
    python3 listener_and_workers.py after     and after it
    python3 listener_and_workers.py spawn     after it, workers not at all, and they are not forked

Changed: delays are short, and the listener ends, so that the script does: at a sentinel, or after 200
records where it would go on for ever. "fork" was the default when the article was written.
"""
import logging
import logging.handlers
import multiprocessing
import sys
from random import random, randint
from time import sleep


def listener_configurer():
    root = logging.getLogger()
    file_handler = logging.handlers.RotatingFileHandler('mptest.log', 'a', 300, 10)
    console_handler = logging.StreamHandler()
    formatter = logging.Formatter('%(asctime)s %(processName)-10s %(name)s %(levelname)-8s %(message)s')
    file_handler.setFormatter(formatter)
    console_handler.setFormatter(formatter)
    root.addHandler(file_handler)
    root.addHandler(console_handler)
    root.setLevel(logging.DEBUG)


def listener_process(queue):
    listener_configurer()
    for _ in range(200):
        record = queue.get()
        if record is None:
            break
        logger = logging.getLogger(record.name)
        logger.handle(record)
    queue.cancel_join_thread()


def worker_configurer(queue):
    h = logging.handlers.QueueHandler(queue)
    root = logging.getLogger()
    root.addHandler(h)
    root.setLevel(logging.DEBUG)


def worker_process(queue, order):
    if order != 'spawn':
        worker_configurer(queue)
    for i in range(3):
        sleep(random() / 100)
        innerlogger = logging.getLogger('worker')
        innerlogger.info(f'Logging a random number {randint(0, 10)}')


def main(order):
    queue = multiprocessing.Queue(-1)
    listener = multiprocessing.Process(target=listener_process, args=(queue,))
    if order == 'before':
        worker_configurer(queue)
        listener.start()
    else:
        listener.start()
        worker_configurer(queue)
    main_logger = logging.getLogger('main')
    main_logger.info('Logging from main')
    workers = []
    for i in range(3):
        worker = multiprocessing.Process(target=worker_process, args=(queue, order))
        workers.append(worker)
        worker.start()
    for w in workers:
        w.join()
    main_logger.info('main function ends')
    if order != 'before':
        queue.put_nowait(None)
    listener.join()


if __name__ == '__main__':
    multiprocessing.set_start_method('spawn' if sys.argv[1] == 'spawn' else 'fork')
    main(sys.argv[1])
