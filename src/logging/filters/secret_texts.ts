/**
 * What must not be read in a text: the values of redacted fields, and what matches a pattern.
 *
 * @module
 */

/** From this length on, a text is replaced within words too; a shorter one would spoil them. */
const LONG = 4;

const NO_WORD_BEFORE = "(?<![\\p{L}\\p{N}_])";
const NO_WORD_AFTER = "(?![\\p{L}\\p{N}_])";

/** Removes secrets from texts. Belongs to one record: it learns the secrets of that record. */
export class SecretTexts {
  readonly #patterns: readonly RegExp[];
  readonly #replacement: string;
  /** Secrets, as expressions, with the length that decides which is tried first. */
  readonly #secrets = new Map<string, number>();
  #expression: RegExp | undefined;

  /**
   * Makes what removes secrets.
   *
   * @param patterns What secrets look like; all are global.
   * @param replacement What stands in their place.
   */
  constructor(patterns: readonly RegExp[], replacement: string) {
    this.#patterns = patterns;
    this.#replacement = replacement;
  }

  /**
   * Learns a secret.
   *
   * @param secret A value that was redacted; texts and numbers are looked for in other texts.
   */
  learn(secret: unknown): void {
    const isText = typeof secret === "string";
    if (!isText && typeof secret !== "number" && typeof secret !== "bigint") return;
    const text = String(secret);
    // Single digits stand everywhere; hiding them all would hide nothing.
    if (text === "" || text === this.#replacement || (!isText && text.length < LONG)) return;
    for (const form of [text, JSON.stringify(text).slice(1, -1)]) { // As %s, and %j and %r, write it.
      const literal = form.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
      const isPart = isText && text.length >= LONG;
      this.#secrets.set(
        isPart ? literal : `${NO_WORD_BEFORE}${literal}${NO_WORD_AFTER}`,
        form.length,
      );
    }
    this.#expression = undefined;
  }

  /**
   * Removes the secrets from a text.
   *
   * @param text The text.
   * @returns The text with the replacement in their place.
   */
  remove(text: string): string {
    if (this.#secrets.size > 0) this.#expression ??= expressionOf(this.#secrets);
    let kept = [text];
    for (const expression of [this.#expression, ...this.#patterns]) {
      if (expression) kept = kept.flatMap((piece) => without(piece, expression));
    }
    return kept.join(this.#replacement);
  }
}

/** What stands between the matches; so no pattern is looked for in the replacement of another. */
function without(text: string, expression: RegExp): string[] {
  if (text.search(expression) < 0) return [text];
  const kept: string[] = [];
  let end = 0;
  for (const match of text.matchAll(expression)) {
    if (match[0] === "") continue; // A place between characters hides nothing.
    kept.push(text.slice(end, match.index));
    end = match.index + match[0].length;
  }
  kept.push(text.slice(end));
  return kept;
}

/** The longest secret first: another one may be its beginning. */
function expressionOf(secrets: ReadonlyMap<string, number>): RegExp {
  const longestFirst = [...secrets].sort(([, a], [, b]) => b - a);
  return new RegExp(longestFirst.map(([expression]) => expression).join("|"), "gu");
}
