import { basicConfig, Parallel, withCleanRootLogger } from "@paralog/paralog";
import { WatchedHandler } from "../../src/testing/watched_handler.ts";

/** What a test of the records of tasks is given. */
export interface TaskLogsSubject {
  /** "inline" or "workers". */
  readonly backend: "inline" | "workers";
  /** Makes a `Parallel` with that backend. */
  readonly create: () => Parallel;
  /** The one handler of the caller; the level of the root is DEBUG. */
  readonly handler: WatchedHandler;
}

/** Registers a test twice: inline, and in three workers. Each has a root of its own. */
export function testTaskLogs(name: string, fn: (subject: TaskLogsSubject) => unknown): void {
  for (const [backend, nJobs] of [["inline", 1], ["workers", 3]] as const) {
    Deno.test(`${backend}: ${name}`, () =>
      withCleanRootLogger(async () => {
        const handler = new WatchedHandler();
        basicConfig({ level: "DEBUG", handlers: [handler] });
        await fn({ backend, create: () => new Parallel(nJobs, { backend }), handler });
      }));
  }
}
