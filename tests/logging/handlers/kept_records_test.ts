import { assert, assertEquals } from "@std/assert";
import { KeptRecords } from "../../../src/logging/handlers/kept_records.ts";
import { recordOf } from "../../support/records.ts";

function keepAll(kept: KeptRecords, first: number, last: number): void {
  for (let n = first; n <= last; n++) kept.keep(recordOf(`${n}`, { seq: n }));
}

const messages = (kept: KeptRecords) => kept.takeAll().map(({ msg }) => msg);

Deno.test("KeptRecords keeps the newest in their order, and says how many older ones there were", () => {
  const kept = new KeptRecords(3);
  const notices = (count: number) => count > 0 ? [`${count} earlier records dropped`] : [];
  for (let last = 1; last <= 10; last++) {
    keepAll(kept, 1, last);
    assertEquals(kept.count, last);
    const newest = [last - 2, last - 1, last].filter((n) => n > 0);
    assertEquals(messages(kept), [...notices(last - 3), ...newest.map(String)]);
    assertEquals([kept.count, messages(kept)], [0, []]);
  }
});

Deno.test("KeptRecords keeps only the newest one at a capacity of 1", () => {
  const kept = new KeptRecords(1);
  keepAll(kept, 1, 3);
  assertEquals(messages(kept), ["2 earlier records dropped", "3"]);
});

Deno.test("KeptRecords takes as long for a record when it is full of many as of few", () => {
  // The least of several times: what else the machine does only adds to one.
  const timeOf = (capacity: number) => {
    const kept = new KeptRecords(capacity);
    const record = recordOf("x");
    const keep = (count: number) => {
      const start = performance.now();
      for (let n = 0; n < count; n++) kept.keep(record);
      return performance.now() - start;
    };
    keep(capacity);
    return Math.min(...[1, 2, 3, 4, 5].map(() => keep(10_000)));
  };
  const [few, many] = [timeOf(100), timeOf(200_000)];
  assert(many < 10 + 20 * few, `${many} ms at a capacity of 200,000, ${few} ms at 100`);
});
