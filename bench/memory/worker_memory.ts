/**
 * What processes have in memory, and each of their workers.
 *
 * @module
 */

/** What a worker or a process takes, in bytes. */
export interface WorkerMemory {
  /** All that is in memory: of a process, also what it shares with others, such as Deno's program. */
  readonly rss: number;
  /** What of that is of no file, so that nobody else has it. Only Linux tells. */
  readonly own?: number;
}

/** What this process has in memory, its threads included. */
export function processMemory(): WorkerMemory {
  const { rss } = Deno.memoryUsage();
  if (Deno.build.os !== "linux") return { rss };
  const [, kB] = /^RssAnon:\s*(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
  return kB === undefined ? { rss } : { rss, own: Number(kB) * 1024 };
}

/**
 * What each of some threads takes.
 *
 * @param before What their process had in memory without them.
 * @param workers How many there are by now.
 */
export function growthEach(before: WorkerMemory, workers: number): WorkerMemory {
  const { rss, own } = processMemory();
  return {
    rss: (rss - before.rss) / workers,
    ...(own !== undefined && before.own !== undefined && { own: (own - before.own) / workers }),
  };
}

/** The mean of what some processes take. */
export function meanOf(told: readonly WorkerMemory[]): WorkerMemory {
  const mean = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0) / sizes.length;
  const owns = told.flatMap(({ own }) => own ?? []);
  return {
    rss: mean(told.map(({ rss }) => rss)),
    ...(owns.length > 0 && { own: mean(owns) }),
  };
}
