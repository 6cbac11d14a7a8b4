import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { delayed } from "@paralog/paralog";
import { exit } from "../../src/testing/tasks/ends.ts";
import { logAfterEnd, logLine } from "../../src/testing/tasks/logs.ts";
import { square } from "../../src/testing/tasks/values.ts";
import { failToSetUp } from "../../src/testing/tasks/workers.ts";
import {
  block,
  exitSoon,
  killSelf,
  leaveLine,
  logMany,
  print,
  processId,
  programArgs,
  randomBytes,
} from "../support/agent_tasks.ts";
import type { FromWorker } from "../../src/parallel/wire/wire.ts";
import { agentTest, JobsByHand, startAgent, until } from "../support/jobs_by_hand.ts";
import { untilGone } from "../support/process_end.ts";

agentTest(
  "an agent runs the calls of a job in a process, and answers what it told",
  async ({ url }) => {
    await using agent = await startAgent(url);
    await using jobs = new JobsByHand(url);
    const id = await jobs.add([delayed(square)(3), delayed(logLine)("a line"), delayed(square)(4)]);
    const answer = await jobs.answer(id);
    assertEquals([answer.end, answer.isReady, answer.records], [undefined, true, 1]);
    assertEquals(answer.worker, `Process-1@${agent.name}`);
    assertEquals(await jobs.values(id), [9, "a line", 16]);
    const { records } = await jobs.told(id, answer);
    assertEquals(records.map(({ msg, processName }) => [msg, processName]), [
      ["a line", answer.worker],
    ]);
  },
);

agentTest(
  "a process runs the jobs of its site, one after the other, and tells each that it is ready",
  async ({ url }) => {
    await using _ = await startAgent(url);
    await using jobs = new JobsByHand(url);
    const pids: unknown[] = [];
    for (let n = 0; n < 3; n++) {
      const id = await jobs.add([delayed(processId)()]);
      const answer = await jobs.answer(id);
      const { messages } = await jobs.told(id, answer);
      assertEquals(messages[0], { type: "paralog:ready" });
      pids.push(...await jobs.values(id));
    }
    assertEquals(new Set(pids).size, 1);
  },
);

agentTest(
  "jobs of different sites have processes of their own, and an idle one makes room",
  async ({ url }) => {
    await using _ = await startAgent(url, { slots: 1, idleProcesses: 0 });
    await using jobs = new JobsByHand(url);
    const run = async (site: string) => {
      const id = await jobs.add([delayed(processId)(), delayed(programArgs)()], {
        site: { id: site, args: [site] },
      });
      return await jobs.values(id);
    };
    const [[first, args], [second, others]] = [await run("site-1"), await run("site-2")];
    assertNotEquals(first, second);
    assertEquals([args, others], [["site-1"], ["site-2"]]);
    await untilGone(Number(first));
  },
);

agentTest(
  "the initializer runs once in each process, with its first job, which tells of it",
  async ({ url }) => {
    await using _ = await startAgent(url, { slots: 1 });
    await using jobs = new JobsByHand(url);
    const path = await Deno.makeTempFile();
    const { task, args } = delayed(leaveLine)(path);
    const site = { initializer: { task, args } };
    for (const lines of [["sets up", "a"], ["b"]]) {
      const id = await jobs.add([delayed(logLine)(lines.at(-1)!)], { site });
      const told = await jobs.told(id, await jobs.answer(id));
      assertEquals(told.records.map(({ msg }) => msg), lines);
      const types = told.messages.map(({ type }) => type);
      assert(types.indexOf("paralog:initialized") < types.indexOf("paralog:began"), types.join());
      assert(types.includes("paralog:initialized"), types.join());
    }
    assertEquals((await Deno.readTextFile(path)).split("\n").length, 2);
    await Deno.remove(path);
  },
);

agentTest(
  "an initializer that fails ends its process, and the next job has another one",
  async ({ url }) => {
    await using _ = await startAgent(url, { slots: 1 });
    await using jobs = new JobsByHand(url);
    const { task, args } = delayed(failToSetUp)();
    for (let n = 0; n < 2; n++) {
      const id = await jobs.add([delayed(square)(2)], { site: { initializer: { task, args } } });
      const answer = await jobs.answer(id);
      const { messages } = await jobs.told(id, answer);
      assertEquals(messages.map(({ type }) => type), ["paralog:ready", "paralog:ending"]);
      assertEquals(answer.end, { kind: "signal", signal: "SIGKILL" });
    }
  },
);

agentTest(
  "the answer of a process that ended says how, and has all that it told",
  async ({ url }) => {
    await using _ = await startAgent(url);
    await using jobs = new JobsByHand(url);
    const died = await jobs.add([delayed(square)(3), delayed(killSelf)(), delayed(square)(4)]);
    const answer = await jobs.answer(died);
    assertEquals(answer.end, { kind: "signal", signal: "SIGKILL" });
    assertEquals(await jobs.values(died), [9]);
    assertEquals((await jobs.told(died, answer)).records.map(({ msg }) => msg), ["about to die"]);

    const left = await jobs.add([delayed(exit)(3)]);
    assertEquals((await jobs.answer(left)).end, { kind: "exit", code: 3 });
    assertEquals(await jobs.values(await jobs.add([delayed(square)(5)])), [25]);
  },
);

agentTest("what a task tells while it runs is in the stream of its run", async ({ url }) => {
  await using _ = await startAgent(url);
  await using jobs = new JobsByHand(url);
  const id = await jobs.add([delayed(logLine)("before"), delayed(block)(1500)]);
  const { messages } = await jobs.untilTold(id, ({ records }) => records.length === 2);
  assertEquals((await jobs.queue.getJob(id))?.finishedOn, undefined);
  assert(messages.some(({ type }) => type === "paralog:began"));
  assertEquals(await jobs.values(id), ["before", "blocked"]);
  const ttl = await jobs.client.ttl(jobs.keys.stream("run-1"));
  assert(ttl > 3000 && ttl <= 3600, `it is kept for ${ttl} s`);
});

agentTest(
  "each of many records is told once, in the stream or with the answer",
  async ({ url }) => {
    await using _ = await startAgent(url);
    await using jobs = new JobsByHand(url);
    const id = await jobs.add([delayed(logMany)(3000, 300)]);
    const answer = await jobs.answer(id);
    assertEquals(answer.records, 3000);
    const { records } = await jobs.told(id, answer);
    assertEquals(
      records.map(({ msg }) => parseInt(msg)),
      Array.from({ length: 3000 }, (_, n) => n),
    );
    const entries = await jobs.entries(id);
    const sent = entries.flatMap(({ frames }) => frames).filter(({ kind }) => kind === "record");
    const rest = answer.frames.filter(({ kind }) => kind === "record");
    assertEquals(sent.length + rest.length, 3000);
    assert(rest.length < 500, `${rest.length} records came with the answer`);
    const last = (await jobs.client.xrevrange(jobs.keys.stream("run-1"), "+", "-", "COUNT", 1))[0];
    assertEquals(answer.last, last?.[0]);
  },
);

agentTest(
  "outcomes of short calls come together, and behind what their calls have logged",
  async ({ url }) => {
    await using _ = await startAgent(url);
    await using jobs = new JobsByHand(url);
    const quiet = Array.from({ length: 500 }, (_, n) => delayed(square)(n));
    const id = await jobs.add([...quiet, delayed(logLine)("a"), delayed(logLine)("b"), ...quiet]);
    const { frames } = await jobs.answer(id);
    const values = await jobs.values(id);
    assertEquals(values.slice(0, 501), [...quiet.map((_, n) => n * n), "a"]);
    assertEquals(values.length, 1002);
    const others = frames.filter(({ kind }) => kind === "message");
    assert(others.length < 300, `${others.length} messages`);
    assertEquals(others.map(({ number }) => number), others.map((_, place) => place));
  },
);

agentTest("what a task logs after its end is in the stream of its run", async ({ url }) => {
  await using _ = await startAgent(url);
  await using jobs = new JobsByHand(url);
  const id = await jobs.add([delayed(logAfterEnd)("after the end")]);
  const { delivery, records } = await jobs.answer(id);
  await jobs.untilTold(id, (told) => told.records.length + records === 1);
  assertEquals((await jobs.entries(id)).at(-1)?.delivery, delivery);
});

agentTest("that a process ends after its calls is told, too", async ({ url }) => {
  await using _ = await startAgent(url);
  await using jobs = new JobsByHand(url);
  const id = await jobs.add([delayed(exitSoon)(4)]);
  assertEquals((await jobs.answer(id)).end, undefined);
  const isEnding = ({ type }: FromWorker) => type === "paralog:ending";
  const { messages } = await jobs.untilTold(id, (told) => told.messages.some(isEnding));
  assertEquals(messages.at(-1), { type: "paralog:ending", reason: { kind: "exit", code: 4 } });
  assertEquals(await jobs.values(await jobs.add([delayed(square)(5)])), [25]);
});

agentTest("what a task prints is told, too", async ({ url }) => {
  await using _ = await startAgent(url);
  await using jobs = new JobsByHand(url);
  const id = await jobs.add([delayed(print)("printed")]);
  const answer = await jobs.answer(id);
  const outputs = await until(async () => {
    const told = await jobs.told(id, answer);
    return told.outputs.length === 2 ? told.outputs : undefined;
  });
  assertEquals(outputs, ["printed\n", "printed\n"]);
});

agentTest("a long answer has a key of its own, which expires", async ({ url }) => {
  await using _ = await startAgent(url);
  await using jobs = new JobsByHand(url);
  const id = await jobs.add([delayed(randomBytes)(200_000)]);
  const [bytes] = await jobs.values(id);
  assertEquals((bytes as Uint8Array).length, 200_000);
  assert("bytes" in (await jobs.ended(id)).returnvalue);
  const ttl = await jobs.client.ttl(jobs.keys.result(id));
  assert(ttl > 3000 && ttl <= 3600, `it is kept for ${ttl} s`);
});

agentTest(
  "a result over the limit fails its own call; results over it together come through the stream",
  async ({ url }) => {
    await using _ = await startAgent(url, { maxPayload: 300_000 });
    await using jobs = new JobsByHand(url);
    const lengths = [200_000, 400_000, 200_000, 250_000];
    const id = await jobs.add(lengths.map((length) => delayed(randomBytes)(length)));
    const { messages } = await jobs.told(id, await jobs.answer(id));
    const outcomes = messages.flatMap((message) =>
      message.type === "paralog:settled" ? [message.outcomes] : []
    );
    const values = outcomes.flatMap(({ values }) => values);
    const sizes = values.map((value) => value instanceof Uint8Array ? value.length : undefined);
    assertEquals(sizes, [200_000, undefined, 200_000, 250_000]);
    assertMatch(JSON.stringify(values[1]), /max-payload/);
    assertEquals(outcomes.map(({ failed }) => failed.length), [0, 1, 0, 0]);
  },
);

agentTest(
  "a process ends with its site, after so many calls, and after a while without work",
  async ({ url }) => {
    await using _ = await startAgent(url, { idleTimeout: 300 });
    await using jobs = new JobsByHand(url);
    const pidOf = async (id: string) => Number((await jobs.values(id))[0]);

    const left = await pidOf(await jobs.add([delayed(processId)()]));
    await jobs.tell({ type: "leave", site: "site-1" });
    await untilGone(left);
    const busy = await jobs.add([delayed(processId)(), delayed(block)(500)]);
    await jobs.untilTold(busy, ({ records }) => records.length === 1);
    await jobs.tell({ type: "leave", site: "site-1" });
    await untilGone(await pidOf(busy));

    const site = { id: "site-2", maxTasks: 3 };
    const calls = [delayed(processId)(), delayed(processId)()];
    const first = await pidOf(await jobs.add(calls, { site }));
    const second = await pidOf(await jobs.add(calls, { site })); // One more than three.
    assertNotEquals(first, second);

    await untilGone(
      await pidOf(await jobs.add([delayed(processId)()], { site: { id: "site-3" } })),
    );
  },
);
