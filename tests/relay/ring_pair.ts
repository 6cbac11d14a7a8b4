/** A ring for tests with both ends in one thread. */

import { COMMITTED, CONSUMED, createRing } from "../../src/relay/ring.ts";
import { RingReader } from "../../src/relay/ring_reader.ts";
import { RingWriter } from "../../src/relay/ring_writer.ts";

/** Where a ring and its counter start. */
export interface Start {
  /** The size of the ring in bytes. */
  readonly bytes?: number;
  /** Where its positions start: a multiple of 4. */
  readonly position?: number;
  /** The last number that was drawn. */
  readonly sequence?: number;
}

/** Makes the memory of a ring whose positions do not start at 0. */
export function ringMemory(bytes?: number, position = 0): SharedArrayBuffer {
  const memory = createRing(bytes);
  const words = new Int32Array(memory);
  words[COMMITTED] = words[CONSUMED] = position;
  return memory;
}

/** A ring with both ends, its header, and the word of its sequence. */
export function ringPair({ bytes, position, sequence = 0 }: Start = {}) {
  const memory = ringMemory(bytes, position);
  const counter = new Int32Array(new SharedArrayBuffer(4)).fill(sequence);
  return {
    memory,
    words: new Int32Array(memory),
    counter,
    writer: new RingWriter(memory, counter.buffer),
    reader: new RingReader(memory),
  };
}

/** Takes all that is committed. */
export function takeAll(reader: RingReader): [seq: number, text: string][] {
  reader.refresh();
  const taken: [number, string][] = [];
  for (let seq = reader.front; seq !== undefined; seq = reader.front) {
    taken.push([seq, reader.take()]);
  }
  return taken;
}
