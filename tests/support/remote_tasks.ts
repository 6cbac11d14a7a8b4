/** Tasks for tests with agents: what they do is seen in files, since several programs have to do with them. */

import { currentTask, getLogger, task } from "@paralog/paralog";

/** Notes in a file that it has begun, and with which process; then waits without yielding. */
export const markAndBlock = task(
  import.meta,
  function markAndBlock(file: string, name: string, ms: number): string {
    mark(file, name);
    const end = performance.now() + ms;
    while (performance.now() < end);
    return name;
  },
);

/** Notes in a file that it has begun; logs; waits until a file is there. */
export const markAndWaitFor = task(
  import.meta,
  async function markAndWaitFor(file: string, name: string, gate: string): Promise<string> {
    mark(file, name);
    const logger = getLogger("remote");
    logger.info("%s begins", name);
    while (!await exists(gate)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (currentTask()?.signal.aborted) return "aborted";
    }
    logger.info("%s ends", name);
    return name;
  },
);

/** Logs until a file is there: with DEBUG, which a caller may not want at first. */
export const logUntil = task(
  import.meta,
  async function logUntil(gate: string): Promise<void> {
    while (!await exists(gate)) {
      getLogger("remote").debug("a detail");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  },
);

/** Prints on both streams, without a last newline. */
export const print = task(import.meta, function print(name: string): void {
  console.log(`out of ${name}`);
  console.error(`error of ${name}`);
  Deno.stdout.writeSync(new TextEncoder().encode(`no newline of ${name}`));
});

/** Returns and logs its number. */
export const logNumber = task(import.meta, function logNumber(n: number): number {
  getLogger("remote").info("number %d", n);
  return n;
});

/** Returns a text of so many characters, that can't be compressed much. */
export const longText = task(import.meta, function longText(length: number): string {
  return Array.from(
    { length: length / 8 },
    () => Math.random().toString(36).slice(2, 10).padEnd(8),
  ).join("");
});

/** The arguments of the program, and how many jobs nested runs have. */
export const surroundings = task(import.meta, function surroundings() {
  return { args: Deno.args, pid: Deno.pid };
});

function mark(file: string, name: string): void {
  Deno.writeTextFileSync(file, `${name} ${Deno.pid} ${Deno.ppid}\n`, { append: true });
}

async function exists(file: string): Promise<boolean> {
  try {
    await Deno.stat(file);
    return true;
  } catch {
    return false;
  }
}
