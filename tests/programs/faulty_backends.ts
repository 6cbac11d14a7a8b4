/** Backends with a fault each, for the test that the contract finds it. */

import type { Backend, BackendWorker } from "@paralog/paralog";
import { WorkersBackend } from "../../src/parallel/backends/workers.ts";
import { testBackend } from "../../src/testing/mod.ts";

/** A backend whose workers are those of another one, but for what a fault changes. */
function faulty(change: (worker: BackendWorker) => Partial<BackendWorker>): Backend {
  const backend = new WorkersBackend();
  return {
    name: "faulty",
    maxWorkers: backend.maxWorkers,
    abilities: backend.abilities,
    obstacle: (calls) => backend.obstacle(calls),
    start: (number, site) => {
      const worker = backend.start(number, site);
      return {
        name: worker.name,
        get alive() {
          return worker.alive;
        },
        run: (...args) => worker.run(...args),
        cancel: (reason) => worker.cancel(reason),
        terminate: (reason) => worker.terminate(reason),
        ...change(worker),
      };
    },
  };
}

const mixesResultsUp = faulty((worker) => ({
  run: (batch, caller, listener) =>
    worker.run(batch, caller, {
      onBegin: () => listener.onBegin(),
      onWaiting: (isWaiting) => listener.onWaiting(isWaiting),
      onLoading: (isLoading) => listener.onLoading(isLoading),
      onProgress: (...told) => listener.onProgress(...told),
      onSettled: (outcomes) =>
        listener.onSettled(
          outcomes.map((outcome) => outcome.ok ? { ...outcome, value: 1 } : outcome),
        ),
    }),
}));

const losesRecords = faulty((worker) => ({
  run: (batch, caller, listener) =>
    worker.run(batch, {
      levels: () => caller.levels(),
      levelOf: (name) => caller.levelOf(name),
      watchLevels: (listener) => caller.watchLevels(listener),
      receive: () => "dropped",
    }, listener),
}));

const isDeaf = faulty(() => ({ cancel: () => false }));

const workers = new WorkersBackend();
const forgetsToSetUp: Backend = {
  name: "faulty",
  maxWorkers: Infinity,
  abilities: [],
  obstacle: (calls) => workers.obstacle(calls),
  start: (number, site) => workers.start(number, { ...site, initializer: undefined }),
};

testBackend("mixes results up", { backend: mixesResultsUp });
testBackend("loses records", { backend: losesRecords });
testBackend("is deaf", { backend: isDeaf });
testBackend("forgets the initializer", { backend: forgetsToSetUp });
