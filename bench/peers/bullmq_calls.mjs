/** Plain BullMQ makes many calls. It runs in Deno and in Node. */

import process from "node:process";
import { otherCpu } from "../bullmq/other_cpu.mjs";
import { measureCalls } from "../calls/measure_calls.mjs";
import { openQueue } from "./bullmq_queue.mjs";

/** So many numbers are in a list that is made by hand. */
const LIST_LENGTH = 100;

/** The ways to make the calls; each one is given what {@linkcode openQueue} has opened. */
const WAYS = {
  add: ({ queue, events }) => (numbers) =>
    Promise.all(numbers.map(async (x) => {
      const job = await queue.add("addOne", { x });
      return job.waitUntilFinished(events);
    })),
  addBulk: ({ queue, events }) => async (numbers) => {
    const jobs = await queue.addBulk(numbers.map((x) => ({ name: "addOne", data: { x } })));
    return Promise.all(jobs.map((job) => job.waitUntilFinished(events)));
  },
  listener: (bull) => {
    const addAll = listenOnce(bull);
    return (numbers) => addAll(numbers.map((x) => ({ x })));
  },
  lists: (bull) => {
    const addAll = listenOnce(bull);
    return async (numbers) => {
      const count = Math.ceil(numbers.length / LIST_LENGTH);
      const slice = (i) => numbers.slice(i * LIST_LENGTH, (i + 1) * LIST_LENGTH);
      const lists = Array.from({ length: count }, (_, i) => ({ numbers: slice(i) }));
      return (await addAll(lists)).flat();
    };
  },
};

/** One listener for all jobs, whose ids it makes: without a query and three listeners for each. */
function listenOnce({ queue, events }) {
  const waiting = new Map();
  let run = 0;
  const take = (id) => {
    const settle = waiting.get(id);
    waiting.delete(id);
    return settle;
  };
  events.on("completed", ({ jobId, returnvalue }) => take(jobId)?.resolve(returnvalue));
  events.on("failed", ({ jobId, failedReason }) => take(jobId)?.reject(new Error(failedReason)));
  return async (all) => {
    run++;
    const jobs = all.map((data, i) => ({ name: "addOne", data, opts: { jobId: `${run}-${i}` } }));
    const results = Promise.all(
      jobs.map(({ opts }) =>
        new Promise((resolve, reject) => waiting.set(opts.jobId, { resolve, reject }))
      ),
    );
    await queue.addBulk(jobs);
    return results;
  };
}

const input = JSON.parse(process.argv[2]);
const bull = await openQueue(input);
const cpu = () => otherCpu([process.pid, input.redis]);
const output = await measureCalls(WAYS[input.way](bull), input, cpu);
await bull.close();
console.log(JSON.stringify(output));
