/** Tasks that the tests of agents run. */

import { getLogger, task } from "@paralog/paralog";

const log = getLogger("agent.tasks");

export const processId = task(import.meta, function processId() {
  return Deno.pid;
});

/** Says what its program was given. */
export const programArgs = task(import.meta, function programArgs() {
  return Deno.args;
});

/** Leaves a line in a file, and waits until another file is there. */
export const meetFile = task(
  import.meta,
  async function meetFile(begun: string, go: string, name: string) {
    log.info("%s begins", name);
    Deno.writeTextFileSync(begun, `${name} ${Deno.pid}\n`, { append: true });
    while (!exists(go)) await new Promise((resolve) => setTimeout(resolve, 5));
    log.info("%s ends", name);
    return name;
  },
);

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Holds its thread. */
export const block = task(import.meta, function block(ms: number) {
  log.info("blocks");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return "blocked";
});

/** What no compression makes shorter. */
export const randomBytes = task(import.meta, function randomBytes(length: number) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
});

export const logMany = task(import.meta, function logMany(count: number, length: number) {
  for (let n = 0; n < count; n++) log.info(`${n} ${"x".repeat(length)}`);
  return count;
});

export const print = task(import.meta, function print(text: string) {
  console.log(text);
  console.error(text);
  return text;
});

export const killSelf = task(import.meta, function killSelf() {
  log.info("about to die");
  Deno.kill(Deno.pid, "SIGKILL");
});

/** Ends its process a moment after its call. */
export const exitSoon = task(import.meta, function exitSoon(code: number) {
  setTimeout(() => Deno.exit(code), 100);
});

/** Leaves something behind that fails a moment after its call. */
export const throwSoon = task(import.meta, function throwSoon(ms: number) {
  setTimeout(() => {
    throw new Error("left behind");
  }, ms);
});

/** Leaves something behind that logs the name of each of these files, once it is there. */
export const logFiles = task(import.meta, function logFiles(files: readonly string[]) {
  let left = files;
  const timer = setInterval(() => {
    for (const file of left.filter(exists)) log.info(file);
    left = left.filter((file) => !exists(file));
    if (left.length === 0) clearInterval(timer);
  }, 5);
});

/** An initializer that counts how often it runs. */
export const leaveLine = task(import.meta, function leaveLine(path: string) {
  log.info("sets up");
  Deno.writeTextFileSync(path, `${Deno.pid}\n`, { append: true });
});

/** Takes little room when it is packed, and long to read. */
export const manyObjects = task(import.meta, function manyObjects(count: number): object[] {
  return Array.from({ length: count }, () => ({}));
});
