/**
 * Values as bytes, on their way through Redis: one byte that says how they are packed, then a
 * structured clone, JSON, or a table of frames.
 *
 * @module
 */

import { deflateRawSync, inflateRawSync } from "node:zlib";
import { isJsonChanged, writePlain } from "../../relay/plain_text.ts";
import { inspect } from "../../logging/text/inspect.ts";
import { CLONE_MARK, decodeClone, detachBuffers, encodeClone } from "../../relay/clone_bytes.ts";
import { MOST_PAYLOAD_BYTES } from "../../relay/pipe_frame.ts";

/** From this length on values are compressed, in bytes: below, Redis takes less time than that would. */
export const COMPRESS_FROM = 4096;

/** The longest value that callers and agents take, in bytes as packed, if nothing else is said. */
export const DEFAULT_MAX_PAYLOAD: number = 16 * 1024 * 1024;

/** An empty batch is longer than less. */
const LEAST_LIMIT = 1024;

/** With base64 and what BullMQ adds, more would be no value that Redis takes: 512 MB. */
const MOST_LIMIT = 256 * 1024 * 1024;

/**
 * How long may be, in bytes, what an agent sends: the results of a batch together, where each is within the limit,
 * or records. The caller chose its agents.
 */
export const TRUSTED_LIMIT = MOST_LIMIT;

/** How many times longer a value may be when it is unpacked: what claims more is made to fill the memory. */
const MOST_GROWTH = 8;

/** The first byte. */
const RAW = 0;
const DEFLATED = 1;

const encoder = new TextEncoder();

/** Level 1 takes a third of the time of level 6, for text that becomes half again as long. */
const DEFLATE = { level: 1 } as const;

/** How long a value may be. */
export interface PayloadLimit {
  /** The most bytes, as packed. */
  readonly limit: number;
}

/** Options of {@linkcode packPayload}. */
export interface PackOptions extends Partial<PayloadLimit> {
  /**
   * Whether all of it is text, lists and plain objects, and what `isPlain` allows.
   *
   * @default false
   */
  readonly isPlain?: boolean;
  /** What is moved and not copied: it is detached at once. */
  readonly moved?: readonly Transferable[];
}

/** A value is longer than callers and agents take. */
export class PayloadTooLongError extends RangeError {
  /** How many bytes it has, if that is known: what grows when it is unpacked is not unpacked to its end. */
  readonly bytes: number | undefined;
  /** How many are allowed. */
  readonly limit: number;

  /**
   * Makes the error.
   *
   * @param bytes How many bytes it has, if that is known.
   * @param limit How many are allowed.
   */
  constructor(bytes: number | undefined, limit: number) {
    const what = bytes === undefined
      ? `a value that is longer than ${limit} bytes, when it is unpacked, through Redis`
      : `${bytes} bytes through Redis: the limit is ${limit}`;
    super(
      `Cannot send ${what}. Raise the limit on both sides: maxPayload of bullmq() and --max-payload ` +
        "of the agents. Or write the data to a file or an object store that both sides reach, and " +
        "send its name",
    );
    this.name = "PayloadTooLongError";
    this.bytes = bytes;
    this.limit = limit;
    // Where it is made says nothing; where the call was dispatched is added to it.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/**
 * Checks the option `maxPayload`.
 *
 * @param option What was given, in bytes.
 * @returns It, or the default.
 * @throws {TypeError} If it is no number.
 * @throws {RangeError} If it is no whole number, too small, or more than Redis takes.
 */
export function checkMaxPayload(option: unknown): number {
  if (option === undefined) return DEFAULT_MAX_PAYLOAD;
  if (typeof option !== "number") {
    throw new TypeError(`Cannot use ${inspect(option)} as maxPayload: give a number of bytes`);
  }
  if (Number.isSafeInteger(option) && option >= LEAST_LIMIT && option <= MOST_LIMIT) return option;
  throw new RangeError(
    `Cannot use ${option} as maxPayload: give a whole number of bytes from ${LEAST_LIMIT} to ` +
      `${MOST_LIMIT}; Redis takes no longer values`,
  );
}

/**
 * Packs a value. It is written before this returns: what is changed afterwards makes no difference.
 *
 * @param value What `structuredClone` takes: see {@linkcode encodeClone}.
 * @param options What of it is moved, and how long it may be.
 * @returns The bytes.
 * @throws {Error} If the value can't be written.
 * @throws {PayloadTooLongError} If it is longer than allowed; nothing is detached then.
 */
export function packPayload(value: unknown, options: PackOptions = {}): Uint8Array<ArrayBuffer> {
  const { isPlain = false, moved = [], limit } = options;
  const content = isPlain && !isJsonChanged()
    ? encoder.encode(writePlain(value))
    : encodeClone(value);
  const bytes = packBytes(content, { limit });
  detachBuffers(moved);
  return bytes;
}

/**
 * The same as {@linkcode packPayload} without compression.
 *
 * @param value What `structuredClone` takes.
 * @returns The bytes.
 * @throws {Error} If the value can't be written.
 */
export function packRaw(value: unknown): Uint8Array<ArrayBuffer> {
  return marked(RAW, encodeClone(value));
}

/**
 * Makes a value of its bytes.
 *
 * @param bytes What {@linkcode packPayload} made.
 * @param options How long it may be. Unpacked, it may be eight times as long.
 * @returns A copy of the value.
 * @throws {PayloadTooLongError} If it is longer.
 * @throws {TypeError} If the bytes are something else.
 */
export function unpackPayload(bytes: Uint8Array, options: PayloadLimit): unknown {
  return readClone(unpackBytes(bytes, options));
}

/**
 * Makes a value of bytes that {@linkcode packRaw} made.
 *
 * @param bytes The bytes.
 * @param options How long they may be.
 * @throws {PayloadTooLongError} If they are longer.
 * @throws {TypeError} If they are something else.
 */
export function unpackRaw(bytes: Uint8Array, options: PayloadLimit): unknown {
  checkPayload(bytes, options);
  if (bytes[0] !== RAW) return unreadable("they are compressed");
  return bytes[1] === CLONE_MARK
    ? readClone(bytes.subarray(1))
    : unreadable("they are no structured clone");
}

/**
 * What was packed, without making a value of it.
 *
 * @param bytes What {@linkcode packPayload} made.
 * @param options How long it may be. Unpacked, it may be eight times as long.
 * @throws {PayloadTooLongError} If it is longer.
 * @throws {TypeError} If the bytes are something else.
 */
export function unpackBytes(bytes: Uint8Array, { limit }: PayloadLimit): Uint8Array {
  checkPayload(bytes, { limit });
  if (bytes[0] === RAW) return plainBytes(bytes).subarray(1);
  if (bytes[0] === DEFLATED) return plainBytes(inflate(bytes.subarray(1), unpackedLimit(limit)));
  return unreadable(`they begin with ${bytes[0]}`);
}

/** No `Buffer`, whose slices are no copies. */
function plainBytes({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/**
 * Makes a value of what {@linkcode unpackBytes} gave.
 *
 * @param clone A structured clone, or JSON.
 * @throws {TypeError} If it is something else.
 */
export function readClone(clone: Uint8Array): unknown {
  try {
    return decodeClone(clone);
  } catch (error) {
    throw new TypeError(`Cannot read ${clone.length} bytes as a value: ${whyNot(clone)}`, {
      cause: error,
    });
  }
}

/**
 * Checks how long a packed value is.
 *
 * @param bytes The value.
 * @param options How long it may be.
 * @throws {PayloadTooLongError} If it is longer.
 */
export function checkPayload(bytes: Uint8Array, { limit }: PayloadLimit): void {
  if (bytes.length > limit) throw new PayloadTooLongError(bytes.length, limit);
}

/**
 * Packed bytes as text, for where only text can be.
 *
 * @param bytes The bytes.
 * @returns Base64. Measured, the engine writes it faster than a `Buffer` does, and up to a megabyte it reads it as fast.
 */
export function payloadToText(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/**
 * The bytes of such a text.
 *
 * @param text What {@linkcode payloadToText} made.
 * @param limit How many bytes it may have; that is looked at before they are made.
 * @returns The bytes.
 * @throws {PayloadTooLongError} If they are more.
 * @throws {TypeError} If it is another text.
 */
export function textToPayload(text: string, limit: number): Uint8Array<ArrayBuffer> {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const length = Math.floor(text.length / 4) * 3 - padding;
  if (length > limit) throw new PayloadTooLongError(length, limit);
  try {
    return Uint8Array.fromBase64(text);
  } catch (error) {
    throw new TypeError(`Cannot read ${text.length} characters as a value: they are no base64`, {
      cause: error,
    });
  }
}

/**
 * Packs bytes, compressed if they are many.
 *
 * @param content What {@linkcode unpackBytes} gives.
 * @param options How long it may be.
 * @throws {PayloadTooLongError} If it is longer than allowed.
 */
export function packBytes(
  content: Uint8Array,
  { limit }: Partial<PayloadLimit>,
): Uint8Array<ArrayBuffer> {
  if (limit !== undefined) checkUnpacked(content, limit);
  // Deno's asynchronous zlib takes its time in this thread too, all of it in one go: measured, no timer fires.
  const deflated = content.length < COMPRESS_FROM ? content : deflateRawSync(content, DEFLATE);
  const bytes = deflated.length < content.length
    ? marked(DEFLATED, deflated)
    : marked(RAW, content);
  if (limit !== undefined) checkPayload(bytes, { limit });
  return bytes;
}

function marked(mark: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(content.length + 1);
  bytes[0] = mark;
  bytes.set(content, 1);
  return bytes;
}

function inflate(deflated: Uint8Array, most: number): Uint8Array {
  try {
    return inflateRawSync(deflated, { maxOutputLength: most });
  } catch (error) {
    if (error instanceof RangeError) throw new PayloadTooLongError(undefined, most);
    throw new TypeError(
      `Cannot read ${deflated.length} bytes as a value: they can't be decompressed, so they were ` +
        "changed or cut on their way",
      { cause: error },
    );
  }
}

/** The other side would not unpack it. */
function checkUnpacked(content: Uint8Array, limit: number): void {
  const most = unpackedLimit(limit);
  if (content.length > most) throw new PayloadTooLongError(undefined, most);
}

function unpackedLimit(limit: number): number {
  return Math.min(limit * MOST_GROWTH, MOST_PAYLOAD_BYTES);
}

function unreadable(why: string): never {
  throw new TypeError(`Cannot read bytes as a value: ${why}, so paralog has not written them`);
}

function whyNot(clone: Uint8Array): string {
  return tooNew(clone) ?? "they are no structured clone, or were changed or cut on their way";
}

/**
 * Checks that this Deno can read what another one has written, before somebody else finds out.
 *
 * @param clone A structured clone, or JSON.
 * @throws {TypeError} If it can't.
 */
export function checkVersion(clone: Uint8Array): void {
  const reason = tooNew(clone);
  if (reason !== undefined) throw new TypeError(`Cannot read a value: ${reason}`);
}

/** What this Deno writes. */
const [, OWN_VERSION = 0] = encodeClone(0);

function tooNew([mark, version = 0]: Uint8Array): string | undefined {
  if (mark !== CLONE_MARK || version <= OWN_VERSION) return undefined;
  return `it is in V8's format ${version}, this Deno writes ${OWN_VERSION}. Run the same version of ` +
    "Deno on both sides";
}
