import { assertEquals, assertThrows } from "@std/assert";
import {
  FileHandler,
  type FileHandlerOptions,
  getLogger,
  withCleanRootLogger,
} from "@paralog/paralog";
import { testHandler } from "../../support/handler_contract.ts";
import { linesOf } from "../../support/run_deno.ts";

testHandler("FileHandler", async (fn) => {
  const folder = await Deno.makeTempDir();
  const filename = `${folder}/app.log`;
  try {
    await fn({
      create: (options) => new FileHandler(filename, options),
      takeLines: async () => linesOf(await Deno.readTextFile(filename)),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("FileHandler appends, or empties the file first", async () => {
  const filename = await Deno.makeTempFile();
  for (const mode of ["w", "a", "w"] as const) {
    await withCleanRootLogger(() => {
      getLogger().addHandler(new FileHandler(filename, { mode }));
      getLogger().warn(mode);
    });
    if (mode === "a") assertEquals(await Deno.readTextFile(filename), "w\na\n");
  }
  assertEquals(await Deno.readTextFile(filename), "w\n");
  await Deno.remove(filename);
});

Deno.test("FileHandler has written a line when the call returns", async () => {
  const filename = await Deno.makeTempFile();
  await withCleanRootLogger(() => {
    getLogger().addHandler(new FileHandler(filename));
    getLogger().warn("one");
    assertEquals(Deno.readTextFileSync(filename), "one\n");
  });
  await Deno.remove(filename);
});

Deno.test("FileHandler refuses a file it can't open, and bad options", () => {
  assertThrows(() => new FileHandler("/no/such/folder/app.log"), Deno.errors.NotFound);
  const bad = { mode: "r" } as unknown as FileHandlerOptions;
  assertThrows(() => new FileHandler("app.log", bad), TypeError, 'in mode "r": use "a" or "w"');
});

Deno.test("FileHandler reports a full disk on stderr and the program goes on", async () => {
  const program = `
    import { FileHandler, getLogger } from "@paralog/paralog";
    getLogger().addHandler(new FileHandler("/dev/full"));
    for (let n = 0; n < 3; n++) getLogger().warn("line %d", n);
    console.log("done");`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stderr);
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "done\n"]);
  assertEquals(text.match(/--- Logging error ---/g)?.length, 1);
  assertEquals(/No space left on device[^]*The record: WARN:root:line 0/.test(text), true);
});
