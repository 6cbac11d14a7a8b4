/**
 * How much a relay may hold, and how long it makes a task wait.
 *
 * @module
 */

import { inspect } from "../logging/text/inspect.ts";
import { DEFAULT_RING_BYTES } from "./ring.ts";

/** Options of the relay that carries the records of workers to their caller. */
export interface RelayOptions {
  /**
   * How many bytes of records wait in shared memory, for each worker. A record beyond that waits for
   * room. Rounded up to a power of two.
   *
   * @default 1048576
   */
  readonly ringBytes?: number;
  /**
   * How long a log call waits for room while the caller takes no record, in milliseconds; afterwards
   * records go another way, which `maxSpillLength` bounds, and beyond that they are dropped and counted.
   * The wait ends a deadlock, where the caller waits for the very task that waits for it.
   *
   * @default 5000
   */
  readonly maxWait?: number;
  /**
   * How many characters of records wait outside of the ring, for each worker: records that are longer
   * than the ring, or that found no room in time. A single longer one passes when none waits.
   *
   * @default 67108864
   */
  readonly maxSpillLength?: number;
  /**
   * The longest record, in characters of its JSON text. A longer one is cut, which its texts then say.
   *
   * @default 67108864
   */
  readonly maxRecordLength?: number;
}

const DEFAULTS: Required<RelayOptions> = {
  ringBytes: DEFAULT_RING_BYTES,
  maxWait: 5000,
  maxSpillLength: 64 * 1024 * 1024,
  maxRecordLength: 64 * 1024 * 1024,
};

/** The smallest values that make sense. */
const LEAST: Required<RelayOptions> = {
  ringBytes: 1024,
  maxWait: 0,
  maxSpillLength: 0,
  maxRecordLength: 8192,
};

/** The largest: rings and texts that the engine can hold. */
const MOST: Required<RelayOptions> = {
  ringBytes: 1024 * 1024 * 1024,
  maxWait: Number.MAX_SAFE_INTEGER,
  maxSpillLength: Number.MAX_SAFE_INTEGER,
  maxRecordLength: 256 * 1024 * 1024,
};

/**
 * Checks the options and fills in the defaults.
 *
 * @param options What was asked for.
 * @returns All options.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If one is no whole number, too small or too large.
 */
export function checkRelayOptions(options: RelayOptions = {}): Required<RelayOptions> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot set up the relay with ${inspect(options)}: give an object`);
  }
  for (const [key, value] of Object.entries(options)) {
    if (!isOption(key)) {
      throw new TypeError(
        `Cannot set up the relay: unknown option "${key}", allowed are ${
          Object.keys(DEFAULTS).join(", ")
        }`,
      );
    }
    if (value === undefined || isWithin(value, LEAST[key], MOST[key])) continue;
    throw new RangeError(
      `Cannot set up the relay: current value of ${key} is ${inspect(value)}, allowed are whole ` +
        `numbers from ${LEAST[key]} to ${MOST[key]}`,
    );
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}

function isOption(key: string): key is keyof RelayOptions {
  return Object.hasOwn(DEFAULTS, key);
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
}
