/** What options of `Parallel`, of its runs and of its backends are refused, and what they mean. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { delayed, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import {
  checkParallelOptions,
  PARALLEL_OPTIONS,
  type ParallelOptions,
} from "../../src/parallel/options/parallel_options.ts";

/** What a caller without types may give. */
const check = (options: object) => checkParallelOptions(options as ParallelOptions);

Deno.test("an option that is undefined has its default", () => {
  const all = Object.fromEntries(PARALLEL_OPTIONS.map((name) => [name, undefined]));
  assertEquals(check(all), check({}));
});

Deno.test("no other value stands for the default of an option", () => {
  for (const name of PARALLEL_OPTIONS) {
    assertThrows(() => new Parallel(1, { [name]: null }), TypeError, undefined, name);
  }
  for (const initializer of [0, "", false]) {
    const text = `Cannot use ${Deno.inspect(initializer)} as initializer: give a call`;
    assertThrows(() => check({ initializer }), TypeError, text);
  }
  assertThrows(() => check({ progress: 0 }), TypeError, "Cannot show progress with 0 as progress");
});

Deno.test("the name of a Parallel is a text that can be seen", () => {
  const text = "give a text that is not empty";
  assertThrows(() => check({ name: "" }), RangeError, `Cannot name a Parallel "": ${text}`);
  assertThrows(() => check({ name: 5 }), TypeError, `Cannot name a Parallel 5: ${text}`);
  assertEquals(check({ name: "crawl" }).name, "crawl");
});

Deno.test("nJobs as an option is refused as it was spelt", () => {
  for (const name of ["nJobs", "n_jobs"]) {
    const text = `Cannot make a Parallel with ${name} as an option: it is the first argument`;
    assertThrows(() => check({ [name]: 2 }), TypeError, text);
  }
});

Deno.test("Infinity is no limit of time", async () => {
  const plan = check({ timeout: Infinity, queueTimeout: Infinity, idleTimeout: Infinity });
  const { timeout, queueTimeout, idleTimeout } = plan;
  assertEquals([timeout, queueTimeout, idleTimeout], [undefined, undefined, Infinity]);
  // A timer that is too long for Deno would go off at once.
  assertEquals(check({ gracePeriod: Infinity }).gracePeriod, 2 ** 31 - 1);
  // Nothing has to be killed, which only processes can be.
  const parallel = new Parallel(1, {
    backend: "inline",
    timeout: Infinity,
    queueTimeout: Infinity,
  });
  assertEquals(await parallel.map((n: number) => n, [1]), [1]);
});

Deno.test("a time that is out of range is refused with what is allowed", () => {
  for (const name of ["timeout", "queueTimeout", "gracePeriod", "idleTimeout"]) {
    for (const wrong of [-1, NaN, -Infinity, 2 ** 31]) {
      const error = assertThrows(() => check({ [name]: wrong }), RangeError);
      const least = name === "gracePeriod" ? 0 : 1;
      const text = `give milliseconds from ${least} to 2147483647, or Infinity`;
      assertEquals(error.message, `Cannot set ${name}: current value is ${wrong}, ${text}`);
    }
  }
});

Deno.test("the options of a stream are refused with the names that it has", () => {
  const parallel = new Parallel(1);
  const stream = (options: unknown) => Reflect.apply(parallel.stream, parallel, [[], options]);
  const bad: [options: unknown, text: string][] = [
    [null, "Cannot stream results with null as options: give an object"],
    [5, "Cannot stream results with 5 as options: give an object"],
    [
      { orderd: false },
      'Cannot stream results: unknown option "orderd", allowed are signal, collectLogs, taskLogs, ' +
      "ordered",
    ],
    [{ Ordered: false }, "did you mean ordered?"],
    [{ ordered: "no" }, 'Cannot stream results with "no" as ordered: give true or false'],
    [{ signal: 5 }, "Cannot stream results with 5 as signal"],
    [{ collectLogs: 1 }, "with 1 as collectLogs: give true or false"],
    [{ timeout: 5 }, "it is an option for all runs, new Parallel(nJobs, { timeout: … })"],
  ];
  for (const [options, text] of bad) assertThrows(() => stream(options), TypeError, text);
});

Deno.test("a run is not asked for the order of its results", async () => {
  const error = await new Parallel(1).run([delayed(() => 1)()], { ordered: false } as object)
    .then(() => undefined, (error) => error);
  assertStringIncludes(
    `${error}`,
    'unknown option "ordered", allowed are signal, collectLogs, taskLogs',
  );
});

Deno.test("ProcessesBackend takes flags, and nothing else", () => {
  const backend = (options: unknown) => Reflect.construct(ProcessesBackend, [options]);
  for (const options of [undefined, {}, { flags: undefined }, { flags: [] }]) backend(options);
  backend({ flags: ["--config=app.json", "-A"] });
  const bad: [options: unknown, text: string][] = [
    [null, "Cannot make a ProcessesBackend: current value of its options is null"],
    [["--quiet"], 'Cannot make a ProcessesBackend: unknown option "0", allowed are flags'],
    [{ flag: [] }, 'unknown option "flag", allowed are flags'],
    [{ flags: null }, "with null as flags: give a list of flags of deno run"],
    [{ flags: "--quiet" }, 'with "--quiet" as flags: give a list'],
    [{ flags: [5] }, "flags[0] is 5, give a text that begins with -"],
    [{ flags: ["--config", "app.json"] }, 'flags[1] is "app.json", give a text that begins with -'],
    [{ flags: [""] }, 'flags[0] is ""'],
    [{ flags: ["-"] }, 'flags[0] is "-"'],
    [{ flags: ["--"] }, 'flags[0] is "--"'],
  ];
  for (const [options, text] of bad) assertThrows(() => backend(options), TypeError, text);
});
