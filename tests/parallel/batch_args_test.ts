import { assert, assertEquals, assertThrows } from "@std/assert";
import { delayed } from "@paralog/paralog";
import { BatchArgs } from "../../src/parallel/values/batch_args.ts";
import { checkTransfer } from "../../src/parallel/values/transfer.ts";
import { decodeClone, encodeClone, takeBuffers } from "../../src/relay/clone_bytes.ts";

const crawl = delayed(function crawl(...args: unknown[]) {
  return args;
});

const BIG = 1_000_000;

/** What the calls of a batch get, if they are sent in one message. */
function arrived(lists: readonly unknown[][], to: "thread" | "process"): unknown[][] {
  const batch = new BatchArgs({ plan: undefined, to, size: lists.length });
  const message = lists.map((args) => batch.prepare(crawl(...args)));
  const { transfer, buffers } = batch;
  const received = to === "thread"
    ? structuredClone(message, { transfer })
    : decodeClone(encodeClone(message, buffers), takeBuffers(buffers, transfer));
  return received as unknown[][]; // It has the shape of what was sent.
}

for (const to of ["thread", "process"] as const) {
  Deno.test(`prepare() gives each call copies of its own, to a ${to}`, () => {
    const bytes = new Uint8Array(BIG);
    const shared: unknown[] = [
      [1],
      { a: { b: 1 } },
      new Map(),
      new Set(),
      new Date(0),
      new RangeError("e"),
      bytes,
      bytes.subarray(1),
      new Uint8Array(8),
      new ArrayBuffer(8),
    ];
    for (const value of shared) {
      const lists = [[value], [{ deep: [value] }], [1, value], [2]];
      const copies = arrived(lists, to);
      assertEquals(copies, lists);
      const [first, second, third] = [
        copies[0]?.[0],
        (copies[1]?.[0] as { deep: unknown[] }).deep[0],
        copies[2]?.[1],
      ];
      assert(first !== second && second !== third && first !== third);
    }
    const [one, two] = arrived([[bytes], [bytes.subarray(5)]], to) as [[Uint8Array], [Uint8Array]];
    one[0].fill(7);
    assertEquals([two[0][0], bytes[0]], [0, 0]);
  });

  Deno.test(`prepare() keeps what one call has twice, to a ${to}`, () => {
    const list = [1];
    const copies = arrived([[list, { list }], [list, list]], to);
    for (const [first, second] of copies) {
      assert(first === (Array.isArray(second) ? second : (second as { list: unknown }).list));
    }
  });
}

Deno.test("prepare() leaves shared memory to all calls, and costs no clone for it", () => {
  const memory = new Int32Array(new SharedArrayBuffer(4));
  const batch = new BatchArgs({ plan: undefined, to: "thread", size: 2 });
  const args = [crawl(memory), crawl(memory)].map((call) => batch.prepare(call));
  assert(args.every(([value]) => value === memory));
});

Deno.test("prepare() refuses a call, and goes on with the others", () => {
  const bytes = new Uint8Array(8);
  const plan = checkTransfer(true);
  const batch = new BatchArgs({ plan, to: "thread", size: 3 });
  assertEquals(batch.prepare(crawl(bytes))[0], new Uint8Array(8));
  assertThrows(
    () => batch.prepare(crawl(bytes)),
    TypeError,
    "args[0] is a Uint8Array whose memory",
  );
  assertEquals(batch.prepare(crawl({ a: 1 })), [{ a: 1 }]);
  assertEquals([batch.transfer.length, batch.buffers], [1, []]);
});
