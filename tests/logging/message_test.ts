import { assertEquals } from "@std/assert";
import { Beside, formatMessage } from "../../src/logging/message.ts";

function text(message: unknown, ...rest: unknown[]): string {
  return formatMessage(message, rest).msg;
}

Deno.test("formatMessage() writes arguments by Python's rules", () => {
  assertEquals(text("took %d ms for %s", 12.7, "import"), "took 12 ms for import");
  assertEquals(text("%(a)s and %(b)03d", { a: "x", b: 7 }), "x and 007");
  assertEquals(text("%*d|%-*s|", 4, 7, 3, "a"), "   7|a  |");
  assertEquals(text("%.*f", 2, 1.005), "1.00");
  assertEquals(text("100%% of %s", "it"), "100% of it");
});

Deno.test("formatMessage() leaves a message without arguments as it is", () => {
  assertEquals(text("100% done %s %%"), "100% done %s %%");
});

Deno.test("formatMessage() takes fields and an error from behind the arguments", () => {
  const message = formatMessage("job %d", [7, { jobId: 7 }, new RangeError("far")]);
  assertEquals([message.msg, message.args, message.extra], ["job 7", [7], { jobId: 7 }]);
  assertEquals(message.error?.className, "RangeError");
  const swapped = formatMessage("job", [new RangeError("far"), { jobId: 7 }]);
  assertEquals([swapped.extra, swapped.error?.message], [{ jobId: 7 }, "far"]);
});

Deno.test("formatMessage() keeps what looks like a conversion when only fields follow", () => {
  const message = formatMessage("100% done", [{ jobId: 7 }]);
  assertEquals([message.msg, message.extra], ["100% done", { jobId: 7 }]);
});

Deno.test("formatMessage() shows arguments that do not fit behind the message", () => {
  assertEquals(text("took %d ms", "long"), "took %d ms long");
  assertEquals(text("%s and %s", 1), "%s and %s 1");
  assertEquals(text("done", 1, [2]), "done 1 [ 2 ]");
  assertEquals(text("done", undefined), "done");
});

Deno.test("formatMessage() takes an error or any value as the message", () => {
  const message = formatMessage(new RangeError("far"), []);
  assertEquals([message.msg, message.error?.className], ["RangeError: far", "RangeError"]);
  assertEquals(text({ a: 1 }), "{ a: 1 }");
  assertEquals(text(null), "null");
});

Deno.test("formatMessage() survives values that can't be shown", () => {
  const hostile = {
    get [Symbol.for("Deno.customInspect")](): never {
      throw new Error("no");
    },
  };
  assertEquals(text("%s", new Proxy(hostile, {})).length > 0, true);
});

Deno.test("formatMessage() takes nothing for an argument that is said to stand beside the message", () => {
  const beside = new Beside({ extra: { user: "bob" }, error: new Error("boom") });
  for (const message of ["GET /%s", "100% sure", "%(user)s", "%d"]) {
    const made = formatMessage(message, [beside]);
    assertEquals([made.msg, made.extra, made.error?.message, made.args], [
      message,
      { user: "bob" },
      "boom",
      [],
    ]);
  }
  const behind = formatMessage("failed", [beside, { via: "my" }]);
  assertEquals([behind.msg, behind.extra], ["failed", { via: "my", user: "bob" }]);
  const made = formatMessage("%s of %s", ["a", { b: 1 }, { own: 1 }, beside]);
  assertEquals([made.msg, made.extra], ["a of { b: 1 }", { own: 1, user: "bob" }]);
});

Deno.test("formatMessage() leaves a percent sign before a word alone when only fields follow", () => {
  const made = formatMessage("100% sure", [{ jobId: 7 }]);
  assertEquals([made.msg, made.extra], ["100% sure", { jobId: 7 }]);
  assertEquals(formatMessage("100% sure", [new Error("no")]).error?.message, "no");
  assertEquals(text("%s and %j", { a: 1 }, { b: 2 }), '{ a: 1 } and {"b":2}');
});

Deno.test("formatMessage() copies the fields, as Python does", () => {
  const job = { state: "running" };
  const { extra } = formatMessage("job", [job]);
  job.state = "done";
  assertEquals(extra, { state: "running" });
});

Deno.test("formatMessage() keeps what was logged as a message and is no text", () => {
  const value = { user: "u", password: "hunter2" };
  assertEquals(formatMessage(value, []).args, [value]);
  assertEquals(formatMessage(value, [{ id: 1 }]).args, [value]);
  assertEquals(formatMessage("text", []).args, []);
});
