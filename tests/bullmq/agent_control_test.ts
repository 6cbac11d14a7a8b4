import { Buffer } from "node:buffer";
import { assertEquals } from "@std/assert";
import { delayed } from "@paralog/paralog";
import { serializeThrown } from "../../src/logging/errors.ts";
import { spinForever, waitForAbort } from "../../src/testing/tasks/ends.ts";
import { debugUntilAborted, logLine } from "../../src/testing/tasks/logs.ts";
import { encodeControl } from "../../src/bullmq/wire/control.ts";
import type { Control } from "../../src/bullmq/wire/messages.ts";
import { agentTest, JobsByHand, startAgent, until } from "../support/jobs_by_hand.ts";

const reason = serializeThrown(new RangeError("enough"));

agentTest("a running call is told to end, and those behind it do not start", async ({ url }) => {
  await using _ = await startAgent(url);
  await using jobs = new JobsByHand(url);
  const id = await jobs.add([delayed(waitForAbort)("task"), delayed(logLine)("later")]);
  await jobs.untilTold(id, ({ records }) => records.length === 1);
  await jobs.tell({ type: "cancel", jobs: [id], reason });
  const { records, messages } = await jobs.told(id, await jobs.answer(id));
  assertEquals(records.map(({ msg }) => msg), ["task waits", "task ends: RangeError: enough"]);
  assertEquals(messages.at(-1)?.type, "paralog:cancelled");
});

/** A message with lists within lists, which can be read, but not written again. */
function deepCancel(job: string, depth: number): Buffer {
  const placeholder = "placeholder";
  const value = { kind: "value", value: placeholder } as const;
  const packed = Buffer.from(encodeControl({ type: "cancel", jobs: [job], reason: value }));
  const at = packed.indexOf(placeholder);
  const list = [0x41, 1]; // "A", how long it is
  const end = [0x24, 0, 1]; // "$", no fields, how long it is
  return Buffer.concat([
    packed.subarray(0, at - 2), // before the mark of a text, and its length
    Buffer.from(new Array(depth).fill(list).flat()),
    Buffer.from([0x30]), // null
    Buffer.from(new Array(depth).fill(end).flat()),
    packed.subarray(at + placeholder.length),
  ]);
}

agentTest("a message of anybody does not end the agent", async ({ url }) => {
  await using _ = await startAgent(url);
  await using jobs = new JobsByHand(url);
  const id = await jobs.add([delayed(waitForAbort)("task")]);
  await jobs.untilTold(id, ({ records }) => records.length === 1);
  for (const bytes of [deepCancel(id, 5500), Buffer.from("\0{}"), Buffer.from("hello")]) {
    await jobs.client.publish(jobs.keys.control, bytes);
  }
  await jobs.tell({ type: "cancel", jobs: [id], reason });
  const { records } = await jobs.told(id, await jobs.answer(id));
  assertEquals(records.map(({ msg }) => msg), ["task waits", "task ends: RangeError: enough"]);
});

agentTest("the process of a job is killed, whatever its task does", async ({ url }) => {
  await using _ = await startAgent(url);
  await using jobs = new JobsByHand(url);
  const id = await jobs.add([delayed(spinForever)()]);
  await jobs.untilTold(id, ({ records }) => records.length === 1);
  await jobs.tell({ type: "kill", jobs: [id] });
  assertEquals((await jobs.answer(id)).end, { kind: "signal", signal: "SIGKILL" });
});

agentTest("what was said before a job was taken counts when it is", async ({ url }) => {
  await using jobs = new JobsByHand(url);
  const levels = new Map([["root", 10]]);
  const keep = (key: string, control: Control) =>
    jobs.client.set(key, Buffer.from(encodeControl(control)));
  const killed = await jobs.add([delayed(spinForever)()]);
  await keep(jobs.keys.stop(killed), { type: "kill", jobs: [killed] });
  const cancelled = await jobs.add([delayed(waitForAbort)("task"), delayed(logLine)("later")]);
  await keep(jobs.keys.stop(cancelled), { type: "cancel", jobs: [cancelled], reason });
  await keep(jobs.keys.levels("run-2"), { type: "levels", run: "run-2", levels });
  const debugging = await jobs.add([delayed(debugUntilAborted)()], { run: "run-2" });

  await using _ = await startAgent(url, { slots: 3 });
  assertEquals((await jobs.answer(killed)).end?.kind, "signal");
  const { messages } = await jobs.told(cancelled, await jobs.answer(cancelled));
  assertEquals(messages.at(-1)?.type, "paralog:cancelled");
  await untilRecord(jobs, debugging, { run: "run-2", text: "DEBUG" });
  await jobs.tell({ type: "cancel", jobs: [debugging], reason });
  await jobs.answer(debugging);
});

agentTest(
  "changed levels reach a job that runs, and jobs of other runs do not get them",
  async ({ url }) => {
    await using _ = await startAgent(url);
    await using jobs = new JobsByHand(url);
    const first = await jobs.add([delayed(debugUntilAborted)()]);
    const second = await jobs.add([delayed(debugUntilAborted)()], {
      run: "run-2",
      site: { id: "two" },
    });
    await jobs.untilTold(first, ({ records }) => records.length === 1);
    await untilRecord(jobs, second, { run: "run-2", text: "begins" });
    await jobs.tell({ type: "levels", run: "run-1", levels: new Map([["root", 10]]) });
    await untilRecord(jobs, first, { run: "run-1", text: "DEBUG" });
    await jobs.tell({ type: "cancel", jobs: [first], reason });
    await jobs.tell({ type: "cancel", jobs: [second], reason });
    await jobs.answer(first);
    assertEquals((await jobs.answer(second)).records, 1);
  },
);

agentTest(
  "what was said while the connection was lost is looked up when it is there again",
  async ({ url }) => {
    await using _ = await startAgent(url);
    await using jobs = new JobsByHand(url);
    const id = await jobs.add([delayed(waitForAbort)("task")]);
    await jobs.untilTold(id, ({ records }) => records.length === 1);
    const stop: Control = { type: "cancel", jobs: [id], reason };
    await jobs.client.set(jobs.keys.stop(id), Buffer.from(encodeControl(stop)));
    await jobs.client.call("CLIENT", "KILL", "TYPE", "pubsub");
    await jobs.answer(id);
  },
);

/** Waits until a job has logged a record that holds a text. */
async function untilRecord(
  jobs: JobsByHand,
  id: string,
  { run, text }: { run: string; text: string },
): Promise<void> {
  const decoder = new TextDecoder();
  await until(async () => {
    const frames = (await jobs.entries(id, run)).flatMap(({ frames }) => frames);
    return frames.some(({ payload }) => decoder.decode(payload).includes(text)) || undefined;
  });
}
