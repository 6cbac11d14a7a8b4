import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  FileHandler,
  type FileHandlerOptions,
  getLogger,
  withCleanRootLogger,
} from "@paralog/paralog";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { linesOfFile, textsOf, withFolder } from "../../support/log_folder.ts";
import { recordOf } from "../../support/records.ts";
import { linesOf, runDeno } from "../../support/run_deno.ts";

for (const bufferSize of [0, 100, 1_000_000]) {
  testHandler(`FileHandler with a buffer of ${bufferSize}`, (fn) =>
    withFolder((folder) =>
      fn({
        create: (options) => new FileHandler(`${folder}/app.log`, { ...options, bufferSize }),
        takeLines: () => linesOfFile(`${folder}/app.log`),
      })
    ));
}

Deno.test("FileHandler appends, or empties the file first", () =>
  withFolder(async (folder) => {
    const filename = `${folder}/app.log`;
    for (const mode of ["w", "a", "w"] as const) {
      await withCleanRootLogger(() => {
        getLogger().addHandler(new FileHandler(filename, { mode }));
        getLogger().warn(mode);
      });
      if (mode === "a") assertEquals(Deno.readTextFileSync(filename), "w\na\n");
    }
    assertEquals(Deno.readTextFileSync(filename), "w\n");
  }));

Deno.test('FileHandler of mode "w" appends when it is used again after close()', () =>
  withFolder((folder) => {
    for (const delay of [false, true]) {
      const handler = new FileHandler(`${folder}/app.log`, { mode: "w", delay });
      for (const msg of ["one", "two"]) {
        handler.handle(recordOf(msg));
        handler.close();
      }
      assertEquals(textsOf(folder), { "app.log": "one\ntwo\n" });
    }
  }));

Deno.test("FileHandler has written a line when the call returns", () =>
  withFolder((folder) => {
    using handler = new FileHandler(`${folder}/app.log`, { terminator: "\r\n" });
    handler.handle(recordOf("one"));
    assertEquals(textsOf(folder), { "app.log": "one\r\n" });
  }));

Deno.test("FileHandler opens its file at once, or at the first record with delay", () =>
  withFolder((folder) => {
    new FileHandler(`${folder}/now.log`).close();
    using handler = new FileHandler(`${folder}/later.log`, { delay: true });
    handler.flush();
    handler.close();
    assertEquals(textsOf(folder), { "now.log": "" });
    handler.handle(recordOf("one"));
    assertEquals(textsOf(folder), { "now.log": "", "later.log": "one\n" });
  }));

Deno.test("FileHandler makes its folder, also when that was removed meanwhile", () =>
  withFolder((folder) => {
    using handler = new FileHandler(`${folder}/deep/down/app.log`);
    handler.handle(recordOf("one"));
    handler.close();
    Deno.removeSync(`${folder}/deep`, { recursive: true });
    handler.handle(recordOf("two"));
    assertEquals(textsOf(`${folder}/deep/down`), { "app.log": "two\n" });
  }));

Deno.test("FileHandler takes a file: URL and follows links", () =>
  withFolder((folder) => {
    Deno.symlinkSync("real ä.log", `${folder}/link.log`);
    using handler = new FileHandler(new URL(`file://${folder}/link.log`));
    handler.handle(recordOf("one"));
    assertEquals(textsOf(folder), { "real ä.log": "one\n" });
  }));

Deno.test("FileHandler stays with its file when the program goes to another folder", () =>
  withFolder((folder) => {
    const before = Deno.cwd();
    try {
      Deno.chdir(folder);
      Deno.mkdirSync("elsewhere");
      using handler = new FileHandler("app.log", { delay: true });
      Deno.chdir("elsewhere");
      handler.handle(recordOf("one"));
      assertEquals(handler.filename, `${Deno.realPathSync(folder)}/app.log`);
    } finally {
      Deno.chdir(before);
    }
    assertEquals(textsOf(folder), { "app.log": "one\n" });
  }));

Deno.test("FileHandler with a buffer writes when it is full, at flushLevel, at flush() and close()", () =>
  withFolder((folder) => {
    const handler = new FileHandler(`${folder}/app.log`, { bufferSize: 10, flushLevel: "ERROR" });
    const written = (msg: string, level = 30) => {
      handler.handle(recordOf(msg, { level }));
      return Deno.readTextFileSync(handler.filename);
    };
    assertEquals(written("123"), "");
    assertEquals(written("ä6"), ""); // 8 bytes, but 7 code units
    assertEquals(written("8901"), "123\nä6\n8901\n");
    assertEquals(written("e", 40), "123\nä6\n8901\ne\n");
    assertEquals(written("f"), "123\nä6\n8901\ne\n");
    handler.flush();
    assertEquals(Deno.readTextFileSync(handler.filename), "123\nä6\n8901\ne\nf\n");
    assertEquals(written("g"), "123\nä6\n8901\ne\nf\n");
    handler.close();
    assertEquals(Deno.readTextFileSync(handler.filename), "123\nä6\n8901\ne\nf\ng\n");
  }));

Deno.test("FileHandler with a buffer writes after flushInterval, on a timer", () =>
  withFolder(async (folder) => {
    const handler = new FileHandler(`${folder}/app.log`, { bufferSize: 1000, flushInterval: 1 });
    const watcher = Deno.watchFs(folder);
    handler.handle(recordOf("one"));
    assertEquals(linesOfFile(handler.filename), []);
    for await (const { kind } of watcher) {
      if (kind === "modify") break;
    }
    assertEquals(linesOfFile(handler.filename), ["one"]);
    handler.close();
  }));

Deno.test("FileHandler with a buffer keeps no program alive and writes at its end", () =>
  withFolder(async (folder) => {
    const program = (end: string) => `
      import { FileHandler, getLogger } from "@paralog/paralog";
      const options = { bufferSize: 1e6, flushInterval: 2 ** 30 };
      getLogger().addHandler(new FileHandler("${folder}/app.log", options));
      getLogger().warn("last words");
      ${end}`;
    for (const end of ["", "Deno.exit(3);", "throw new Error('over');"]) {
      await runDeno(["eval", program(end)]);
      assertEquals(textsOf(folder), { "app.log": "last words\n" }, end);
      await Deno.remove(`${folder}/app.log`);
    }
  }));

Deno.test("FileHandler writes long and many lines whole", () =>
  withFolder((folder) => {
    const lines = ["x".repeat(3_000_000), "漢".repeat(400_000), "🦕".repeat(1000), "", "end"];
    for (const bufferSize of [0, 5000]) {
      const handler = new FileHandler(`${folder}/app.log`, { mode: "w", bufferSize });
      for (const line of lines) handler.handle(recordOf(line));
      handler.close();
      assert(Deno.readTextFileSync(handler.filename) === lines.join("\n") + "\n");
    }
  }));

Deno.test("FileHandler refuses a file it can't open", () =>
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    assertThrows(() => new FileHandler(`${folder}/file/app.log`), Deno.errors.NotADirectory);
    assertThrows(() => new FileHandler(folder), Deno.errors.IsADirectory);
  }));

Deno.test("FileHandler refuses bad options", () => {
  const refuse = (bad: object, error: typeof TypeError | typeof RangeError, text: string) =>
    assertThrows(() => new FileHandler("no.log", bad as FileHandlerOptions), error, text);
  refuse({ mode: "r" }, TypeError, 'in mode "r": use "a" or "w"');
  refuse({ encoding: "latin-1" }, RangeError, 'encoding "latin-1": the only one is "utf-8"');
  refuse({ bufferSize: "8k" }, TypeError, 'bufferSize: current value is "8k", allowed are whole');
  refuse({ bufferSize: -1 }, RangeError, "allowed are whole numbers from 0");
  refuse({ flushInterval: 0.5 }, RangeError, "flushInterval: current value is 0.5");
  refuse({ flushLevel: "LOUD" }, RangeError, '"LOUD" as a level');
  refuse({ terminator: null, delay: true, mode: 1 }, TypeError, "in mode 1");
  const name = (bad: unknown) => () => new FileHandler(bad as string);
  assertThrows(name(""), TypeError, 'a file named ""');
  assertThrows(name(undefined), TypeError, "a file named undefined");
  assertThrows(name(new URL("https://x/app.log")), TypeError, "begins with file:");
  for (const encoding of ["utf-8", "UTF8", "utf_8", "utf 8"]) {
    new FileHandler("no.log", { encoding, delay: true }).close();
  }
});

Deno.test("FileHandler reports a full disk on stderr once, then what was lost, and the program goes on", async () => {
  const program = `
    import { FileHandler, getLogger } from "@paralog/paralog";
    getLogger().addHandler(new FileHandler("/dev/full"));
    for (let n = 0; n < 3; n++) getLogger().warn("line %d", n);
    console.log("done");`;
  const { code, stdout, stderr } = await runDeno(["eval", program]);
  assertEquals([code, stdout], [0, "done\n"]);
  const [first, last, ...more] = stderr.split("--- Logging error ---\n").slice(1);
  assertMatch(
    first ?? "",
    /Cannot write to \/dev\/full: No space left on device[^]*WARN:root:line 0/,
  );
  assertMatch(
    last ?? "",
    /lost records: 3 records could not be written to \/dev\/full before it was cl/,
  );
  assertEquals(more, []);
});

/** A disk that is full: files take only so many bytes. */
async function withDisk(fn: (setRoom: (bytes: number) => void) => unknown): Promise<void> {
  const { writeSync } = Deno.FsFile.prototype;
  let room = Infinity;
  Deno.FsFile.prototype.writeSync = function (bytes) {
    if (room === 0) throw new Error("disk full");
    const part = bytes.subarray(0, room);
    room -= part.length;
    return writeSync.call(this, part);
  };
  try {
    await fn((bytes) => room = bytes);
  } finally {
    Deno.FsFile.prototype.writeSync = writeSync;
  }
}

for (const bufferSize of [0, 20]) {
  Deno.test(`FileHandler with a buffer of ${bufferSize} completes a line that a full disk cut, and loses none`, () =>
    withFolder((folder) =>
      withDisk(async (setRoom) => {
        const handler = new FileHandler(`${folder}/app.log`, { bufferSize });
        const log = (msg: string) => {
          handler.handle(recordOf(msg));
          handler.flush();
        };
        log("one");
        setRoom(2);
        const report = await captureStderr(() => {
          log("two");
          log("three");
        });
        assertEquals(linesOf(report).filter((line) => line.startsWith("---")).length, 1);
        assertEquals(textsOf(folder), { "app.log": "one\ntw" });
        setRoom(Infinity);
        log("four");
        handler.close();
        assertEquals(textsOf(folder), { "app.log": "one\ntwo\nthree\nfour\n" });
      })
    ));
}

Deno.test("FileHandler tries again on its timer when the disk has room again", () =>
  withFolder((folder) =>
    withDisk(async (setRoom) => {
      const handler = new FileHandler(`${folder}/app.log`, { flushInterval: 1 });
      setRoom(0);
      await captureStderr(() => handler.handle(recordOf("one")));
      const watcher = Deno.watchFs(folder);
      setRoom(Infinity);
      for await (const { kind } of watcher) {
        if (kind === "modify") break;
      }
      assertEquals(textsOf(folder), { "app.log": "one\n" });
      handler.close();
    })
  ));

Deno.test("FileHandler counts what it can keep no longer, and begins on a new line", () =>
  withFolder((folder) =>
    withDisk(async (setRoom) => {
      const handler = new FileHandler(`${folder}/app.log`, { flushInterval: 0 });
      const half = "x".repeat(600_000);
      setRoom(3);
      const reports = await captureStderr(() => {
        for (const msg of [half, half, "lost", "lost too"]) handler.handle(recordOf(msg));
        setRoom(Infinity);
        handler.handle(recordOf("room again"));
      });
      assertMatch(
        reports,
        /lost records: 2 records were dropped while .*app.log took none/,
      );
      assert(Deno.readTextFileSync(handler.filename) === `${half}\n${half}\nroom again\n`);

      setRoom(3);
      const lost = await captureStderr(() => {
        handler.handle(recordOf("12345"));
        handler.close();
      });
      assertMatch(
        lost,
        /lost records: 1 record could not be written to .*app.log before it was closed/,
      );
      setRoom(Infinity);
      handler.handle(recordOf("new"));
      handler.close();
      assert(Deno.readTextFileSync(handler.filename).endsWith("room again\n123\nnew\n"));
    })
  ));

Deno.test("FileHandler reports how many records are lost, whole or in part, when it is closed", () =>
  withFolder((folder) =>
    withDisk(async (setRoom) => {
      const lines = ["two\nlines ä", "漢🦕", "cut", "not begun\nat all"];
      const bytes = new TextEncoder().encode(lines.join("\n") + "\n").length;
      for (
        const [room, lost] of [[0, 4], [12, 4], [13, 3], [15, 3], [20, 3], [21, 2], [bytes, 0]]
      ) {
        const handler = new FileHandler(`${folder}/app.log`, { bufferSize: 1000 });
        const reports = await captureStderr(() => {
          for (const line of lines) handler.handle(recordOf(line));
          setRoom(room ?? 0);
          handler.close();
          setRoom(Infinity);
        });
        assertEquals(
          /lost records: (\d+) records? could/.exec(reports)?.[1],
          lost ? `${lost}` : undefined,
        );
      }
    })
  ));

Deno.test("FileHandler without permission to write throws in the constructor, or reports with delay", () =>
  withFolder(async (folder) => {
    const program = `
      import { FileHandler, getLogger } from "@paralog/paralog";
      try {
        new FileHandler(Deno.args[0]);
      } catch (error) {
        console.log(error.name);
      }
      getLogger().addHandler(new FileHandler(Deno.args[0], { delay: true }));
      getLogger().warn("one");
      console.log("done");`;
    await Deno.writeTextFile(`${folder}/main.ts`, program);
    const config = `--config=${new URL("../../../deno.json", import.meta.url).pathname}`;
    const flags = ["run", config, "--no-prompt", "--deny-write", `${folder}/main.ts`];
    const { code, stdout, stderr } = await runDeno([...flags, `${folder}/app.log`]);
    assertEquals([code, stdout], [0, "NotCapable\ndone\n"]);
    assertMatch(
      stderr,
      /could not handle a record: Error: Cannot write to .*app.log: Requires write/,
    );
  }));

Deno.test("FileHandler needs permission for its file alone", () =>
  withFolder(async (folder) => {
    const program = `
      import { FileHandler, getLogger } from "@paralog/paralog";
      getLogger().addHandler(new FileHandler(Deno.args[0], { mode: "w", bufferSize: 10 }));
      getLogger().warn("one");`;
    await Deno.writeTextFile(`${folder}/main.ts`, program);
    const config = `--config=${new URL("../../../deno.json", import.meta.url).pathname}`;
    const flags = ["--no-prompt", `--allow-write=${folder}/app.log`, `${folder}/main.ts`];
    const { code, stderr } = await runDeno(["run", config, ...flags, `${folder}/app.log`]);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(linesOfFile(`${folder}/app.log`), ["one"]);
  }));
