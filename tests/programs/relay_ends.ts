/** Ends its main thread while tasks run, or right after; how, its second argument says. */

import process from "node:process";
import { basicConfig, delayed, FileHandler, Parallel } from "@paralog/paralog";
import { logAndStay, logNumbers } from "../support/relay_tasks.ts";
import { SharedCount } from "../support/shared_count.ts";

/** How many records each task logs. */
export const RECORDS = 3000;

/** What ends the program when its tasks have logged and go on. */
const ENDS = {
  "Deno.exit(7)": () => Deno.exit(7),
  "process.exit(7)": () => process.exit(7),
  "an error": () => {
    throw new RangeError("uncaught");
  },
  "an error in a timer": () =>
    setTimeout(() => {
      throw new RangeError("uncaught");
    }),
  "an unhandled rejection": () => void Promise.reject(new RangeError("uncaught")),
} as const;

export type ProgramEnd = keyof typeof ENDS;

async function endAmid(end: () => void): Promise<void> {
  const [begun, logged, stop] = [new SharedCount(), new SharedCount(), new SharedCount()];
  const stay = delayed(logAndStay);
  const where = { begun: begun.memory, logged: logged.memory, stop: stop.memory };
  new Parallel(2, { backend: "workers" }).run([stay(RECORDS, where), stay(RECORDS, where)]);
  await begun.until(2);
  logged.blockUntil(2); // From here on this thread handles nothing by itself.
  end();
}

if (import.meta.main) {
  const [filename = "", how = "", bufferSize] = Deno.args;
  const file = new FileHandler(filename, {
    formatter: "%(taskIndex)d %(message)s",
    bufferSize: Number(bufferSize),
    flushInterval: 60_000,
  });
  basicConfig({ level: "INFO", handlers: [file] });
  if (how in ENDS) await endAmid(ENDS[how as ProgramEnd]);
  else {
    await new Parallel(2, { backend: "workers" }).map(logNumbers, [RECORDS, RECORDS]);
    if (how === "exit after the run") Deno.exit(7);
  }
}
