import { assert, assertEquals } from "@std/assert";
// deno-lint-ignore no-import-prefix -- pinned, for the tests of the ring alone
import fc from "npm:fast-check@4.10.2";
import { COMMITTED, CONSUMED, isBefore } from "../../src/relay/ring.ts";
import { RingReader } from "../../src/relay/ring_reader.ts";
import { RingWriter } from "../../src/relay/ring_writer.ts";
import { merge, MergedRing } from "./ring_merge.ts";
import { ringMemory, ringPair, takeAll } from "./ring_pair.ts";

/** A 32-bit number, as a signed one, often one near which it starts again. */
const word = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.integer({ min: -40, max: 0 }),
  fc.integer({ min: 2 ** 31 - 40, max: 2 ** 31 - 1 }),
);

const position = word.map((value) => value & ~3);

/** A text of up to so many units: of all characters, or of one that is repeated. */
function textUpTo(maxLength: number): fc.Arbitrary<string> {
  const repeated = fc.tuple(fc.constantFrom("x", "\0", "é", "€", "💡"), fc.nat(maxLength));
  return fc.oneof(
    fc.string({ unit: "binary", maxLength, size: "max" }),
    repeated.map(([unit, count]) => unit.repeat(count)),
  );
}

/** How many bytes a frame with a text takes. */
function frameOf(text: string): number {
  return 8 + Math.ceil(new TextEncoder().encode(text).length / 4) * 4;
}

type Step = { kind: "write"; text: string } | { kind: "refresh" | "take" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("write"), text: textUpTo(80) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("refresh") }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("take") }) },
);

Deno.test("RingWriter and RingReader act as a list that holds so many bytes", () => {
  fc.assert(
    fc.property(
      fc.record({ bytes: fc.constantFrom(16, 32, 64, 128, 256), position, sequence: word }),
      fc.array(step, { maxLength: 200, size: "max" }),
      (start, steps) => {
        const { words, counter, writer, reader } = ringPair(start);
        const list: [seq: number, text: string][] = [];
        let visible = 0;
        for (const action of steps) {
          if (action.kind === "write") {
            const { text } = action;
            const expected = expectedOutcome(words, start.bytes, frameOf(text));
            assertEquals(writer.write(text), expected);
            if (expected === "written") list.push([counter[0]! >>> 0, text]);
          } else if (action.kind === "refresh") {
            reader.refresh();
            visible = list.length;
          } else if (visible > 0) {
            visible--;
            assertEquals([reader.front, reader.take()], list.shift());
          }
          if (visible === 0) assertEquals(reader.front, undefined);
        }
        assertEquals(takeAll(reader), list);
        assertEquals(words[CONSUMED], words[COMMITTED], "nothing is left over");
      },
    ),
    { numRuns: 1000 },
  );
});

/** What must become of a frame of a length: whether there is room, from the two positions alone. */
function expectedOutcome(words: Int32Array, size: number, frame: number) {
  if (frame > size) return "tooBig";
  const used = (words[COMMITTED]! - words[CONSUMED]!) | 0;
  const rest = size - (words[COMMITTED]! & (size - 1));
  const unused = frame > rest ? rest : 0; // A frame is not split over the end of the data area.
  return used + unused + frame <= size ? "written" : "full";
}

Deno.test("RingWriter.write() and RingReader.take() keep a text whole at each place of each ring", () => {
  const bytes = 32;
  const texts = (length: number) => "abcdefghijklmnopqrstuvwxyz".slice(0, length);
  for (let position = 0; position < bytes; position += 4) {
    for (let first = 0; first <= 24; first++) {
      for (let second = 0; second <= 24; second++) {
        const { writer, reader } = ringPair({ bytes, position, sequence: -1 });
        const taken: [number, string][] = [];
        for (const text of [texts(first), texts(second)]) {
          let tries = 0;
          // Once for the room of the record before, once for the end of the data area.
          while (writer.write(text) !== "written") {
            assert(++tries <= 2, `no room for ${text} at ${position} after ${texts(first)}`);
            taken.push(...takeAll(reader));
          }
        }
        taken.push(...takeAll(reader));
        assertEquals(taken, [[0, texts(first)], [1, texts(second)]]);
      }
    }
  }
});

Deno.test("RingWriter.write() needs one look of the reader at most when all was taken", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(16, 64, 1024),
      position,
      fc.array(textUpTo(1024), { maxLength: 20, size: "max" }),
      (bytes, position, texts) => {
        const { writer, reader } = ringPair({ bytes, position });
        for (const text of texts) {
          if (frameOf(text) > bytes) {
            assertEquals(writer.write(text), "tooBig");
            continue;
          }
          if (writer.write(text) === "full") {
            assertEquals(takeAll(reader), []);
            assertEquals(writer.write(text), "written");
          }
          assertEquals(takeAll(reader).map((record) => record[1]), [text]);
        }
      },
    ),
    { numRuns: 500 },
  );
});

/** What the threads of a program do in some order: `nested` happens while a record is sent outside. */
type Act =
  | { kind: "write"; writer: number; text: string }
  | { kind: "outside"; writer: number; nested: Act[] }
  | { kind: "merge"; most: number };

const { act } = fc.letrec<{ act: Act }>((tie) => ({
  act: fc.oneof(
    { depthSize: "small" },
    fc.record({ kind: fc.constant("write"), writer: fc.nat(2), text: textUpTo(20) }),
    fc.record({ kind: fc.constant("merge"), most: fc.integer({ min: 1, max: 8 }) }),
    fc.record({
      kind: fc.constant("outside"),
      writer: fc.nat(2),
      nested: fc.array(tie("act"), { maxLength: 5 }),
    }),
  ),
}));

Deno.test("rings that are merged give each number once and in order, whatever happens in between", () => {
  fc.assert(
    fc.property(
      word,
      position,
      fc.array(act, { maxLength: 60, size: "max" }),
      (sequence, position, acts) => {
        const counter = new Int32Array(new SharedArrayBuffer(4)).fill(sequence);
        const expected = new Map<number, string>();
        const handled: [number, string][] = [];
        const writers = [0, 1, 2].map(() => {
          const memory = ringMemory(64, position);
          const outside: [number, string][] = [];
          const ring = new MergedRing(new RingReader(memory), () => outside.shift());
          return {
            ring,
            outside,
            writer: new RingWriter(memory, counter.buffer),
            isSending: false,
          };
        });
        const mergeSome = (most?: number) =>
          merge(counter, writers.map(({ ring }) => ring), (...it) => handled.push(it), most);
        const perform = (acts: readonly Act[]) => {
          for (const act of acts) {
            if (act.kind === "merge") {
              mergeSome(act.most);
              continue;
            }
            const own = writers[act.writer]!;
            if (own.isSending) continue; // Its thread is busy.
            if (act.kind === "write") {
              if (own.writer.write(act.text) === "written") {
                expected.set(
                  counter[0]! >>> 0,
                  act.text,
                );
              }
              continue;
            }
            own.isSending = true;
            own.writer.sendOutside((seq) => {
              expected.set(seq, `outside ${seq}`);
              perform(act.nested);
              assert(
                handled.every((record) => isBefore(record[0], seq)),
                "it waits for the record",
              );
              own.outside.push([seq, `outside ${seq}`]);
            });
            own.isSending = false;
          }
        };
        perform(acts);
        mergeSome();
        const numbers = Array.from({ length: expected.size }, (_, i) => (sequence + 1 + i) >>> 0);
        assertEquals(handled, numbers.map((seq) => [seq, expected.get(seq)]));
      },
    ),
    { numRuns: 1000 },
  );
});
