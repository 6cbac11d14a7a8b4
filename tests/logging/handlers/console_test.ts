import { assertEquals, assertThrows } from "@std/assert";
import { ConsoleHandler, type ConsoleHandlerOptions } from "@paralog/paralog";
import { testHandler } from "../../support/handler_contract.ts";
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

Deno.test("ConsoleHandler refuses another stream", () => {
  const bad = { stream: "printer" } as unknown as ConsoleHandlerOptions;
  assertThrows(() => new ConsoleHandler(bad), TypeError, 'use "stderr" or "stdout"');
});
