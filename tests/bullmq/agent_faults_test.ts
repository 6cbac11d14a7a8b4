import { assert, assertEquals } from "@std/assert";
import { delayed } from "@paralog/paralog";
import { square } from "../../src/testing/tasks/values.ts";
import { pause, spinForever } from "../../src/testing/tasks/ends.ts";
import type { AgentOptions } from "../../src/bullmq/agent/agent_options.ts";
import { block, logMany, meetFile } from "../support/agent_tasks.ts";
import { agentOptions, agentTest, JobsByHand, startAgent, until } from "../support/jobs_by_hand.ts";
import { Agent } from "../../src/bullmq/agent/agent.ts";
import { untilGone } from "../support/process_end.ts";
import { RunningProgram } from "../support/running_program.ts";

/** An agent in a program of its own. */
async function startProgram(url: string, options: Partial<AgentOptions>) {
  const program = new RunningProgram([
    "run",
    "-A",
    "--no-check",
    "tests/programs/bullmq_agent.ts",
    url,
    JSON.stringify(options),
  ]);
  return { program, pid: Number(await program.find(/^ready (\d+)/)) };
}

/** Files by which a test and a task meet. */
async function meetingPlace() {
  const folder = await Deno.makeTempDir();
  const begun = `${folder}/begun`;
  const go = `${folder}/go`;
  return {
    call: (name: string) => delayed(meetFile)(begun, go, name),
    /** Waits until the task has begun so many times; returns the numbers of the processes. */
    untilBegun: (times: number) =>
      until(async () => {
        const lines = (await Deno.readTextFile(begun).catch(() => "")).trim().split("\n");
        return lines[0] && lines.length >= times
          ? lines.map((line) => Number(line.split(" ")[1]))
          : undefined;
      }),
    go: () => Deno.writeTextFile(go, ""),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

agentTest("a job of an agent that was killed is run by another one", async ({ url }) => {
  await using place = await meetingPlace();
  await using jobs = new JobsByHand(url);
  const killed = await startProgram(url, { name: "killed", lockDuration: 600 });
  await using _ = killed.program;
  const id = await jobs.add([place.call("task")]);
  const [first] = await place.untilBegun(1);
  await using _other = await startAgent(url, { name: "other", lockDuration: 600 });
  Deno.kill(killed.pid, "SIGKILL");
  await untilGone(first!);
  await place.untilBegun(2);
  await place.go();
  const answer = await jobs.answer(id);
  assertEquals(answer.worker, "Process-1@other");
  const { workers, records } = await jobs.told(id, answer);
  assertEquals(workers, ["Process-1@killed", "Process-1@other"]);
  assertEquals(records.map(({ msg }) => msg).sort(), ["task begins", "task begins", "task ends"]);
});

agentTest("an agent that was frozen lets go of a job that another one has", async ({ url }) => {
  await using place = await meetingPlace();
  await using jobs = new JobsByHand(url);
  const frozen = await startProgram(url, { name: "frozen", lockDuration: 600 });
  await using program = frozen.program;
  const id = await jobs.add([place.call("task")]);
  const [first] = await place.untilBegun(1);
  Deno.kill(frozen.pid, "SIGSTOP");
  await using _other = await startAgent(url, { name: "other", lockDuration: 600 });
  await place.untilBegun(2);
  Deno.kill(frozen.pid, "SIGCONT");
  await untilGone(first!);
  await program.until(({ stderr }) =>
    stderr.some((line) => line.includes(`Cannot answer job ${id}`))
  );
  await place.go();
  assertEquals((await jobs.answer(id)).worker, "Process-1@other");
});

agentTest("an agent that was frozen runs its own job again, and keeps it", async ({ url }) => {
  await using place = await meetingPlace();
  await using jobs = new JobsByHand(url);
  const frozen = await startProgram(url, { name: "frozen", lockDuration: 600 });
  await using _ = frozen.program;
  const id = await jobs.add([place.call("task")]);
  const [first] = await place.untilBegun(1);
  Deno.kill(frozen.pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 1000)); // Until its lock is over.
  Deno.kill(frozen.pid, "SIGCONT");
  await untilGone(first!);
  await place.untilBegun(2);
  await new Promise((resolve) => setTimeout(resolve, 1500)); // Nobody takes it away once more.
  await place.go();
  const { delivery } = await jobs.answer(id);
  assertEquals((await place.untilBegun(2)).length, 2);
  const deliveries = new Set((await jobs.entries(id)).map(({ delivery }) => delivery));
  assertEquals([deliveries.size, [...deliveries].at(-1)], [2, delivery]);
});

agentTest("a task that holds its thread keeps its job", async ({ url }) => {
  await using jobs = new JobsByHand(url);
  await using _first = await startAgent(url, { name: "one", lockDuration: 600 });
  await using _second = await startAgent(url, { name: "two", lockDuration: 600 });
  const id = await jobs.add([delayed(block)(3000)]);
  const { workers } = await jobs.told(id, await jobs.answer(id));
  assertEquals(workers.length, 1);
});

agentTest("drain() takes no more jobs, and waits for those that run", async ({ url }) => {
  await using place = await meetingPlace();
  await using jobs = new JobsByHand(url);
  const agent = await Agent.start(agentOptions(url, { slots: 1 }));
  const running = await jobs.add([place.call("first")]);
  await place.untilBegun(1);
  const waiting = await jobs.add([delayed(square)(2)]);
  const draining = agent.drain();
  await place.go();
  await draining;
  assertEquals((await jobs.answer(running)).end, undefined);
  assertEquals(await (await jobs.queue.getJob(waiting))?.getState(), "waiting");
  await agent.drain(); // To do so again is harmless.
});

agentTest("kill() ends all tasks, and gives their jobs back at once", async ({ url }) => {
  await using place = await meetingPlace();
  await using jobs = new JobsByHand(url);
  const agent = await Agent.start(agentOptions(url));
  const id = await jobs.add([place.call("task")]);
  const [first] = await place.untilBegun(1);
  const draining = agent.drain();
  await agent.kill();
  await draining;
  await untilGone(first!);
  await using _ = await startAgent(url, { name: "other" }); // Its lock would be over in 30 s.
  await place.untilBegun(2);
  await place.go();
  assertEquals((await jobs.answer(id)).worker, "Process-1@other");
});

agentTest("jobs come to their end while connections are killed", async ({ url }) => {
  await using jobs = new JobsByHand(url);
  await using _ = await startAgent(url, { lockDuration: 60_000 }); // Nobody waits for that.
  const ids: string[] = [];
  for (let n = 0; n < 60; n++) {
    ids.push(await jobs.add([delayed(logMany)(20, 100), delayed(square)(n)]));
  }
  for (let n = 0; n < 10; n++) {
    await jobs.client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (const [n, id] of ids.entries()) {
    const told = await jobs.told(id, await jobs.answer(id));
    assert(told.records.length >= 20);
    assertEquals((await jobs.values(id)).at(-1), n * n);
  }
});

agentTest(
  "jobs come to their end where Redis was restarted, those that ran then, too",
  async (server) => {
    const { url } = server;
    await using place = await meetingPlace();
    await using jobs = new JobsByHand(url);
    await using _ = await startAgent(url, { lockDuration: 3000 });
    const id = await jobs.add([delayed(square)(2), place.call("task"), delayed(square)(3)]);
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, n) => jobs.add([delayed(square)(n)])),
    );
    await place.untilBegun(1);
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await place.go();
    await server.restart();
    assertEquals(await jobs.values(id), [4, "task", 9]);
    for (const [n, id] of ids.entries()) assertEquals(await jobs.values(id), [n * n]);
  },
  { appendonly: true },
);

agentTest("drain() waits for Redis to take an answer, and says so", async (server, handler) => {
  await using place = await meetingPlace();
  const agent = await Agent.start(agentOptions(server.url));
  let id: string;
  {
    await using jobs = new JobsByHand(server.url);
    id = await jobs.add([place.call("task")]);
    await place.untilBegun(1);
  }
  await server.kill();
  await place.go();
  const draining = agent.drain();
  const text =
    "1 answer waits for Redis, which is gone; a second signal leaves the jobs to other agents";
  await handler.untilMessage(text);
  await new Promise((resolve) => setTimeout(resolve, 2500)); // More than it waits for what it can do without.
  assertEquals(handler.records.filter(({ msg }) => msg === text).length, 1);
  await server.restart();
  await draining;
  await using jobs = new JobsByHand(server.url);
  assertEquals(await jobs.values(id), ["task"]);
}, { appendonly: true });

agentTest(
  "drain() says so, too, where what a job logs is not taken yet",
  async (server, handler) => {
    await using place = await meetingPlace();
    const agent = await Agent.start(agentOptions(server.url));
    {
      await using jobs = new JobsByHand(server.url);
      await jobs.add([place.call("task"), delayed(pause)(200)]);
      await place.untilBegun(1);
      await server.command("CLIENT", "PAUSE", 60_000, "WRITE"); // An entry of the stream is under way from now on.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await place.go();
    }
    await server.kill();
    const draining = agent.drain();
    await handler.untilMessage(
      "1 answer waits for Redis, which is gone; a second signal leaves the jobs to other agents",
    );
    await agent.kill();
    await draining;
  },
  { appendonly: true },
);

agentTest(
  "an agent ends where Redis is gone: one that has answered by drain(), any by kill()",
  async (server) => {
    const answered = await Agent.start(agentOptions(server.url, { name: "answered" }));
    let busy: Agent;
    {
      await using jobs = new JobsByHand(server.url);
      assertEquals(await jobs.values(await jobs.add([delayed(square)(3)])), [9]);
      busy = await Agent.start(agentOptions(server.url, { name: "busy", pool: "other" }));
      await using others = new JobsByHand(server.url, "other");
      const id = await others.add([delayed(spinForever)()]);
      await others.untilTold(id, ({ records }) => records.length === 1);
    }
    await server.kill();
    const since = performance.now();
    await Promise.all([answered.drain(), busy.kill()]);
    assert(performance.now() - since < 5000);
  },
);
