/**
 * Templates of messages, taken apart once: a program logs with the same few again and again. Without it
 * a line with an argument takes an eighth longer (bench/logging.ts).
 *
 * @module
 */

import { parseTemplate, type Template } from "./percent.ts";

/** How many templates are kept; then it begins anew, for texts that are made at each call may come. */
const MOST_TEMPLATES = 200;

/** How long a template may be, in characters, to be kept. */
const MOST_LENGTH = 200;

/** Takes templates apart, and keeps what became of short ones. */
export class TemplateCache {
  readonly #templates = new Map<string, Template>();

  /**
   * Takes a template apart, as `parseTemplate` does.
   *
   * @param template The text with its conversions.
   * @returns Literal text and conversions, in order; maybe the same list as at another call.
   */
  parse(template: string): Template {
    const known = this.#templates.get(template);
    if (known) return known;
    const parts = parseTemplate(template);
    if (template.length > MOST_LENGTH) return parts;
    if (this.#templates.size >= MOST_TEMPLATES) this.#templates.clear();
    this.#templates.set(template, parts);
    return parts;
  }
}
