/** Tasks that the tests move buffers, ports and streams to. */

import { currentTask, task } from "@paralog/paralog";

interface Image {
  readonly pixels: Uint8Array;
  readonly name: string;
}

export const invert = task(import.meta, function invert({ pixels, name }: Image): Image {
  return { pixels: pixels.map((value) => 255 - value), name };
});

/** Says what a view shows of what was written through another view of the same buffer. */
export const writeThrough = task(
  import.meta,
  function writeThrough({ pixels, part }: Image & { readonly part: Uint8Array }) {
    pixels[5] = 9;
    return part[0];
  },
);

const kept = new Map<string, Uint8Array>();

/** Returns the same buffer each time, for each name. */
export const giveKept = task(import.meta, function giveKept(name: string): Uint8Array {
  const bytes = kept.get(name) ?? new Uint8Array(4);
  kept.set(name, bytes);
  return bytes;
});

export const failWith = task(import.meta, function failWith(_: unknown): void {
  throw new RangeError(`attempt ${currentTask()?.attempt} failed`);
});

/** Memory that all tasks share. */
interface Shared {
  readonly memory: Int32Array;
  readonly wasm: WebAssembly.Memory;
}

export const addShared = task(import.meta, function addShared({ memory, wasm }: Shared) {
  Atomics.add(memory, 0, 1);
  Atomics.add(new Int32Array(wasm.buffer), 0, 1);
});

/** What can only be moved. */
interface Channel {
  readonly port: MessagePort;
  readonly lines: ReadableStream<string>;
}

export const speak = task(import.meta, function speak({ port, lines }: Channel) {
  port.postMessage("spoken");
  return lines.pipeThrough(
    new TransformStream<string, string>({
      transform: (line, controller) => controller.enqueue(line.toUpperCase()),
    }),
  );
});
