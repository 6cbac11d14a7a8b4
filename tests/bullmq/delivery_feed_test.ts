import { assertEquals } from "@std/assert";
// deno-lint-ignore no-import-prefix -- pinned, for these tests alone
import fc from "npm:fast-check@4.10.2";
import { DeliveryFeed } from "../../src/bullmq/caller/delivery_feed.ts";
import type { Answer, FrameList, SentFrame } from "../../src/bullmq/wire/messages.ts";

type Kind = SentFrame["kind"];

/** A feed that notes what it hands on, as "kind number". */
function noted(): { feed: DeliveryFeed; seen: string[] } {
  const seen: string[] = [];
  const feed = new DeliveryFeed({
    onDelivery: (worker) => seen.push(`on ${worker}`),
    onFrame: ({ kind, number }) => seen.push(`${kind} ${number}`),
    onLost: (kind, count) => seen.push(`${count} ${kind} lost`),
  });
  return { feed, seen };
}

function frames(...texts: string[]): SentFrame[] {
  return texts.map((text) => {
    const [kind, number] = text.split(" ");
    return { kind: kind as Kind, number: Number(number), payload: new Uint8Array(), buffers: [] };
  });
}

function list(delivery: string, ...texts: string[]): FrameList {
  return { delivery, worker: `worker of ${delivery}`, frames: frames(...texts) };
}

function answer(of: FrameList, rest: Partial<Answer> = {}): Answer {
  return {
    ...of,
    records: 0,
    outputs: 0,
    last: undefined,
    end: undefined,
    isReady: true,
    ...rest,
  };
}

Deno.test("frames are handed on once, those of the stream and those of the answer", () => {
  const { feed, seen } = noted();
  feed.take(list("a", "message 0", "record 0"));
  feed.take(list("a", "message 0", "record 0"));
  feed.take(list("a", "stdout 0", "message 1"));
  feed.finish(answer(list("a", "message 0", "message 1", "record 1", "message 2"), {
    records: 2,
    outputs: 1,
  }));
  assertEquals(seen, [
    "on worker of a",
    ...["message 0", "record 0", "stdout 0", "message 1", "record 1", "message 2"],
  ]);
});

Deno.test("where the stream was cut, the answer brings the messages, and records are counted", () => {
  const { feed, seen } = noted();
  feed.take(list("a", "message 0", "record 0", "stderr 0"));
  feed.take(list("a", "record 4", "message 3", "stderr 2")); // What was between them was cut.
  feed.finish(answer(
    list("a", "message 0", "message 1", "counts 2", "message 3", "message 4", "record 5"),
    { records: 6, outputs: 3 },
  ));
  assertEquals(seen, [
    "on worker of a",
    ...["message 0", "record 0", "stderr 0", "record 4", "stderr 2"],
    ...["message 1", "counts 2", "message 3", "message 4", "record 5"],
    ...["3 records lost", "1 outputs lost"],
  ]);
});

Deno.test("another delivery begins anew, and the one before is not heard any more", () => {
  const { feed, seen } = noted();
  feed.take(list("a", "message 0", "record 0"));
  feed.take(list("b", "message 0"));
  feed.take(list("a", "message 1", "record 1"));
  feed.finish(answer(list("b", "message 0", "message 1"), { records: 0 }));
  assertEquals(seen, [
    ...["on worker of a", "message 0", "record 0"],
    ...["on worker of b", "message 0", "message 1"],
  ]);
});

Deno.test("what a process says after the answer is heard; what another agent says is not", () => {
  const { feed, seen } = noted();
  feed.finish(answer(list("a", "message 0"), { records: 0 }));
  feed.take(list("a", "record 0", "message 1"));
  feed.take(list("b", "message 0"));
  assertEquals(seen, ["on worker of a", "message 0", "record 0", "message 1"]);
});

Deno.test("whatever is cut, messages come whole and in order, and no record twice", () => {
  const kinds = fc.array(fc.constantFrom<Kind>("record", "message", "stdout"), { maxLength: 40 });
  fc.assert(fc.property(
    kinds,
    fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    (all, isCut) => {
      const numbers = { record: 0, message: 0, stdout: 0 } as Record<string, number>;
      const sent = all.flatMap((kind) => frames(`${kind} ${numbers[kind]!++}`));
      const { feed, seen } = noted();
      const base = list("a");
      for (const [at, frame] of sent.entries()) {
        if (!isCut[at]) feed.take({ ...base, frames: [frame] });
      }
      const messages = sent.filter(({ kind }) => kind === "message");
      feed.finish(answer({ ...base, frames: messages }, {
        records: numbers.record,
        outputs: numbers.stdout,
      }));
      const of = (kind: string) => seen.filter((text) => text.startsWith(`${kind} `));
      assertEquals(of("message"), messages.map(({ number }) => `message ${number}`));
      for (const kind of ["record", "stdout"]) {
        const came = sent.filter((frame, at) => frame.kind === kind && !isCut[at]);
        assertEquals(of(kind), came.map(({ number }) => `${kind} ${number}`));
      }
      const cut = sent.filter(({ kind }, at) => kind === "record" && isCut[at]).length;
      assertEquals(seen.includes(`${cut} records lost`), cut > 0);
    },
  ));
});
