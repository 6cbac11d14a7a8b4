import { assertEquals } from "@std/assert";
import { LastRecords } from "../../src/parallel/tasks/last_records.ts";
import { recordOf } from "../support/records.ts";

/** Records with these messages, of one call. */
function add(last: LastRecords, run: string, taskIndex: number, ...messages: string[]): void {
  for (const msg of messages) last.add(recordOf(msg, { run, taskIndex }));
}

Deno.test("LastRecords.of() gives the records of a call, the newest one last", () => {
  const last = new LastRecords();
  assertEquals(last.of("1", 0), []);
  add(last, "1", 0, "a");
  add(last, "1", 1, "other call");
  add(last, "2", 0, "other run");
  add(last, "1", 0, "b", "c");
  last.add(recordOf("of no task"));
  assertEquals(last.of("1", 0).map(({ msg }) => msg), ["a", "b", "c"]);
});

Deno.test("LastRecords.of() gives what calls logged that the call has started", () => {
  const last = new LastRecords();
  add(last, "1", 0, "own");
  add(last, "1.0.1", 7, "inner");
  add(last, "1.0@2.1", 7, "inner of the second attempt");
  add(last, "1.0.1.7.3", 0, "innermost");
  add(last, "1.01.1", 7, "of another call");
  add(last, "1.2.1", 7, "of another call");
  add(last, "11.0.1", 7, "of another run");
  assertEquals(last.of("1", 0).map(({ msg }) => msg), [
    "own",
    "inner",
    "inner of the second attempt",
    "innermost",
  ]);
});

Deno.test("LastRecords keeps ten at most, and none after clear()", () => {
  const last = new LastRecords();
  const messages = Array.from({ length: 23 }, (_, n) => `m${n}`);
  add(last, "1", 0, ...messages);
  assertEquals(last.of("1", 0).map(({ msg }) => msg), messages.slice(-10));
  last.clear();
  assertEquals(last.of("1", 0), []);
  add(last, "1", 0, "new");
  assertEquals(last.of("1", 0).map(({ msg }) => msg), ["new"]);
});
