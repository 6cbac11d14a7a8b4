import { assertEquals, assertThrows } from "@std/assert";
import { decodeRecord } from "../../src/logging/codec/record_codec.ts";
import { TallyCounter } from "../../src/logging/outcome.ts";
import { decodeClone, encodeClone } from "../../src/relay/clone_bytes.ts";
import { PipeReader } from "../../src/relay/pipe_reader.ts";
import { passOnCounts, PipeSink } from "../../src/relay/pipe_sink.ts";
import { PipeWriter } from "../../src/relay/pipe_writer.ts";
import { recordOf } from "../support/records.ts";

/** A sink, and what comes out at the other end of its pipe. */
class Loop {
  readonly seen: unknown[] = [];
  readonly tally = new TallyCounter();
  readonly sink: PipeSink;
  isBroken = false;
  readonly #reader = new PipeReader();

  constructor() {
    this.sink = new PipeSink(new PipeWriter(this), 10_000);
  }

  writeSync(bytes: Uint8Array): number {
    if (this.isBroken) throw new Deno.errors.BrokenPipe();
    for (const { kind, payload } of this.#reader.read(bytes.slice())) {
      if (kind === "record") this.seen.push(decodeRecord(new TextDecoder().decode(payload)).msg);
      else if (kind === "message") this.seen.push(decodeClone(payload));
      else this.#count(payload);
    }
    return bytes.length;
  }

  #count(payload: Uint8Array): void {
    passOnCounts(payload, this.tally);
    const { written, filtered, dropped } = this.tally;
    this.seen.push({ written, filtered, dropped });
  }
}

Deno.test("send() and post() write records and messages in their order", () => {
  const { sink, seen } = new Loop();
  assertEquals(sink.send(recordOf("a")), "relayed");
  assertEquals(sink.post(encodeClone({ type: "x", list: new Set([1]) })), true);
  assertEquals(sink.send(recordOf("b")), "relayed");
  assertEquals(seen, ["a", { type: "x", list: new Set([1]) }, "b"]);
});

Deno.test("send() cuts a record that is too long", () => {
  const { sink, seen } = new Loop();
  assertEquals(sink.send(recordOf("x".repeat(50_000))), "relayed");
  assertEquals(String(seen[0]).length < 10_000, true);
});

Deno.test("count() is told with the next message, and when the task yields", async () => {
  const { sink, seen } = new Loop();
  for (const outcome of ["written", "filtered", "relayed", "written"] as const) sink.count(outcome);
  assertEquals(seen, []);
  sink.post('"done"');
  assertEquals(seen, [{ written: 2, filtered: 1, dropped: 0 }, "done"]);
  sink.count("dropped");
  await new Promise((resolve) => setTimeout(resolve, 0));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(seen.at(-1), { written: 2, filtered: 1, dropped: 1 });
});

Deno.test("count() is told at once in long loops, and at the end of the process", () => {
  const { sink, seen, tally } = new Loop();
  for (let n = 0; n < 1050; n++) sink.count("written");
  assertEquals(tally.written, 1000);
  sink.end();
  assertEquals(tally.written, 1050);
  sink.count("filtered");
  assertEquals(seen.at(-1), { written: 1050, filtered: 1, dropped: 0 });
});

Deno.test("send() and post() say that the caller is gone, and throw nothing", () => {
  const loop = new Loop();
  loop.isBroken = true;
  assertEquals(loop.sink.send(recordOf("lost")), "dropped");
  assertEquals(loop.sink.post("lost"), false);
  loop.sink.count("written");
  loop.sink.end();
});

Deno.test("passOnCounts() takes counts of any height at once, and nothing else", () => {
  const tally = new TallyCounter();
  passOnCounts(new Uint8Array(12).fill(255), tally);
  const most = 2 ** 32 - 1;
  assertEquals([tally.written, tally.filtered, tally.dropped], [most, most, most]);
  for (const length of [0, 11, 13]) {
    assertThrows(
      () => passOnCounts(new Uint8Array(length), tally),
      TypeError,
      `Cannot read counts of ${length} bytes: 12 are needed`,
    );
  }
  assertEquals(tally.emitted, 3 * most);
});
