/**
 * The pools of Node that the figures of calls, of latency and of starting measure, each set as its
 * documentation has it for a fixed number of worker threads.
 */

import { fileURLToPath } from "node:url";

const pathOf = (file) => fileURLToPath(new URL(file, import.meta.url));

/**
 * Loads a package.
 *
 * @returns Makes a pool of so many threads, with `addOne(x)`, `addOneToEach(numbers)` and `end()`.
 */
export async function loadPool({ pool, size, atOnce, isMapped }) {
  const library = await import(pool); // A variable: Deno, which checks this file too, doesn't look for it.
  return () => MAKERS[pool](library, { size, atOnce, isMapped });
}

const MAKERS = {
  /** With the queue that its documentation recommends for many calls. */
  piscina({ Piscina, FixedQueue }, { size, atOnce = 1 }) {
    return poolOf(
      new Piscina({
        filename: pathOf("calls_add_one.mjs"),
        minThreads: size,
        maxThreads: size,
        taskQueue: new FixedQueue(),
        concurrentTasksPerWorker: atOnce,
      }),
    );
  },

  tinypool({ Tinypool }, { size, atOnce = 1 }) {
    return poolOf(
      new Tinypool({
        filename: new URL("calls_add_one.mjs", import.meta.url).href,
        minThreads: size,
        maxThreads: size,
        concurrentTasksPerWorker: atOnce,
      }),
    );
  },

  poolifier({ FixedThreadPool }, { size, isMapped = true }) {
    const pool = new FixedThreadPool(size, pathOf("calls_add_one_poolifier.mjs"));
    const addOne = (x) => pool.execute(x);
    return {
      addOne,
      addOneToEach: isMapped ? (numbers) => pool.mapExecute(numbers) : each(addOne),
      end() {
        pool.destroy(); // Nobody waits for it: where a worker has ended by itself, it stays pending in 5.3.2.
      },
    };
  },

  workerpool({ default: workerpool }, { size }) {
    const pool = workerpool.pool(pathOf("calls_add_one_workerpool.mjs"), {
      minWorkers: size,
      maxWorkers: size,
      workerType: "thread",
    });
    const addOne = (x) => pool.exec("addOne", [x]);
    return { addOne, addOneToEach: each(addOne), end: () => pool.terminate() };
  },
};

function poolOf(pool) {
  const addOne = (x) => pool.run(x);
  return { addOne, addOneToEach: each(addOne), end: () => pool.destroy() };
}

/** All calls are handed in at once. */
function each(addOne) {
  return (numbers) => Promise.all(numbers.map((x) => addOne(x)));
}
