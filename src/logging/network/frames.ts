/**
 * Frames: the protocol of Python's `SocketHandler`, `listen` and of ours. Four bytes say how long the
 * payload is, the first byte counting most; then the payload follows.
 *
 * @module
 */

/** The longest payload that is taken unless the caller says otherwise: 1 MiB. */
export const DEFAULT_MAX_FRAME_LENGTH = 1024 * 1024;

const HEADER_LENGTH = 4;

/** The longest payload that four bytes can announce. */
const LONGEST = 2 ** 32 - 1;

/** How much is asked of a connection at once, in bytes. */
const READ_LENGTH = 64 * 1024;

/** Where frames come from: a stream, chunks of another kind, or what `Deno.connect` gives. */
export type FrameSource = AsyncIterable<Uint8Array> | {
  /** Reads some bytes, perhaps the rest of a frame; returns how many, or `null` at the end. */
  read(buffer: Uint8Array, isWithinFrame: boolean): Promise<number | null>;
};

/** Options of {@linkcode readFrames}. */
export interface ReadFramesOptions {
  /**
   * The longest payload to take, in bytes.
   *
   * @default 1048576
   */
  readonly maxLength?: number;
}

/** What was read is no whole frame: one was announced as too long, or the sender left in its middle. */
export class FrameError extends Error {
  /** Always "FrameError". */
  override readonly name = "FrameError";
  /** "tooLong": more than allowed was announced. "cutOff": the sender ended within a frame. */
  readonly reason: "tooLong" | "cutOff";
  /** How long the payload was announced to be, in bytes; `undefined` if not even that came whole. */
  readonly length: number | undefined;

  /**
   * Makes the error.
   *
   * @param message What could not be read, and why.
   * @param facts The reason, and the length that was announced.
   */
  constructor(message: string, facts: Pick<FrameError, "reason" | "length">) {
    super(message);
    this.reason = facts.reason;
    this.length = facts.length;
  }
}

/**
 * Puts the length of a payload before it.
 *
 * @param payload The bytes to send.
 * @returns The frame, to be written whole.
 * @throws {RangeError} If the payload is longer than four bytes can say.
 *
 * @example
 * ```ts
 * import { frame } from "./frames.ts";
 *
 * console.log(frame(new TextEncoder().encode("hi"))); // Uint8Array [0, 0, 0, 2, 104, 105]
 * ```
 */
export function frame(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  if (payload.length > LONGEST) {
    throw new RangeError(
      `Cannot send a frame: current length is ${payload.length}, allowed are up to ${LONGEST}`,
    );
  }
  const bytes = new Uint8Array(HEADER_LENGTH + payload.length);
  new DataView(bytes.buffer).setUint32(0, payload.length);
  bytes.set(payload, HEADER_LENGTH);
  return bytes;
}

/**
 * Reads frames, however they are cut into chunks. Memory is taken only for bytes that have come.
 *
 * @param source A stream of bytes, or a connection. A stream is cancelled if the reader leaves early.
 * @param options The longest payload to take.
 * @returns The payloads, one after the other, until the source ends.
 * @throws {FrameError} If a longer payload is announced, or the source ends within a frame.
 * @throws {RangeError} If `maxLength` is no length.
 *
 * @example
 * ```ts
 * import { frame, readFrames } from "./frames.ts";
 *
 * const stream = ReadableStream.from([frame(new Uint8Array([1])), frame(new Uint8Array([2, 3]))]);
 * for await (const payload of readFrames(stream)) console.log(payload.length); // 1, 2
 * ```
 */
export async function* readFrames(
  source: FrameSource,
  options: ReadFramesOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const maxLength = checkMaxLength(options.maxLength ?? DEFAULT_MAX_FRAME_LENGTH);
  const received = new ReceivedBytes();
  for await (const chunk of chunksOf(source, () => received.length > 0)) {
    received.add(chunk);
    for (let length; (length = announced(received, maxLength)) !== undefined;) {
      if (received.length < HEADER_LENGTH + length) break;
      received.take(HEADER_LENGTH);
      yield received.take(length);
    }
  }
  if (received.length === 0) return;
  const length = announced(received, maxLength);
  const missing = length === undefined ? "its length" : `${length} bytes`;
  throw new FrameError(
    `Cannot read a frame: the sender ended after ${received.length} bytes of 4 and ${missing}`,
    { reason: "cutOff", length },
  );
}

/**
 * Checks the longest length of a payload.
 *
 * @param maxLength The length, in bytes.
 * @returns The same.
 * @throws {RangeError} If it is no whole number from 1 to 4294967295.
 */
export function checkMaxLength(maxLength: number): number {
  if (Number.isInteger(maxLength) && maxLength >= 1 && maxLength <= LONGEST) return maxLength;
  throw new RangeError(
    `Cannot limit frames: current value of maxLength is ${maxLength}, ` +
      `allowed are whole numbers from 1 to ${LONGEST}`,
  );
}

/** The length of the frame that comes next, once its four bytes are there. */
function announced(received: ReceivedBytes, maxLength: number): number | undefined {
  if (received.length < HEADER_LENGTH) return undefined;
  const length = received.peekUint32();
  if (length <= maxLength) return length;
  throw new FrameError(
    `Cannot read a frame: its length is ${length} bytes, allowed are up to ${maxLength}`,
    { reason: "tooLong", length },
  );
}

async function* chunksOf(
  source: FrameSource,
  isWithinFrame: () => boolean,
): AsyncGenerator<Uint8Array, void, void> {
  if (!("read" in source)) return yield* source;
  const buffer = new Uint8Array(READ_LENGTH);
  for (let count; (count = await source.read(buffer, isWithinFrame())) !== null;) {
    yield buffer.subarray(0, count);
  }
}

/** Bytes that came and were not taken yet. It grows by doubling, so single bytes cost no more. */
class ReceivedBytes {
  #buffer = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#end - this.#start;
  }

  add(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(this.length + chunk.length);
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The first four bytes as a number. */
  peekUint32(): number {
    return new DataView(this.#buffer.buffer).getUint32(this.#start);
  }

  /** Takes out a copy of the first bytes. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const taken = this.#buffer.slice(this.#start, this.#start + length);
    this.#start += length;
    if (this.#start === this.#end) this.#start = this.#end = 0;
    return taken;
  }

  #makeRoom(needed: number): void {
    const rest = this.#buffer.subarray(this.#start, this.#end);
    if (needed * 2 > this.#buffer.length) this.#buffer = new Uint8Array(needed * 2);
    this.#buffer.set(rest);
    this.#start = 0;
    this.#end = rest.length;
  }
}
