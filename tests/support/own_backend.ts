/** Backends as a test makes them: their workers do what the test says. */

import type { Backend, BackendWorker, Job, JobOutcome } from "@paralog/paralog";

/** A backend of one's own. */
export function backendOf(start: Backend["start"], rest: Partial<Backend> = {}): Backend {
  return {
    name: "test",
    maxWorkers: Infinity,
    abilities: [],
    obstacle: () => Promise.resolve(undefined),
    start,
    ...rest,
  };
}

/** A worker that runs calls one after the other, each as the test says. */
export function workerOf(
  runJob: (job: Job) => unknown,
  rest: Partial<BackendWorker> = {},
): BackendWorker {
  return {
    name: "Test-1",
    alive: true,
    run: async (batch, _caller, listener) => {
      listener.onBegin();
      for (const job of batch) listener.onSettled([await outcomeOf(() => runJob(job))]);
    },
    cancel: () => false,
    terminate: () => Promise.resolve(),
    ...rest,
  };
}

async function outcomeOf(run: () => unknown): Promise<JobOutcome> {
  try {
    return { ok: true, value: await run(), ms: 0 };
  } catch (error) {
    return { ok: false, error, ms: 0 };
  }
}
