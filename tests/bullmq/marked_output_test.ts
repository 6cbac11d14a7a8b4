import { assertEquals } from "@std/assert";
// deno-lint-ignore no-import-prefix -- pinned, for these tests alone
import fc from "npm:fast-check@4.10.2";
import { MarkedOutput } from "../../src/bullmq/agent/marked_output.ts";

const MARK = "\0aab\0";

Deno.test("MarkedOutput gives what was printed, and counts marks, however it is cut", () => {
  const piece = fc.oneof(fc.constant(MARK), fc.stringMatching(/^[\0ab]{0,6}$/));
  fc.assert(fc.property(fc.array(piece), fc.array(fc.nat(5)), (pieces, cuts) => {
    const text = pieces.join("");
    const bytes = new TextEncoder().encode(text);
    const output = new MarkedOutput(MARK);
    let seen = "";
    let marks = 0;
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const next = at + 1 + (cuts[turn % (cuts.length || 1)] ?? 0);
      const taken = output.take(bytes.slice(at, next));
      seen += new TextDecoder().decode(taken.bytes);
      marks += taken.marks;
      at = next;
    }
    seen += new TextDecoder().decode(output.rest());
    const parts = text.split(MARK);
    assertEquals([seen, marks], [parts.join(""), parts.length - 1]);
  }));
});
