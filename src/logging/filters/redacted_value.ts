/**
 * Copies of values without their secrets, whatever shape they have.
 *
 * @module
 */

import { type SerializedError, type SerializedThrown, serializeError } from "../errors.ts";
import { display } from "../text/inspect.ts";
import { entriesOf, UNREADABLE } from "./secret_fields.ts";
import type { SecretTexts } from "./secret_texts.ts";

/** How deep values are followed; what is deeper is taken for secret. */
const MAX_DEPTH = 100;

/** What a redaction works by. */
export interface RedactionRules {
  /** The names of the fields to redact, in small letters. */
  readonly fields: ReadonlySet<string>;
  /** What stands in the place of a secret. */
  readonly replacement: string;
  /** What removes secrets from texts. */
  readonly texts: SecretTexts;
}

/**
 * Makes copies of the values of one record without their secrets. The values stay as they are; an
 * object that is part of itself becomes a copy that is part of itself.
 */
export class RedactedValues {
  readonly #rules: RedactionRules;
  /** The copy of each object that was met, so that cycles end. */
  readonly #copies = new Map<object, unknown>();
  /** How often something was replaced. */
  #changes = 0;

  /** Whether anything was replaced so far. */
  get hasChanged(): boolean {
    return this.#changes > 0;
  }

  /**
   * Begins with the values of a record.
   *
   * @param rules What is secret.
   */
  constructor(rules: RedactionRules) {
    this.#rules = rules;
  }

  /**
   * Copies a value.
   *
   * @param value Anything.
   * @param depth How deep in another value it was found.
   * @returns The value without secrets. Class instances that have none are not copied.
   */
  redact(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return this.#redactText(value);
    if (value === UNREADABLE) return this.#secret(); // It may be one.
    if (typeof value !== "object" || value === null) return value;
    if (this.#copies.has(value)) return this.#copies.get(value);
    if (depth > MAX_DEPTH) return this.#secret();
    try {
      return this.#redactObject(value, depth + 1);
    } catch {
      return this.#secret(); // A proxy that can't be looked at, or a toJSON() that throws.
    }
  }

  /**
   * Copies an error that was logged.
   *
   * @param error The error as data.
   * @param depth How deep in another value it was found.
   * @returns The error without secrets in its texts, own fields and causes.
   */
  redactError(error: SerializedError, depth = 0): SerializedError {
    const { stack, cause, errors, suppression, fields } = error;
    const inner = (thrown: SerializedThrown) => this.#redactThrown(thrown, depth + 1);
    return {
      ...error,
      message: this.#redactText(error.message),
      ...(stack !== undefined && { stack: this.#redactText(stack) }),
      ...(cause && { cause: inner(cause) }),
      ...(errors && { errors: errors.map(inner) }),
      ...(suppression && {
        suppression: {
          error: inner(suppression.error),
          suppressed: inner(suppression.suppressed),
        },
      }),
      // The copy of a plain object is a plain object.
      ...(fields && { fields: this.redact(fields, depth + 1) as Record<string, unknown> }),
    };
  }

  #redactThrown(thrown: SerializedThrown, depth: number): SerializedThrown {
    if (thrown.kind === "value") return { kind: "value", value: this.redact(thrown.value, depth) };
    if (depth > MAX_DEPTH) return { kind: "value", value: this.#secret() };
    return { kind: "error", error: this.redactError(thrown.error, depth) };
  }

  #redactText(text: string): string {
    const redacted = this.#rules.texts.remove(text);
    if (redacted !== text) this.#changes++;
    return redacted;
  }

  #secret(): string {
    this.#changes++;
    return this.#rules.replacement;
  }

  #redactObject(value: object, depth: number): unknown {
    if (Array.isArray(value)) {
      const copy: unknown[] = [];
      this.#copies.set(value, copy);
      for (const item of value) copy.push(this.redact(item, depth));
      return copy;
    }
    if (value instanceof Map) {
      const copy = new Map<unknown, unknown>();
      this.#copies.set(value, copy);
      for (const [key, item] of value) copy.set(key, this.#redactField(key, item, depth));
      return copy;
    }
    if (value instanceof Set) {
      const copy = new Set<unknown>();
      this.#copies.set(value, copy);
      for (const item of value) copy.add(this.redact(item, depth));
      return copy;
    }
    if (isPlain(value)) return this.#copyFields(value, depth);
    return this.#redactInstance(value, depth);
  }

  /** An instance is kept, with its class, unless a secret is found in it by any way to look in. */
  #redactInstance(value: object, depth: number): unknown {
    if (ArrayBuffer.isView(value) || value instanceof Date || value instanceof RegExp) return value;
    const before = this.#changes;
    this.#copies.set(value, "[Circular]");
    let copy: unknown = value instanceof Error
      ? this.redactError(serializeError(value), depth)
      : this.#copyFields(value, depth);
    if (this.#changes === before && "toJSON" in value && typeof value.toJSON === "function") {
      copy = this.redact(value.toJSON(""), depth);
    }
    if (this.#changes === before) copy = this.#redactText(display(value));
    if (this.#changes === before) copy = value;
    this.#copies.set(value, copy);
    return copy;
  }

  #copyFields(value: object, depth: number): Record<string | symbol, unknown> {
    const copy: Record<string | symbol, unknown> = {};
    this.#copies.set(value, copy);
    for (const [key, item] of entriesOf(value)) {
      // Not by assignment: a field may be called __proto__.
      Object.defineProperty(copy, typeof key === "symbol" ? key : String(key), {
        value: this.#redactField(key, item, depth),
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
    return copy;
  }

  #redactField(name: unknown, value: unknown, depth: number): unknown {
    if (value === undefined || value === null) return value; // That there is none is no secret.
    const isSecret = typeof name === "string" && this.#rules.fields.has(name.toLowerCase());
    return isSecret ? this.#secret() : this.redact(value, depth);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
