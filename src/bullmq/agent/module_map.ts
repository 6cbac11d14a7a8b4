/**
 * Where an agent has the modules of its callers, if not where they have them.
 *
 * @module
 */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "../../logging/text/inspect.ts";
import type { TaskReference } from "../../parallel/tasks/task.ts";
import type { Envelope } from "../wire/messages.ts";

/** What the beginning of a URL is replaced by. */
interface Rule {
  readonly from: string;
  readonly to: string;
}

/** Replaces the beginnings of URLs, as an import map does. */
export class ModuleMap {
  /** The longest beginning first: it is the one that counts. */
  readonly #rules: readonly Rule[];

  /**
   * Reads the rules.
   *
   * @param rules Each is `FROM=TO`: two URLs or paths. Both end with "/", or none of them.
   * @throws {RangeError} If a rule is none, or there are two for the same beginning.
   */
  constructor(rules: readonly string[]) {
    const read = rules.map(readRule);
    const twice = read.find(({ from }, index) => read.findIndex((r) => r.from === from) < index);
    if (twice) throw new RangeError(`Cannot map ${inspect(twice.from)} to two places: give one`);
    this.#rules = read.sort((a, b) => b.from.length - a.from.length);
  }

  /**
   * Says where a task is here. Whether it may run is told by the URL that it has here.
   *
   * @param task Where its caller has it.
   * @returns Where this machine has it.
   */
  taskOf(task: TaskReference): TaskReference {
    if (task.kind !== "module") return task;
    const rule = this.#rules.find(({ from }) => isBelow(task.url, from));
    return rule ? { ...task, url: rule.to + task.url.slice(rule.from.length) } : task;
  }

  /**
   * Says where the tasks of a job are here.
   *
   * @param envelope The job.
   * @returns It, with the URLs that this machine has.
   */
  envelopeOf(envelope: Envelope): Envelope {
    if (this.#rules.length === 0) return envelope;
    const { site, batch } = envelope;
    const { initializer } = site;
    return {
      site: initializer
        ? { ...site, initializer: { ...initializer, task: this.taskOf(initializer.task) } }
        : site,
      batch: { ...batch, tasks: batch.tasks.map((task) => this.taskOf(task)) },
    };
  }
}

/** A module with a query or a fragment is another one, but it is in the same place. */
function isBelow(url: string, from: string): boolean {
  if (!url.startsWith(from)) return false;
  return from.endsWith("/") || url.length === from.length || /[?#]/.test(url.charAt(from.length));
}

function readRule(text: string): Rule {
  const at = text.indexOf("=");
  const from = text.slice(0, at).trim();
  const to = text.slice(at + 1).trim();
  if (at < 0 || from === "" || to === "") {
    throw new RangeError(
      `Cannot map modules by ${inspect(text)}: write FROM=TO, such as /home/me/app/=/srv/app/`,
    );
  }
  if (endsAsFolder(from) !== endsAsFolder(to)) {
    throw new RangeError(
      `Cannot map modules by ${
        inspect(text)
      }: one side is a folder, and one a file. Both end with "/", ` +
        "or none of them",
    );
  }
  return { from: hrefOf(from, text), to: hrefOf(to, text) };
}

function endsAsFolder(text: string): boolean {
  return /[/\\]$/.test(text);
}

function hrefOf(place: string, rule: string): string {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(place)) {
    const { href } = pathToFileURL(resolve(place));
    return endsAsFolder(place) && !href.endsWith("/") ? `${href}/` : href;
  }
  const url = URL.parse(place);
  if (url && /^(file|https?|jsr|npm):$/.test(url.protocol)) return url.href;
  throw new RangeError(
    `Cannot map modules by ${inspect(rule)}: ${
      inspect(place)
    } is no URL with file:, https:, http:, ` +
      "jsr: or npm:",
  );
}
