import { assertEquals, assertThrows } from "@std/assert";
import { type Filter, Filterer, PrefixFilter } from "@paralog/paralog/logging";
import { recordOf } from "../support/records.ts";

const RECORD = recordOf("ready", {
  name: "app",
  level: 20,
  levelName: "INFO",
  time: 0,
  process: 1,
});

Deno.test("Filterer runs functions and objects, each on what the one before let pass", () => {
  const filterer = new Filterer();
  filterer.addFilter(new PrefixFilter("a "));
  filterer.addFilter((record) => record.msg.startsWith("a "));
  filterer.addFilter({ filter: (record) => ({ ...record, extra: { seen: true } }) });
  assertEquals(filterer.filter(RECORD), { ...RECORD, msg: "a ready", extra: { seen: true } });
  filterer.addFilter(() => false);
  assertEquals(filterer.filter(RECORD), undefined);
  assertEquals(RECORD.msg, "ready");
});

Deno.test("Filterer adds a filter once, removes it, and takes a whole list", () => {
  const filterer = new Filterer();
  const prefix = new PrefixFilter("a ");
  filterer.addFilter(prefix);
  filterer.addFilter(prefix);
  assertEquals(filterer.filter(RECORD)?.msg, "a ready");
  filterer.removeFilter(prefix);
  filterer.removeFilter(prefix);
  assertEquals(filterer.filter(RECORD), RECORD);
  filterer.filters = [new PrefixFilter("1 "), new PrefixFilter("2 ")];
  assertEquals(filterer.filter(RECORD)?.msg, "2 1 ready");
});

Deno.test("addFilter() refuses what is no filter", () => {
  for (const filter of [undefined, "name", {}, { filter: true }]) {
    assertThrows(() => new Filterer().addFilter(filter as Filter), TypeError, "as a filter");
  }
});

Deno.test("Filterer lets pass what is true, as Python does, and refuses to wait", () => {
  const filterer = new Filterer();
  for (const result of ["user", 1, {}, ["a"], { msg: "no record" }]) {
    filterer.filters = [(() => result) as unknown as Filter];
    assertEquals(filterer.filter(RECORD), RECORD);
  }
  for (const result of [undefined, null, 0, ""]) {
    filterer.filters = [(() => result) as unknown as Filter];
    assertEquals(filterer.filter(RECORD), undefined);
  }
  filterer.filters = [(() => Promise.resolve(true)) as unknown as Filter];
  assertThrows(() => filterer.filter(RECORD), TypeError, "make it synchronous");
});
