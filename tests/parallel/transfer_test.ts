import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Buffer } from "node:buffer";
import { delayed, Parallel } from "@paralog/paralog";
import {
  cloneArgs,
  cloneResult,
  prepareArgs,
  prepareResult,
} from "../../src/parallel/values/clone.ts";
import { checkTransfer, transferablesIn } from "../../src/parallel/values/transfer.ts";
import * as tasks from "../support/transfer_tasks.ts";

const blur = delayed(function blur(...args: unknown[]) {
  return args;
});

const all = checkTransfer(true);

Deno.test("checkTransfer() takes true, false and functions", () => {
  assertEquals([checkTransfer(undefined), checkTransfer(false)], [undefined, undefined]);
  assertEquals([all?.results, checkTransfer(() => [])?.results], [true, false]);
  for (const bad of [1, "all", {}, null, []]) {
    assertThrows(() => checkTransfer(bad), TypeError, "Cannot move arguments: current value of");
  }
  // Without its type, the example does not compile where it is written as an option.
  assertThrows(() => checkTransfer(1), TypeError, "(image: Uint8Array) => [image.buffer]");
});

Deno.test("ofArgs() finds what can be moved, and not what is shared", () => {
  const { port1, port2 } = new MessageChannel();
  const [stream, bytes] = [new TransformStream(), new Uint8Array(8)];
  const args = [
    { port: port1, list: [bytes, bytes.subarray(2)] },
    stream,
    new SharedArrayBuffer(1),
  ];
  assertEquals(new Set(all?.ofArgs(args)), new Set<unknown>([port1, stream, bytes.buffer]));
  const hostile = {
    get bad(): never {
      throw new Error("getter");
    },
  };
  assertEquals(transferablesIn(hostile), []);
  for (const port of [port1, port2]) port.close();
});

Deno.test("ofArgs() asks a function, and refuses what it must not return", () => {
  const bytes = new Uint8Array(4);
  const plan = checkTransfer((image: Uint8Array) => [image.buffer, image.buffer]);
  assertEquals(plan?.ofArgs([bytes, 1]), [bytes.buffer]);
  const bad: [unknown, string][] = [
    [bytes, "it must return a list"],
    [undefined, "transfer returned undefined, it must return a list"],
    [[bytes], "return its buffer, view.buffer"],
    [[new SharedArrayBuffer(1)], "return an ArrayBuffer, a MessagePort or a stream"],
    [[1], "transfer returned a list with 1, return an ArrayBuffer"],
  ];
  for (const [list, text] of bad) {
    assertThrows(() => checkTransfer(() => list)?.ofArgs([]), TypeError, text);
  }
});

Deno.test("cloneArgs() moves buffers: the caller's are detached, those of the task are whole", () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const resizable = new ArrayBuffer(4, { maxByteLength: 8 });
  const value = { bytes, tail: bytes.subarray(1), tracking: new Uint8Array(resizable) };
  const [copy] = cloneArgs(blur(value), all) as [typeof value];
  assertEquals([[...copy.bytes], [...copy.tail]], [[1, 2, 3], [2, 3]]);
  assert(copy.bytes.buffer === copy.tail.buffer);
  copy.tracking.buffer.resize(6);
  assertEquals([copy.tracking.length, resizable.detached], [6, true]);
  assertEquals([bytes.buffer.detached, bytes.length], [true, 0]);
});

Deno.test("cloneArgs() moves what a function chooses, and copies the rest", () => {
  const [moved, copied] = [new Uint8Array([1]), new Uint8Array([2])];
  const plan = checkTransfer((image: { readonly moved: Uint8Array }) => [image.moved.buffer]);
  assertEquals(cloneArgs(blur({ moved, copied }), plan), [
    { moved: new Uint8Array([1]), copied },
  ]);
  assertEquals([moved.buffer.detached, copied.buffer.detached], [true, false]);
});

Deno.test("cloneArgs() moves ports and streams", async () => {
  const { port1, port2 } = new MessageChannel();
  const stream = ReadableStream.from(["a", "b"]);
  const [copy] = cloneArgs(blur({ port: port1, stream }), all) as [
    { port: MessagePort; stream: ReadableStream<string> },
  ];
  const { promise, resolve } = Promise.withResolvers<unknown>();
  port2.onmessage = ({ data }) => resolve(data);
  copy.port.postMessage("through");
  assertEquals(await promise, "through");
  assertEquals(await Array.fromAsync(copy.stream), ["a", "b"]);
  for (const port of [copy.port, port2]) port.close();
});

Deno.test("cloneArgs() copies what belongs to others or can't be moved", () => {
  const pooled = Buffer.from("abc");
  const memory = new WebAssembly.Memory({ initial: 1 });
  const [text, pages] = cloneArgs(blur(pooled, new Uint8Array(memory.buffer)), all) as Uint8Array[];
  assertEquals([new TextDecoder().decode(text), pages?.length], ["abc", 65_536]);
  assertEquals([pooled.toString(), memory.buffer.byteLength], ["abc", 65_536]);
});

Deno.test("prepareArgs() moves nothing of a call that it refuses", () => {
  const bytes = new Uint8Array(8);
  const error = assertThrows(() =>
    prepareArgs(blur(bytes, { url: new URL("https://a/") }), { plan: all })
  );
  assertStringIncludes(String(error), "args[1].url is a URL");
  assertEquals(bytes.buffer.detached, false);
});

Deno.test("prepareArgs() says where a buffer is that another call has got", () => {
  const bytes = new Uint8Array(8);
  cloneArgs(blur(bytes), all);
  const text =
    "Cannot send the arguments of blur to it: args[1].bytes is a Uint8Array whose memory " +
    "was moved away before, as transfer does: use another each time, or a copy, buffer.slice()";
  assertThrows(() => cloneArgs(blur(1, { bytes }), all), TypeError, text);
  assertThrows(() => cloneArgs(blur(1, { bytes })), TypeError, text);
});

Deno.test("prepareArgs() remembers what was moved, and refuses to send it again", () => {
  const [call, other] = [blur(new Uint8Array(8)), blur({ plain: 1 })];
  for (const each of [call, other]) cloneArgs(each, all);
  assertEquals([call, other].map(({ args }) => all?.moved.has(args)), [true, false]);
  assertEquals(cloneArgs(other, all), [{ plain: 1 }]);
  assertThrows(
    () => cloneArgs(call, all),
    TypeError,
    "Cannot send the arguments of blur to it again: what was moved to the first attempt is gone",
  );
});

Deno.test("prepareArgs() has what a process gets detached later, and refuses ports", () => {
  const [big, small] = [new Uint8Array(1_000_000), new Uint8Array(8)];
  const { transfer, buffers } = prepareArgs(blur({ big, small }), { plan: all, to: "process" });
  assertEquals(new Set(transfer), new Set([big.buffer, small.buffer]));
  assert(buffers.length === 1 && buffers[0] === big.buffer && !big.buffer.detached);
  const { port1, port2 } = new MessageChannel();
  assertThrows(
    () => prepareArgs(blur([port1]), { plan: all, to: "process" }),
    TypeError,
    'args[0][0] is a MessagePort, which can\'t leave its process: use the backend "workers"',
  );
  for (const port of [port1, port2]) port.close();
});

Deno.test("results are moved back", () => {
  const bytes = new Uint8Array([1, 2]);
  const { value, transfer } = cloneResult({ bytes }, "blur", { moves: true });
  assertEquals([value, bytes.buffer.detached], [{ bytes: new Uint8Array([1, 2]) }, true]);
  assert(transfer[0] === (value as { bytes: Uint8Array }).bytes.buffer);
  const kept = new Uint8Array([3]);
  cloneResult({ kept }, "blur");
  assertEquals(prepareResult({ kept }, "blur", { moves: true, to: "process" }), {
    value: { kept },
    transfer: [kept.buffer],
    buffers: [],
  });
});

for (const backend of ["inline", "workers", "processes"] as const) {
  Deno.test(`${backend}: transfer moves arguments and results`, async () => {
    await using parallel = new Parallel(1, { backend, transfer: true });
    for (const length of [10, 3_000_000]) {
      const image = { pixels: new Uint8Array(length).fill(1), name: "a" };
      const [result] = await parallel.run([delayed(tasks.invert)(image)]);
      assertEquals(result, { pixels: new Uint8Array(length).fill(254), name: "a" });
      assertEquals(image.pixels.buffer.detached, true);
    }
    await parallel.run([delayed(tasks.giveKept)("moved")]);
    await assertRejects(
      () => parallel.run([delayed(tasks.giveKept)("moved")]),
      TypeError,
      "Cannot send the result of giveKept back: the result is a Uint8Array whose memory was moved away",
    );
  });

  Deno.test(`${backend}: without transfer, buffers of any size are copied, and stay whole`, async () => {
    await using parallel = new Parallel(1, { backend });
    const pixels = new Uint8Array(3_000_000).fill(1);
    const image = { pixels, name: "a", part: pixels.subarray(5, 7) };
    const running = parallel.run([delayed(tasks.invert)(image)]);
    const [result] = await running;
    assertEquals(result, { pixels: new Uint8Array(3_000_000).fill(254), name: "a" });
    assertEquals([image.pixels.length, image.pixels[5]], [3_000_000, 1]);
    const [together] = await parallel.run([delayed(tasks.writeThrough)(image)]);
    assertEquals(together, 9);
    assertEquals((await parallel.run([delayed(tasks.giveKept)("copied")]))[0]?.length, 4);
    assertEquals((await parallel.run([delayed(tasks.giveKept)("copied")]))[0]?.length, 4);
  });

  Deno.test(`${backend}: a call whose arguments were moved is not tried again`, async () => {
    await using parallel = new Parallel(1, { backend, transfer: true, retries: 3 });
    const bytes = new Uint8Array(8);
    await assertRejects(
      () => parallel.run([delayed(tasks.failWith)(bytes)]),
      RangeError,
      "attempt 1 failed",
    );
    await assertRejects(
      () => parallel.run([delayed(tasks.failWith)(5)]),
      RangeError,
      "attempt 4 failed",
    );
  });
}

for (const backend of ["inline", "workers"] as const) {
  Deno.test(`${backend}: shared memory is the same for all, big or small`, async () => {
    const memory = new Int32Array(new SharedArrayBuffer(1_000_000));
    const wasm = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    await using parallel = new Parallel(2, { backend });
    const calls = [1, 2, 3, 4].map(() => delayed(tasks.addShared)({ memory, wasm }));
    await parallel.run(calls);
    assertEquals([memory[0], new Int32Array(wasm.buffer)[0]], [4, 4]);
  });

  Deno.test(`${backend}: ports and streams are moved to the task and back`, async () => {
    await using parallel = new Parallel(1, { backend, transfer: true });
    const { port1, port2 } = new MessageChannel();
    const { promise, resolve } = Promise.withResolvers<unknown>();
    port2.onmessage = ({ data }) => resolve(data);
    const lines = ReadableStream.from(["a", "b"]);
    const [upper] = await parallel.run([delayed(tasks.speak)({ port: port1, lines })]);
    assertEquals(await promise, "spoken");
    assertEquals(await Array.fromAsync(upper!), ["A", "B"]);
    port2.close();
  });
}

Deno.test("processes: shared memory, ports and streams are refused by path", async () => {
  await using parallel = new Parallel(1, { backend: "processes", transfer: true });
  const text = 'which can\'t leave its process: use the backend "workers"';
  const memory = new Int32Array(new SharedArrayBuffer(4));
  const wasm = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  await assertRejects(
    () => parallel.run([delayed(tasks.addShared)({ memory, wasm })]),
    TypeError,
    `Cannot send the arguments of addShared to it: args[0].memory is an Int32Array, ${text}`,
  );
  const { port1, port2 } = new MessageChannel();
  await assertRejects(
    () => parallel.run([delayed(tasks.speak)({ port: port1, lines: new ReadableStream() })]),
    TypeError,
    `args[0].port is a MessagePort, ${text}`,
  );
  for (const port of [port1, port2]) port.close();
});
