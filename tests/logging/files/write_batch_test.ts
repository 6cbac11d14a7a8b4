import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { FileHandler, RotatingFileHandler } from "@paralog/paralog";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import { runBatch, writeAfterBatch } from "../../../src/logging/files/write_batch.ts";
import { linesOfFile, withFolder } from "../../support/log_folder.ts";
import { recordOf } from "../../support/records.ts";

Deno.test("writeAfterBatch() refuses where no batch is running", () => {
  assertEquals(writeAfterBatch("/a", () => {}), false);
});

Deno.test("runBatch() writes once for each file, also when the handling throws", () => {
  const written: string[] = [];
  const write = () => written.push("a");
  assertThrows(() =>
    runBatch(() => {
      for (let i = 0; i < 3; i++) assertEquals(writeAfterBatch("/a", write), true);
      runBatch(() => writeAfterBatch("/a", write));
      assertEquals(written, []);
      throw new Error("stop");
    })
  );
  assertEquals(written, ["a"]);
});

Deno.test("FileHandler writes the records of a batch together, at its end", () =>
  withFolder((folder) => {
    using handler = new FileHandler(`${folder}/app.log`);
    runBatch(() => {
      for (const msg of ["a", "b", "c"]) handler.handle(recordOf(msg));
      assertEquals(linesOfFile(handler.filename), []);
    });
    assertEquals(linesOfFile(handler.filename), ["a", "b", "c"]);
    handler.handle(recordOf("d"));
    assertEquals(linesOfFile(handler.filename), ["a", "b", "c", "d"]);
  }));

Deno.test("FileHandler writes a long batch in parts", () =>
  withFolder((folder) => {
    using handler = new FileHandler(`${folder}/app.log`);
    runBatch(() => {
      for (let i = 0; i < 100; i++) handler.handle(recordOf("x".repeat(1000)));
      assertEquals(linesOfFile(handler.filename).length >= 60, true);
    });
    assertEquals(linesOfFile(handler.filename).length, 100);
  }));

Deno.test("handlers of the same file keep the order of their lines in a batch", () =>
  withFolder((folder) => {
    using first = new FileHandler(`${folder}/app.log`, { formatter: "1 %(message)s" });
    using second = new FileHandler(`${folder}/app.log`, { formatter: "2 %(message)s" });
    runBatch(() => {
      for (const msg of ["a", "b"]) for (const each of [first, second]) each.handle(recordOf(msg));
    });
    assertEquals(linesOfFile(first.filename), ["1 a", "2 a", "1 b", "2 b"]);
  }));

Deno.test("RotatingFileHandler rolls over within a batch", () =>
  withFolder((folder) => {
    using handler = new RotatingFileHandler(`${folder}/app.log`, { maxBytes: 10, backupCount: 3 });
    runBatch(() => ["one", "two", "three"].forEach((msg) => handler.handle(recordOf(msg))));
    assertEquals(linesOfFile(`${folder}/app.log`), ["three"]);
    assertEquals(linesOfFile(`${folder}/app.log.1`), ["one", "two"]);
  }));

Deno.test({
  name: "FileHandler reports a batch that can't be written, and then each record as ever",
  ignore: Deno.build.os !== "linux", // There is no /dev/full elsewhere.
  fn: async () => {
    const stderr = await captureStderr(() => {
      using handler = new FileHandler("/dev/full");
      runBatch(() => ["a", "b"].forEach((msg) => handler.handle(recordOf(msg))));
    });
    assertMatch(stderr, /could not handle a record: .*Cannot write to \/dev\/full/s);
    assertMatch(stderr, /2 records could not be written to \/dev\/full before it was closed/);
  },
});
