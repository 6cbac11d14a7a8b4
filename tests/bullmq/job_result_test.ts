import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  decodeAnswer,
  decodeRefusal,
  encodeAnswer,
  encodeRefusal,
  INLINE_RESULT,
  packAnswer,
  readAnswer,
} from "../../src/bullmq/wire/job_result.ts";
import { type Answer, PROTOCOL, type Refusal } from "../../src/bullmq/wire/messages.ts";
import { packRaw, PayloadTooLongError, payloadToText } from "../../src/bullmq/wire/payload.ts";
import { toTable } from "../../src/bullmq/wire/frame_table.ts";
import { ANSWER, changed } from "./wire_samples.ts";

const LIMIT = { limit: 1_000_000 };

const never = () => Promise.reject(new Error("not to be called"));

const throughRedis = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** An answer that is long and can't be compressed. */
function longAnswer(length: number): Answer {
  const payload = crypto.getRandomValues(new Uint8Array(length));
  return { ...ANSWER, frames: [{ kind: "message", number: 0, payload, buffers: [] }] };
}

Deno.test("decodeAnswer() gives what encodeAnswer() was given", async () => {
  const result = await encodeAnswer(ANSWER, { ...LIMIT, store: never });
  assert("body" in result);
  assertEquals(await decodeAnswer(throughRedis(result), { ...LIMIT, load: never }), ANSWER);
  const least = { ...ANSWER, frames: [], records: 0, last: undefined, isReady: false };
  const other = await encodeAnswer(least, { ...LIMIT, store: never });
  assertEquals(await decodeAnswer(other, { ...LIMIT, load: never }), least);
});

Deno.test("encodeAnswer() keeps long answers elsewhere", async () => {
  for (const length of [INLINE_RESULT, 60_000]) {
    const answer = longAnswer(length);
    let kept: Uint8Array | undefined;
    const store = (bytes: Uint8Array) => Promise.resolve(kept = bytes);
    const result = await encodeAnswer(answer, { ...LIMIT, store });
    assertEquals(result, { protocol: PROTOCOL, bytes: kept!.length });
    const load = () => Promise.resolve(kept);
    assertEquals(await decodeAnswer(throughRedis(result), { ...LIMIT, load }), answer);
  }
});

Deno.test("encodeAnswer() puts no longer text into the job than INLINE_RESULT", async () => {
  for (let length = 5900; length < 6200; length++) {
    let isKept = false;
    const store = () => Promise.resolve(isKept = true);
    const result = await encodeAnswer(longAnswer(length), { ...LIMIT, store });
    assertEquals(isKept, !("body" in result));
    if ("body" in result) assert(result.body.length <= INLINE_RESULT);
  }
});

Deno.test("decodeAnswer() gives nothing when a long answer is gone", async () => {
  const result = { protocol: PROTOCOL, bytes: 10_000 };
  for (const gone of [null, undefined]) {
    const load = () => Promise.resolve(gone);
    assertEquals(await decodeAnswer(result, { ...LIMIT, load }), undefined);
  }
});

Deno.test("answers over the limit are refused on both sides", async () => {
  const answer = longAnswer(5000);
  const options = { limit: 2000, store: never, load: never };
  await assertRejects(() => encodeAnswer(answer, options), PayloadTooLongError, "limit is 2000");
  await assertRejects(
    () => decodeAnswer({ protocol: PROTOCOL, bytes: 5000 }, options),
    PayloadTooLongError,
  );
  const body = payloadToText(packAnswer(answer));
  await assertRejects(
    () => decodeAnswer({ protocol: PROTOCOL, body }, options),
    PayloadTooLongError,
  );
});

Deno.test("readAnswer() gives how a process came to its end", () => {
  const ends: Answer["end"][] = [{ kind: "exit", code: 3 }, { kind: "signal", signal: "SIGKILL" }];
  for (const end of ends) {
    assertEquals((readAnswer(packAnswer({ ...ANSWER, end }), LIMIT)).end, end);
  }
  const error = Object.assign(new RangeError("no memory"), { code: 5, fn: () => {} });
  const packed = packAnswer({ ...ANSWER, end: { kind: "error", error } });
  const { end } = readAnswer(packed, LIMIT);
  assert(end?.kind === "error");
  assertInstanceOf(end.error, RangeError);
  assertEquals(end.error.message, "no memory");
  assertEquals(Reflect.get(end.error, "code"), 5);
});

Deno.test("decodeAnswer() refuses what is no result, and says why", async () => {
  const cases: [unknown, string][] = [
    [null, "it is null"],
    ["done", 'it is "done"'],
    [{}, "protocol is undefined"],
    [{ protocol: PROTOCOL }, "it has neither body nor bytes"],
    [{ protocol: PROTOCOL + 1, body: "" }, `protocol is ${PROTOCOL + 1}`],
    [{ protocol: PROTOCOL, body: 5 }, "body is 5"],
    [{ protocol: PROTOCOL, body: "%" }, "no base64"],
    [{ protocol: PROTOCOL, body: "aGVsbG8=" }, "Cannot read bytes as a value"],
    [{ protocol: PROTOCOL, bytes: -1 }, "bytes is -1"],
  ];
  for (const [result, reason] of cases) {
    await assertRejects(
      () => decodeAnswer(result, { ...LIMIT, load: never }),
      TypeError,
      reason,
    );
  }
});

Deno.test("readAnswer() looks at every field, and names it", () => {
  const { frames: _, ...rest } = ANSWER;
  const sent = { ...rest, ...toTable(ANSWER) };
  const cases: [path: string, field: unknown, reason: string][] = [
    ["delivery", 5, "delivery is 5"],
    ["worker", undefined, "worker is undefined"],
    ["outputs", 1.5, "outputs is 1.5"],
    ["records", -1, "records is -1"],
    ["last", "x", 'last is "x"'],
    ["last", "1-2\n", "last is"],
    ["isReady", 1, "isReady is 1"],
    ["end", { kind: "gone" }, 'end.kind is "gone"'],
    ["end", { kind: "exit", code: "1" }, "end.code is"],
    ["end", { kind: "signal" }, "end.signal is undefined"],
    ["end", { kind: "error", error: {} }, "end.error.kind is undefined"],
    ["end", { kind: "error", error: { kind: "error" } }, "end.error.error is undefined"],
    ["heads", [1, 2, 3, 4], "heads is [ 1, 2, 3, 4 ]"],
    ["heads", new Uint32Array(5), "heads is Uint32Array(5)"],
    ["heads", new Uint32Array(4), "heads tells of 0 bytes and 0 buffers"],
    ["heads", new Uint32Array([5, 0, 0, 0]), "heads has a frame of kind 5"],
    ["heads.2", 4_000_000_000, "heads tells of"],
    ["heads.3", 4_000_000_000, "heads tells of"],
    ["payloads", new ArrayBuffer(3), "payloads is ArrayBuffer"],
    ["payloads", new Uint8Array(), "heads tells of"],
    ["buffers", [], "heads tells of"],
    ["buffers", [1], "buffers[0] is 1"],
  ];
  for (const [path, field, reason] of cases) {
    const bytes = packRaw(changed(sent, path, field));
    const error = assertThrows(() => readAnswer(bytes, LIMIT), TypeError, reason);
    assert(error.message.startsWith("Cannot read the result of a job: "), error.message);
  }
});

Deno.test("readAnswer() makes an error of whatever an end holds", () => {
  const { frames: _, ...rest } = ANSWER;
  const error: Record<string, unknown> = { className: "E", name: "E", base: "E", message: "m" };
  error.cause = { kind: "error", error };
  error.errors = 5;
  const end = { kind: "error", error: { kind: "error", error } };
  const bytes = packRaw({ ...rest, ...toTable(ANSWER), end });
  const answer = readAnswer(bytes, LIMIT);
  assert(answer.end?.kind === "error");
  assertInstanceOf(answer.end.error, Error);
});

Deno.test("decodeRefusal() gives what encodeRefusal() was given", () => {
  const refusal: Refusal = { kind: "refused", message: 'no "x"\nż', agent: "a-1" };
  assertEquals(decodeRefusal(encodeRefusal(refusal)), refusal);
});

Deno.test("decodeRefusal() leaves BullMQ's own reasons alone", () => {
  const reasons = [
    "job stalled more than allowable limit",
    "",
    "paralog refused ",
    "paralog refused {}",
    'paralog refused {"kind":"refused","message":5,"agent":"a"}',
    "paralog refused null",
    undefined,
    null,
  ];
  for (const reason of reasons) assertEquals(decodeRefusal(reason), undefined);
});
