import { assertEquals, assertThrows } from "@std/assert";
import { serializeThrown } from "../../src/logging/errors.ts";
import {
  decodeControl,
  decodeLevels,
  decodeStop,
  encodeControl,
} from "../../src/bullmq/wire/control.ts";
import type { Control } from "../../src/bullmq/wire/messages.ts";
import { packRaw } from "../../src/bullmq/wire/payload.ts";

const reason = serializeThrown(
  new DOMException("enough", "AbortError"),
);

const MESSAGES: readonly Control[] = [
  { type: "cancel", jobs: ["r-1.0.1"], reason },
  { type: "cancel", jobs: ["r-1.0.1"], reason: { kind: "value", value: { n: 1n } } },
  { type: "cancel", jobs: ["r-1.0.1"], reason: { kind: "value", value: undefined } },
  { type: "kill", jobs: ["r-1.0.1"] },
  { type: "levels", run: "r-1", levels: new Map([["root", 20], ["a.b", 10]]) },
  { type: "leave", site: "site-1" },
];

Deno.test("decodeControl() gives what encodeControl() was given", () => {
  for (const message of MESSAGES) assertEquals(decodeControl(encodeControl(message)), message);
});

Deno.test("decodeStop() and decodeLevels() take what is theirs", () => {
  const stops = MESSAGES.map((message) => decodeStop(encodeControl(message))?.type);
  assertEquals(stops, ["cancel", "cancel", "cancel", "kill", undefined, undefined]);
  const levels = MESSAGES.map((message) => decodeLevels(encodeControl(message))?.size);
  assertEquals(levels, [undefined, undefined, undefined, undefined, 2, undefined]);
  for (const nothing of [null, undefined]) {
    assertEquals(decodeStop(nothing), undefined);
    assertEquals(decodeLevels(nothing), undefined);
    assertEquals(decodeControl(nothing), undefined);
  }
});

Deno.test("decodeControl() leaves out what is not known", () => {
  const message = decodeControl(packRaw({ type: "kill", jobs: ["a"], more: 1 }));
  assertEquals(message, { type: "kill", jobs: ["a"] });
});

Deno.test("decodeControl() gives nothing for what it does not understand", () => {
  const values = [
    undefined,
    null,
    "kill",
    [],
    {},
    { type: "stop", job: "a" },
    { type: "toString" },
    { type: "kill" },
    { type: "kill", jobs: [5] },
    { type: "cancel", jobs: ["a"] },
    { type: "cancel", jobs: ["a"], reason: {} },
    { type: "cancel", jobs: ["a"], reason: { kind: "error", error: { message: "m" } } },
    { type: "levels", run: "r", levels: { root: 20 } },
    { type: "levels", run: "r:1", levels: new Map() },
    { type: "leave", site: "" },
  ];
  for (const value of values) assertEquals(decodeControl(packRaw(value)), undefined);
  for (const text of ["", "hello", "\u0000hello", "\u0001hello"]) {
    assertEquals(decodeControl(new TextEncoder().encode(text)), undefined);
  }
  assertEquals(decodeControl(new Uint8Array(20 * 1024 * 1024)), undefined);
});

Deno.test("encodeControl() throws when the reason can't be written", () => {
  const value = { kind: "value", value: () => {} } as const;
  assertThrows(() => encodeControl({ type: "cancel", jobs: ["a"], reason: value }), Error);
});
