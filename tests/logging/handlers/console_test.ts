import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ConsoleHandler, type ConsoleHandlerOptions } from "@paralog/paralog";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { recordOf } from "../../support/records.ts";
import { linesOf, runDeno } from "../../support/run_deno.ts";
import { runOnTerminal } from "../../support/run_on_terminal.ts";

testHandler("ConsoleHandler", async (fn) => {
  const { writeSync } = Deno.stderr;
  let written = "";
  const decoder = new TextDecoder();
  Deno.stderr.writeSync = (bytes: Uint8Array) => {
    const part = bytes.subarray(0, 7); // A stream may take only some of the bytes.
    written += decoder.decode(part, { stream: true });
    return part.length;
  };
  try {
    await fn({
      create: (options) => new ConsoleHandler(options),
      takeLines: () => linesOf(written),
    });
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
});

Deno.test("ConsoleHandler writes to stderr or stdout, with colours by level", async () => {
  const { stdout, stderr } = await runDeno(["run", "tests/programs/colors.ts"]);
  assertEquals(linesOf(stdout), [
    "10",
    "\x1b[34m20\x1b[39m",
    "\x1b[33m30\x1b[39m",
    "\x1b[31m40\x1b[39m",
    "\x1b[1m\x1b[31m50\x1b[39m\x1b[22m",
  ]);
  assertEquals(linesOf(stderr), ["10", "20", "30", "40", "50"]);
});

Deno.test("ConsoleHandler colours on a terminal, unless NO_COLOR is set", async () => {
  const onTerminal = async (env: Record<string, string>) =>
    (await runOnTerminal(["run", "tests/programs/console.ts"], { env })).shown;
  assertEquals(await onTerminal({ NO_COLOR: "" }), "\x1b[33mhello\x1b[39m\n");
  assertEquals(await onTerminal({ NO_COLOR: "1" }), "hello\n");
});

/** A stream of somebody's own. */
class TextStream {
  text = "";
  writeSync(bytes: Uint8Array): number {
    this.text += new TextDecoder().decode(bytes);
    return bytes.length;
  }
}

Deno.test("ConsoleHandler writes to any object with writeSync(), without colours", () => {
  const [first, second] = [new TextStream(), new TextStream()];
  const handler = new ConsoleHandler({ stream: first, terminator: "|\n" });
  assertEquals(handler.stream, first);
  handler.handle(recordOf("one"));
  handler.setStream(second);
  handler.terminator = "";
  handler.handle(recordOf("two"));
  assertEquals([first.text, second.text], ["one|\n", "two"]);
});

Deno.test("ConsoleHandler reports a stream that fails or takes nothing, and goes on", async () => {
  const bad = [() => 0, () => {
    throw new Error("printer on fire");
  }];
  for (const writeSync of bad) {
    const handler = new ConsoleHandler({ stream: { writeSync } });
    const report = await captureStderr(() => handler.handle(recordOf("one")));
    assertMatch(report, /could not handle a record: Error: (Cannot write 4 bytes|printer on fire)/);
  }
});

Deno.test("ConsoleHandler refuses what is no stream and no terminator", () => {
  const refuse = (bad: Record<string, unknown>, text: string) =>
    assertThrows(() => new ConsoleHandler(bad as ConsoleHandlerOptions), TypeError, text);
  refuse({ stream: "printer" }, `Cannot write to stream "printer": use "stderr", "stdout" or an`);
  refuse({ stream: 7 }, "stream 7");
  refuse({ stream: {} }, "writeSync(bytes)");
  refuse({ terminator: 10 }, "Cannot end lines with 10");
});
