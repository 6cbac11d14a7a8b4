/** What tasks had logged is in the file, however the program ends. */

import { assertEquals, assertMatch } from "@std/assert";
import { type ProgramEnd, RECORDS } from "../programs/relay_ends.ts";
import type { Listening, Moment } from "../programs/relay_signals.ts";
import { linesOfFile, withFolder } from "../support/log_folder.ts";
import { linesOf } from "../support/run_deno.ts";
import { type Ended, runAndSignal, type SignalOptions } from "../support/signalled_program.ts";

/** A buffer that is never full: what is in the file then was written by the program's end. */
const BUFFER = "100000000";

/** Runs a program, and checks that the file has all records of both tasks in order. */
async function runWithFile(
  program: string,
  args: readonly string[],
  options: SignalOptions = {},
): Promise<Ended> {
  let ended: Ended | undefined;
  await withFolder(async (folder) => {
    const path = `${folder}/app.log`;
    ended = await runAndSignal([`tests/programs/${program}.ts`, path, ...args], options);
    assertEquals(ended.wasKilled, false, `it did not end; stderr: ${ended.stderr}`);
    const lines = linesOfFile(path);
    for (const task of [0, 1]) {
      const mine = lines.filter((line) => line.startsWith(`${task} `));
      assertEquals(mine.length, RECORDS, `lines of task ${task}`);
      for (const [n, line] of mine.entries()) assertEquals(line, `${task} record ${n}`);
    }
    assertEquals(lines.length, 2 * RECORDS);
  });
  return ended!;
}

for (const buffer of ["0", BUFFER]) {
  const how = buffer === "0" ? "" : ", the file being buffered";

  Deno.test(`records are in the file when main exits right after a run${how}`, async () => {
    assertEquals((await runWithFile("relay_ends", ["exit after the run", buffer])).code, 7);
  });

  Deno.test(`records are in the file when the program runs out after a run${how}`, async () => {
    assertEquals((await runWithFile("relay_ends", ["run out", buffer])).code, 0);
  });

  for (const end of ["Deno.exit(7)", "process.exit(7)"] satisfies ProgramEnd[]) {
    Deno.test(`records are in the file when main calls ${end} in the middle of a run${how}`, async () => {
      assertEquals((await runWithFile("relay_ends", [end, buffer])).code, 7);
    });
  }

  const errors = ["an error", "an error in a timer", "an unhandled rejection"] as const;
  for (const end of errors satisfies readonly ProgramEnd[]) {
    Deno.test(`records are in the file when ${end} ends main in the middle of a run${how}`, async () => {
      const { code, stderr } = await runWithFile("relay_ends", [end, buffer]);
      assertEquals(code, 1);
      assertMatch(stderr, /RangeError: uncaught/);
    });
  }
}

/** Runs the program that waits for a signal, and sends it when both tasks have logged. */
async function interrupt(
  signal: Deno.Signal,
  who: Listening,
  moment: Moment,
  buffer = "0",
): Promise<{ code: number; printed: string[] }> {
  const options = { signal, after: "ready" };
  const args = [buffer, who, signal, moment];
  const { code, stdout } = await runWithFile("relay_signals", args, options);
  return { code, printed: linesOf(stdout) };
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  // Windows has no signals to send.
  const test = (name: string, fn: () => Promise<void>) =>
    Deno.test({ name, fn, ignore: Deno.build.os === "windows" });

  for (const moment of ["in the run", "in the run, blocked", "after the run"] as const) {
    test(`records are in the file when ${signal} ends the program ${moment}`, async () => {
      const ended = await interrupt(signal, "nobody", moment);
      assertEquals(ended, { code, printed: ["ready"] });
    });

    test(`shutdownOnSignals() has what the buffer holds when ${signal} comes ${moment}`, async () => {
      const ended = await interrupt(signal, "shutdownOnSignals", moment, BUFFER);
      assertEquals(ended, { code, printed: ["ready"] });
    });
  }

  test(`records are in the file when ${signal} comes after its listener was removed`, async () => {
    const ended = await interrupt(signal, "one that was removed", "in the run");
    assertEquals(ended, { code, printed: ["ready"] });
  });

  const own: readonly Listening[] = [
    "Deno.addSignalListener",
    "Deno.addSignalListener, once",
    "process.on",
    "process.once",
  ];
  for (const who of own) {
    for (const moment of ["before the run", "in the run", "in the run, blocked"] as const) {
      test(`${signal} is left to a listener of ${who} that was added ${moment}`, async () => {
        const ended = await interrupt(signal, who, moment, BUFFER);
        assertEquals(ended, { code: 0, printed: ["ready", "listener", "finished"] });
      });
    }
  }
}
