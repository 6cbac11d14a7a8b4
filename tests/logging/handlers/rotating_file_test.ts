import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import {
  RotatingFileHandler,
  type RotatingFileHandlerOptions,
} from "../../../src/logging/handlers/rotating_file.ts";
import { askPython } from "../../support/ask_python.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { linesOfFile, textsOf, withClock, withFolder } from "../../support/log_folder.ts";
import { recordOf } from "../../support/records.ts";
import { runDeno } from "../../support/run_deno.ts";

testHandler("RotatingFileHandler", (fn) =>
  withFolder((folder) =>
    fn({
      create: (options) =>
        new RotatingFileHandler(`${folder}/app.log`, {
          ...options,
          maxBytes: 2000,
          backupCount: 50,
          bufferSize: 100,
        }),
      takeLines: () =>
        Array.from({ length: 51 }, (_, n) => `${folder}/app.log${n === 0 ? "" : `.${n}`}`)
          .reverse().flatMap(linesOfFile),
    })
  ));

interface Case {
  readonly maxBytes: number;
  readonly backupCount: number;
  readonly mode?: "a" | "w";
  readonly delay?: boolean;
  readonly messages: readonly string[];
  /** What is there before. */
  readonly files?: Readonly<Record<string, string>>;
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => `i = ${n}`);

/** Python's `len(msg)` counts characters, so these are ASCII. */
const CASES: readonly Case[] = [
  { maxBytes: 20, backupCount: 5, messages: numbers(20) },
  { maxBytes: 20, backupCount: 1, messages: numbers(20) },
  { maxBytes: 18, backupCount: 2, messages: numbers(9) }, // Three lines have just 18 bytes.
  { maxBytes: 19, backupCount: 2, messages: numbers(9) },
  { maxBytes: 1000, backupCount: 2, messages: numbers(300) },
  { maxBytes: 0, backupCount: 3, messages: numbers(20) },
  { maxBytes: 20, backupCount: 0, messages: numbers(20) },
  { maxBytes: 20, backupCount: 0, mode: "w", messages: numbers(9), files: { "app.log": "old\n" } },
  { maxBytes: 20, backupCount: 3, mode: "w", messages: numbers(9), files: { "app.log": "old\n" } },
  { maxBytes: 0, backupCount: 3, mode: "w", messages: numbers(9), files: { "app.log": "old\n" } },
  { maxBytes: 20, backupCount: 3, delay: true, messages: numbers(9) },
  { maxBytes: 20, backupCount: 3, messages: ["a", "x".repeat(50), "y".repeat(50), "b", "c"] },
  {
    maxBytes: 20,
    backupCount: 2,
    messages: numbers(9),
    files: { "app.log": "x".repeat(30), "app.log.1": "1", "app.log.2": "2", "app.log.3": "3" },
  },
];

Deno.test("RotatingFileHandler leaves the files that Python's leaves", () =>
  withFolder(async (folder) => {
    const input = CASES.map((each, n) => ({ ...each, folder: `${folder}/${n}` }));
    for (const { folder, files } of input) {
      for (const side of ["py", "ts"]) {
        await Deno.mkdir(`${folder}.${side}`);
        for (const [name, text] of Object.entries(files ?? {})) {
          await Deno.writeTextFile(`${folder}.${side}/${name}`, text);
        }
      }
    }
    await askPython(
      `
import logging, logging.handlers
for case in json.load(sys.stdin):
    h = logging.handlers.RotatingFileHandler(
        case["folder"] + ".py/app.log", case.get("mode", "a"), maxBytes=case["maxBytes"],
        backupCount=case["backupCount"], delay=case.get("delay", False))
    for msg in case["messages"]:
        h.handle(logging.makeLogRecord({"msg": msg}))
    h.close()
print("null")`,
      input,
    );
    for (const { folder, messages, files: _, ...options } of input) {
      for (const bufferSize of [0, 7, 64, 1e6]) {
        const here = bufferSize === 0 ? `${folder}.ts` : `${folder}.${bufferSize}`;
        if (bufferSize > 0) await copyFiles(`${folder}.ts.before`, here);
        else await copyFiles(here, `${folder}.ts.before`);
        const handler = new RotatingFileHandler(`${here}/app.log`, { ...options, bufferSize });
        for (const msg of messages) handler.handle(recordOf(msg));
        handler.close();
        assertEquals(textsOf(here), textsOf(`${folder}.py`), JSON.stringify(options));
      }
    }
  }));

async function copyFiles(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for (const [name, text] of Object.entries(textsOf(from))) {
    await Deno.writeTextFile(`${to}/${name}`, text);
  }
}

function run(
  folder: string,
  options: RotatingFileHandlerOptions,
  messages: readonly string[],
): RotatingFileHandler {
  const handler = new RotatingFileHandler(`${folder}/app.log`, options);
  for (const msg of messages) handler.handle(recordOf(msg));
  handler.flush();
  return handler;
}

Deno.test("RotatingFileHandler counts bytes, not characters", () =>
  withFolder((folder) => {
    run(folder, { maxBytes: 12, backupCount: 5 }, ["ää", "ää", "漢🦕", "漢"]).close();
    assertEquals(textsOf(folder), {
      "app.log": "漢\n",
      "app.log.1": "漢🦕\n",
      "app.log.2": "ää\nää\n",
    });
  }));

Deno.test("RotatingFileHandler never rolls an empty file: a longer record has a file to itself", () =>
  withFolder((folder) => {
    const long = "x".repeat(50);
    run(folder, { maxBytes: 10, backupCount: 5 }, [long, long, "a"]).close();
    assertEquals(textsOf(folder), {
      "app.log": "a\n",
      "app.log.1": `${long}\n`,
      "app.log.2": `${long}\n`,
    });
  }));

Deno.test("RotatingFileHandler heeds what others wrote to, or cut off, its file", () =>
  withFolder((folder) => {
    const handler = run(folder, { maxBytes: 20, backupCount: 5 }, ["one"]);
    Deno.writeTextFileSync(handler.filename, "x".repeat(17), { append: true });
    handler.handle(recordOf("two"));
    assertEquals(textsOf(folder), { "app.log": "two\n", "app.log.1": `one\n${"x".repeat(17)}` });
    handler.handle(recordOf("three 890"));
    Deno.truncateSync(handler.filename);
    handler.handle(recordOf("four"));
    handler.close();
    assertEquals(textsOf(folder)["app.log"], "four\n");
  }));

Deno.test("RotatingFileHandler does not rotate devices and pipes", () =>
  withFolder(async (folder) => {
    await new Deno.Command("mkfifo", { args: [`${folder}/app.log`] }).output();
    using pipe = Deno.openSync(`${folder}/app.log`, { read: true, write: true });
    run(folder, { maxBytes: 10, backupCount: 2 }, numbers(9)).close();
    const bytes = new Uint8Array(1000);
    const count = pipe.readSync(bytes) ?? 0;
    const text = new TextDecoder().decode(bytes.subarray(0, count));
    assertEquals(text, numbers(9).map((line) => `${line}\n`).join(""));
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["app.log"]);

    const handler = new RotatingFileHandler("/dev/null", { maxBytes: 10, backupCount: 2 });
    for (const msg of numbers(9)) handler.handle(recordOf(msg));
    handler.close();
    assert(Deno.statSync("/dev/null").isCharDevice);
  }));

Deno.test("RotatingFileHandler rotates the link, not what it leads to, as Python's does", () =>
  withFolder((folder) => {
    Deno.symlinkSync("real.log", `${folder}/app.log`);
    run(folder, { maxBytes: 10, backupCount: 2 }, ["one", "two three"]).close();
    assertEquals(textsOf(folder), { "app.log": "two three\n", "real.log": "one\n" });
    assertEquals(Deno.readLinkSync(`${folder}/app.log.1`), "real.log");
  }));

Deno.test("RotatingFileHandler numbers the names that namer and gzip make", () =>
  withFolder((folder) => {
    const namer = (name: string) => name.replace(/app\.log\.(\d+)$/, "$1-app");
    run(folder, { maxBytes: 12, backupCount: 2, gzip: true, namer }, numbers(5)).close();
    assertEquals(textsOf(folder), {
      "app.log": "i = 4\n",
      "1-app.gz": "i = 3\n",
      "2-app.gz": "i = 2\n",
    });
  }));

Deno.test("RotatingFileHandler that tries a rollover again eats no backups", () =>
  withFolder((folder) =>
    withClock(async (setClock) => {
      const options = { maxBytes: 12, backupCount: 3 };
      setClock(0);
      const handler = run(folder, options, numbers(3));
      const before = { "app.log": "i = 2\n", "app.log.1": "i = 1\n", "app.log.2": "i = 0\n" };
      assertEquals(textsOf(folder), before);
      handler.rotator = () => {
        throw new Error("no tape");
      };
      await captureStderr(() => {
        for (let n = 1; n <= 5; n++) {
          setClock(n * 2);
          handler.handle(recordOf(`more ${n}`));
        }
      });
      assertEquals(textsOf(folder), {
        "app.log": "i = 2\nmore 1\nmore 2\nmore 3\nmore 4\nmore 5\n",
        "app.log.2": "i = 1\n",
        "app.log.3": "i = 0\n",
      });
      setClock(12);
      handler.rotator = undefined;
      handler.handle(recordOf("end"));
      handler.close();
      assertEquals(textsOf(folder), {
        "app.log": "end\n",
        "app.log.1": "i = 2\nmore 1\nmore 2\nmore 3\nmore 4\nmore 5\n",
        "app.log.2": "i = 1\n",
        "app.log.3": "i = 0\n",
      });
    })
  ));

Deno.test("RotatingFileHandler does not rotate while what it kept can't be written", () =>
  withFolder(async (folder) => {
    const { writeSync } = Deno.FsFile.prototype;
    const options = { maxBytes: 20, backupCount: 3, bufferSize: 10 };
    const handler = new RotatingFileHandler(`${folder}/app.log`, options);
    handler.handle(recordOf("one two three"));
    Deno.FsFile.prototype.writeSync = () => {
      throw new Error("disk full");
    };
    try {
      const reports = await captureStderr(() => {
        for (const msg of ["four five six", "seven"]) handler.handle(recordOf(msg));
      });
      assertMatch(reports, /Cannot roll over .*app.log|Cannot write to .*app.log: disk full/);
    } finally {
      Deno.FsFile.prototype.writeSync = writeSync;
    }
    handler.handle(recordOf("eight"));
    handler.close();
    const lines = ["app.log.2", "app.log.1", "app.log"].flatMap((name) =>
      linesOfFile(`${folder}/${name}`)
    );
    assertEquals(lines, ["one two three", "four five six", "seven", "eight"]);
  }));

Deno.test("RotatingFileHandler.doRollover() rotates when it is called", () =>
  withFolder((folder) => {
    const handler = run(folder, { backupCount: 2, bufferSize: 100 }, ["one"]);
    handler.handle(recordOf("kept"));
    handler.doRollover();
    handler.handle(recordOf("two"));
    handler.close();
    assertEquals(textsOf(folder), { "app.log": "two\n", "app.log.1": "one\nkept\n" });
  }));

for (const bufferSize of [0, 15]) {
  for (const [how, options] of [["renames", {}], ["compresses", { gzip: true }]] as const) {
    Deno.test(`RotatingFileHandler that ${how} makes a deleted file anew when it is full, with a buffer of ${bufferSize}`, () =>
      withFolder(async (folder) => {
        const all = { maxBytes: 40, backupCount: 2, bufferSize, ...options };
        const handler = run(folder, all, numbers(14));
        const { "app.log": _, ...before } = textsOf(folder);
        Deno.removeSync(`${folder}/app.log`);
        const reports = await captureStderr(() => {
          for (const msg of ["to the old one", "kept", "to the new", "next"]) {
            handler.handle(recordOf(msg));
          }
          handler.close();
        });
        const { "app.log": text, ...after } = textsOf(folder);
        assertEquals([reports, text], [
          "",
          bufferSize > 0 ? "kept\nto the new\nnext\n" : "to the new\nnext\n",
        ]);
        assertEquals(after, before);
      }));
  }
}

Deno.test("RotatingFileHandler makes the file anew that a dangling link leads to", () =>
  withFolder(async (folder) => {
    Deno.symlinkSync("real.log", `${folder}/app.log`);
    const handler = run(folder, { maxBytes: 10, backupCount: 2, gzip: true }, ["one"]);
    Deno.removeSync(`${folder}/real.log`);
    const reports = await captureStderr(() => handler.handle(recordOf("two three")));
    handler.close();
    assertEquals([reports, textsOf(folder)], ["", { "real.log": "two three\n" }]);
  }));

Deno.test("RotatingFileHandler without permission to read throws in the constructor, if it would rotate", () =>
  withFolder(async (folder) => {
    const program = `
      import { RotatingFileHandler } from "@paralog/paralog/logging";
      for (const options of [{}, { maxBytes: 9 }, { backupCount: 1 }, { maxBytes: 9, backupCount: 1 }]) {
        try {
          new RotatingFileHandler(Deno.args[0], options).close();
          console.log("made");
        } catch (error) {
          console.log(error.name + ": " + error.message);
        }
      }`;
    await Deno.writeTextFile(`${folder}/main.ts`, program);
    const config = `--config=${new URL("../../../deno.json", import.meta.url).pathname}`;
    const file = `${folder}/app.log`;
    for (const read of [[], [`--allow-read=${file}`]]) {
      const flags = ["run", config, "--no-prompt", "--allow-write", ...read, `${folder}/main.ts`];
      const { code, stdout, stderr } = await runDeno([...flags, file]);
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /^made\nmade\nmade\nNotCapable: Requires read access to .*app\.log/);
    }
  }));

Deno.test("RotatingFileHandler refuses bad options, before it makes a file", () =>
  withFolder((folder) => {
    const refuse = (bad: object, error: typeof TypeError | typeof RangeError, text: string) =>
      assertThrows(
        () => new RotatingFileHandler(`${folder}/app.log`, bad as RotatingFileHandlerOptions),
        error,
        text,
      );
    refuse({ maxBytes: "1M" }, TypeError, 'Cannot set maxBytes: current value is "1M"');
    refuse({ maxBytes: -1 }, RangeError, "allowed are whole numbers from 0");
    refuse({ backupCount: 1.5 }, RangeError, "Cannot set backupCount: current value is 1.5");
    refuse({ maxBytes: 10, backupCount: 1, gzip: 1 }, TypeError, "Cannot set gzip");
    assertEquals(textsOf(folder), {});
  }));
