/**
 * What an agent says of itself.
 *
 * @module
 */

/** An agent that is there. */
export interface AgentInfo {
  /** How it is called. */
  readonly name: string;
  /** The name of its machine. */
  readonly host: string;
  /** The number of its process there. */
  readonly pid: number;
  /** How many jobs it runs at once. */
  readonly slots: number;
  /** How many it runs now. */
  readonly busy: number;
  /** Its version of paralog. */
  readonly version: string;
  /** The version of what it tells callers. */
  readonly protocol: number;
  /** When it was started, by its own clock, in milliseconds since 1970. */
  readonly since: number;
  /** When it said so, by the clock of Redis. */
  readonly at: number;
}

const TEXTS = ["name", "host", "version"] as const;
const NUMBERS = ["pid", "slots", "busy", "protocol", "since", "at"] as const;

/**
 * Reads what an agent said. It may be one of another version.
 *
 * @param text The JSON.
 * @returns What it says; `undefined` if it can't be read.
 */
export function readAgentInfo(text: string): AgentInfo | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const isText = TEXTS.every((name) => typeof Reflect.get(value, name) === "string");
  const isNumber = NUMBERS.every((name) => typeof Reflect.get(value, name) === "number");
  return isText && isNumber ? value as AgentInfo : undefined; // It was just checked.
}
