/**
 * The filter that removes secrets from records.
 *
 * @module
 */

import type { FilterObject } from "../filter.ts";
import { inspect } from "../text/inspect.ts";
import type { Fields } from "../message.ts";
import type { LogRecord } from "../record.ts";
import { RedactedValues } from "./redacted_value.ts";
import { SecretFields } from "./secret_fields.ts";
import { SecretTexts } from "./secret_texts.ts";

/** Options of {@linkcode RedactionFilter}. */
export interface RedactionFilterOptions {
  /**
   * The names of fields whose values are secret, in capitals or small letters.
   *
   * @default []
   */
  fields?: readonly string[];
  /**
   * What secrets look like: regular expressions, or their source as text, as in a configuration file.
   *
   * @default []
   */
  patterns?: readonly (RegExp | string)[];
  /**
   * What stands in the place of a secret.
   *
   * @default "[REDACTED]"
   */
  replacement?: string;
}

/**
 * Removes secrets from records: the values of named fields at any depth (of the fields that were
 * logged, the arguments and the error's own fields), and what matches a pattern in any text (of the
 * message, these values, the error, its stack and its causes). The value of a named field is removed
 * from texts too: from a message that was made with it, for instance.
 *
 * Where that might spoil other words, only whole words are removed: a text of less than 4 characters,
 * or a number, which needs 4 digits. What can't be looked at (a getter that throws) is taken for
 * secret. The record and its values stay as they are; the filter hands on a copy.
 *
 * Put it on the handlers: a logger's filter sees only what was logged on that very logger.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger, RedactionFilter } from "@paralog/paralog/logging";
 *
 * const redaction = new RedactionFilter({
 *   fields: ["password", "authorization"],
 *   patterns: [/\b\d{4}(?: ?\d{4}){3}\b/], // Card numbers.
 * });
 * getLogger("app").addHandler(new ConsoleHandler({ filters: [redaction] }));
 * getLogger("app").warn("login of %s with %s", "ann", "hunter2", { password: "hunter2" });
 * // login of ann with [REDACTED]
 * ```
 */
export class RedactionFilter implements FilterObject {
  readonly #fields: ReadonlySet<string>;
  readonly #patterns: readonly RegExp[];
  readonly #replacement: string;

  /**
   * Makes a filter.
   *
   * @param options What is secret, and what stands in its place.
   * @throws {TypeError} If there are neither fields nor patterns, or an option has another shape.
   * @throws {RangeError} If a pattern matches the empty text, which is everywhere.
   * @throws {SyntaxError} If a pattern given as text is no regular expression.
   */
  constructor(options: RedactionFilterOptions) {
    const { fields = [], patterns = [], replacement = "[REDACTED]" } = options ?? {};
    if (!Array.isArray(fields) || fields.some((field) => typeof field !== "string")) {
      throw new TypeError(
        `Cannot redact fields: current value is ${inspect(fields)}, write a list of names`,
      );
    }
    if (!Array.isArray(patterns)) {
      throw new TypeError(
        `Cannot redact patterns: current value is ${inspect(patterns)}, write a list of regular ` +
          "expressions",
      );
    }
    if (fields.length + patterns.length === 0) {
      throw new TypeError("Cannot redact: neither fields nor patterns say what is secret");
    }
    if (typeof replacement !== "string") {
      throw new TypeError(
        `Cannot redact: current value of replacement is ${inspect(replacement)}, write a text`,
      );
    }
    this.#fields = new Set(fields.map((field) => field.toLowerCase()));
    this.#patterns = patterns.map(toGlobalPattern);
    this.#replacement = replacement;
  }

  /**
   * Removes the secrets of one record. Never throws.
   *
   * @param record The record; it stays as it is.
   * @returns A copy without secrets, or the record itself if it has none.
   */
  filter(record: LogRecord): LogRecord {
    try {
      return this.#redact(record);
    } catch {
      // Nothing is known of what it holds: only what the logger itself wrote is safe.
      const { extra: _extra, error: _error, stack: _stack, ...safe } = record;
      return { ...safe, msg: this.#replacement, args: [] };
    }
  }

  #redact(record: LogRecord): LogRecord {
    const { msg, args, extra, error, stack } = record;
    const texts = new SecretTexts(this.#patterns, this.#replacement);
    if (this.#fields.size > 0) {
      const secrets = new SecretFields(this.#fields, texts);
      secrets.find(args);
      secrets.find(extra);
      if (error) secrets.findInError(error);
    }
    const rules = { fields: this.#fields, replacement: this.#replacement, texts };
    const values = new RedactedValues(rules);
    const copy: LogRecord = {
      ...record,
      msg: String(values.redact(msg)),
      args: asList(values.redact(args)),
      ...(extra && { extra: asFields(values.redact(extra)) }),
      ...(error && { error: values.redactError(error) }),
      ...(stack !== undefined && { stack: String(values.redact(stack)) }),
    };
    return values.hasChanged ? copy : record;
  }
}

function toGlobalPattern(pattern: RegExp | string): RegExp {
  if (typeof pattern !== "string" && !(pattern instanceof RegExp)) {
    throw new TypeError(
      `Cannot redact by pattern: current value is ${inspect(pattern)}, write a regular expression`,
    );
  }
  const { source, flags } = typeof pattern === "string" ? new RegExp(pattern) : pattern;
  const global = new RegExp(source, `${flags.replace(/[gy]/g, "")}g`);
  if (!"".match(global)) return global;
  throw new RangeError(
    `Cannot redact by pattern: current value is ${
      inspect(pattern)
    }, which matches the empty text, ` +
      "write one that needs a character",
  );
}

/** The values as a list; what could not be looked at became a single text. */
function asList(values: unknown): readonly unknown[] {
  return Array.isArray(values) ? values : [values];
}

function asFields(fields: unknown): Fields {
  return typeof fields === "object" && fields !== null ? { ...fields } : { redacted: fields };
}
