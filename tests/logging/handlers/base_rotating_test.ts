import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import {
  BaseRotatingHandler,
  type BaseRotatingHandlerOptions,
} from "../../../src/logging/handlers/base_rotating.ts";
import type { LogRecord } from "@paralog/paralog/logging";
import { testHandler } from "../../support/handler_contract.ts";
import { linesOfFile, textsOf, withClock, withFolder } from "../../support/log_folder.ts";
import { recordOf } from "../../support/records.ts";

/** What the documentation says to extend it for: a rule of one's own. */
class RotateOnWord extends BaseRotatingHandler {
  override shouldRollover(record: LogRecord): boolean {
    return record.msg.startsWith("new");
  }
  override doRollover(): void {
    this.closeFile();
    this.rotate(this.filename, this.rotationFilename(`${this.filename}.old`));
    this.reopenFile();
  }
}

testHandler("BaseRotatingHandler", (fn) =>
  withFolder((folder) =>
    fn({
      create: (options) => new RotateOnWord(`${folder}/app.log`, options),
      takeLines: () => linesOfFile(`${folder}/app.log`),
    })
  ));

function logAll(handler: RotateOnWord, messages: readonly string[]): void {
  for (const msg of messages) handler.handle(recordOf(msg));
}

Deno.test("BaseRotatingHandler rotates before the record for which shouldRollover() says so", () =>
  withFolder((folder) => {
    for (const bufferSize of [0, 1000]) {
      const handler = new RotateOnWord(`${folder}/app.log`, { mode: "w", bufferSize });
      logAll(handler, ["one", "two", "new three", "four"]);
      handler.close();
      assertEquals(textsOf(folder), {
        "app.log": "new three\nfour\n",
        "app.log.old": "one\ntwo\n",
      });
    }
  }));

Deno.test("BaseRotatingHandler asks namer and rotator, also those that are assigned", () =>
  withFolder((folder) => {
    using handler = new RotateOnWord(`${folder}/app.log`, {
      namer: (name) => name.replace(".log.old", ".old.log"),
    });
    logAll(handler, ["one", "new two"]);
    assertEquals(textsOf(folder), { "app.log": "new two\n", "app.old.log": "one\n" });
    const calls: string[][] = [];
    handler.namer = (name) => `${name}er`;
    handler.rotator = (source, destination) => {
      calls.push([source, destination]);
      Deno.removeSync(source);
    };
    logAll(handler, ["new three"]);
    assertEquals(calls, [[`${folder}/app.log`, `${folder}/app.log.older`]]);
    assertEquals(textsOf(folder), { "app.log": "new three\n", "app.old.log": "one\n" });
  }));

Deno.test("BaseRotatingHandler with gzip compresses backups, for the same readers, and leaves nothing else", () =>
  withFolder((folder) => {
    using handler = new RotateOnWord(`${folder}/app.log`, { gzip: true });
    Deno.chmodSync(handler.filename, 0o600);
    logAll(handler, ["one ä", "two", "new three"]);
    assertEquals(textsOf(folder), { "app.log": "new three\n", "app.log.old.gz": "one ä\ntwo\n" });
    assertEquals(
      Deno.readFileSync(`${folder}/app.log.old.gz`).slice(0, 2),
      new Uint8Array([31, 139]),
    );
    assertEquals((Deno.statSync(`${folder}/app.log.old.gz`).mode ?? 0) & 0o777, 0o600);
  }));

/** Why a rollover can't be done, and how it can be done after all. */
const OBSTACLES: Record<string, {
  options?: BaseRotatingHandlerOptions;
  put?(folder: string): void;
  remove(folder: string): void;
  backup: string;
}> = {
  "its name is that of a folder": {
    put: (folder) => Deno.mkdirSync(`${folder}/app.log.old/full`, { recursive: true }),
    remove: (folder) => Deno.removeSync(`${folder}/app.log.old`, { recursive: true }),
    backup: "app.log.old",
  },
  "its name is that of a folder, and it is compressed": {
    options: { gzip: true },
    put: (folder) => Deno.mkdirSync(`${folder}/app.log.old.gz/full`, { recursive: true }),
    remove: (folder) => Deno.removeSync(`${folder}/app.log.old.gz`, { recursive: true }),
    backup: "app.log.old.gz",
  },
  "its folder is missing": {
    options: { namer: (name) => name.replace("app.log", "sub/app.log") },
    remove: (folder) => Deno.mkdirSync(`${folder}/sub`),
    backup: "sub/app.log.old",
  },
};
for (const [why, { options, put, remove, backup }] of Object.entries(OBSTACLES)) {
  Deno.test(`BaseRotatingHandler reports once that it can't make a backup because ${why}, writes on, and tries later`, () =>
    withFolder((folder) =>
      withClock(async (setClock) => {
        setClock(0);
        using handler = new RotateOnWord(`${folder}/app.log`, options);
        put?.(folder);
        const reports = await captureStderr(() => {
          logAll(handler, ["1", "new 2", "new 3"]);
          setClock(1.5);
          logAll(handler, ["new 4"]); // Tried again, in vain.
          setClock(2);
          remove(folder);
          logAll(handler, ["new 5"]); // Not yet tried again.
        });
        assertEquals(reports.match(/--- Logging error ---/g)?.length, 1);
        assertMatch(reports, /Cannot roll over .*app.log: [^]*it goes on being written to/);
        assertEquals(textsOf(folder), { "app.log": "1\nnew 2\nnew 3\nnew 4\nnew 5\n" });
        setClock(3);
        logAll(handler, ["new 6", "7"]);
        assertEquals(textsOf(folder)["app.log"], "new 6\n7\n");
        const path = backup.split("/").slice(0, -1).map((part) => `/${part}`).join("");
        const name = backup.split("/").at(-1) ?? "";
        assertEquals(textsOf(folder + path)[name], "1\nnew 2\nnew 3\nnew 4\nnew 5\n");
      })
    ));
}

Deno.test("BaseRotatingHandler loses nothing when namer or rotator fail, or log to it themselves", () =>
  withFolder((folder) =>
    withClock(async (setClock) => {
      setClock(0);
      const handler = new RotateOnWord(`${folder}/app.log`);
      handler.namer = (name) => {
        handler.handle(recordOf("new: namer"));
        return name;
      };
      handler.rotator = () => {
        throw new Error("no tape");
      };
      const reports = await captureStderr(() => logAll(handler, ["1", "new 2"]));
      assertMatch(reports, /Cannot roll over .*: no tape;/);
      assertEquals(textsOf(folder), { "app.log": "1\nnew: namer\nnew 2\n" });
      setClock(2);
      handler.rotator = undefined;
      logAll(handler, ["new 3", "4"]);
      handler.close();
      assertEquals(textsOf(folder), {
        "app.log": "new 3\n4\n",
        "app.log.old": "1\nnew: namer\nnew 2\nnew: namer\n",
      });
    })
  ));

Deno.test("BaseRotatingHandler refuses bad options", () => {
  const refuse = (bad: object, text: string) =>
    assertThrows(
      () => new RotateOnWord("no.log", { delay: true, ...bad } as BaseRotatingHandlerOptions),
      TypeError,
      text,
    );
  refuse({ namer: "x" }, 'Cannot set namer: current value is "x", give a function');
  refuse({ rotator: 1 }, "Cannot set rotator: current value is 1");
  refuse({ gzip: "yes" }, 'Cannot set gzip: current value is "yes", give true or false');
  refuse({ gzip: true, rotator: () => {} }, "give either gzip or rotator");
});
