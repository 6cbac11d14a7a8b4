/**
 * What can't be sent to a task or back, in words: where it is, what it is, and what to do.
 *
 * @module
 */

import { isProxy } from "node:util/types";
import { Logger } from "../../logging/logger.ts";
import { inspect } from "../../logging/text/inspect.ts";
import type { Refusal } from "../../relay/clone_refusal.ts";
import { referenceOf } from "../tasks/task.ts";

/** What to send in the place of an instance of a class, or of one that extends it. */
const HINTS: Readonly<Record<string, string>> = {
  URL: "send url.href",
  URLSearchParams: "send params.toString()",
  Headers: "send [...headers]",
  FormData: "send [...form]",
  Request: "send its url, and what else the task needs of it",
  Response: "send what the task needs of it, such as await response.text()",
  AbortController: "the task has a signal of its own, currentTask().signal",
  AbortSignal: "the task has a signal of its own, currentTask().signal",
  Promise: "await it first",
  WeakRef: "send what it refers to, ref.deref()",
  AsyncGenerator: "send a list, await Array.fromAsync(values)",
  Iterator: "send a list, [...values]",
  Instant: "send its text, value.toString()",
  Proxy: "send a plain copy, { ...proxy }",
  Arguments: "send a list, [...arguments]",
  Module: "let the task's module import it",
  ImageBitmap: "send the bytes of the image",
  ImageData: "send its data, width and height",
  LoggerAdapter: "make it in the task, on getLogger(name)",
  Filterer: "add it in the task, or leave the records to the caller's handlers",
};

/** What a program has open; the same goes for what extends it. */
const OPEN = new Set(
  "FsFile Conn Listener EventEmitter WebSocket BroadcastChannel Worker ChildProcess HttpClient"
    .split(" "),
);

/** Longer paths are shown by their ends, in characters. */
const LONG_PATH = 100;

/**
 * Says what can't be sent, and what to do.
 *
 * @param root The name of the value that it was found in, such as "args".
 * @param refusal What was found.
 * @returns Such as "args[0].url is a URL, which can't be cloned: send url.href".
 */
export function describeRefusal(root: string, { reason, value, path }: Refusal): string {
  const place = root + shorten(path);
  const what = `${place} is ${withArticle(nameOf(value))}`;
  switch (reason) {
    case "uncloneable":
      return `${what}, which can't be cloned: ${hintFor(value) ?? "send plain data"}`;
    case "hidden": {
      const hint = hintFor(value) ?? `send plain data, and make a ${nameOf(value)} of it there`;
      return `${what}, whose private fields can't be cloned: ${hint}`;
    }
    case "unmoved":
      return `${what}, which can't be cloned, but moved: new Parallel(n, { transfer: true })`;
    case "local":
      return `${what}, which can't leave its process: ${localHint(value)}`;
    case "detached":
      return `${what} whose memory was moved away before, as transfer does: use another each time, ` +
        "or a copy, buffer.slice()";
    case "deep":
      return `${place} is nested too deep to be cloned: send a list of its parts`;
    case "unreadable":
      return `${place} can't be read: ${value instanceof Error ? value.message : inspect(value)}`;
    default:
      return reason satisfies never;
  }
}

function shorten(path: string): string {
  if (path.length <= LONG_PATH) return path;
  return `${path.slice(0, LONG_PATH / 2)}…${path.slice(-LONG_PATH / 2)}`;
}

function withArticle(name: string): string {
  return `${/^[AEIOaeio]/.test(name) ? "an" : "a"} ${name}`;
}

function nameOf(value: unknown): string {
  if (typeof value === "function") return referenceOf(value) ? "task" : functionKind(value);
  if (typeof value !== "object" || value === null) return typeof value;
  if (isProxy(value)) return "Proxy";
  // What the engine calls it, where it has no class of its own: "Arguments", "Generator", "Module".
  const tag = Object.prototype.toString.call(value).slice("[object ".length, -1);
  const name = namesOf(value).next().value;
  return name && name !== "Object" && name !== "Iterator" ? name : tag;
}

// deno-lint-ignore ban-types -- of which nothing else is known
function functionKind(value: Function): string {
  return /^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "function";
}

/** The names of its class and of those that it extends. */
function* namesOf(value: object): Generator<string, void> {
  for (let next = Object.getPrototypeOf(value); next; next = Object.getPrototypeOf(next)) {
    const maker: unknown = Object.getOwnPropertyDescriptor(next, "constructor")?.value;
    if (typeof maker === "function") yield maker.name;
    else if (next === Iterator.prototype) yield "Iterator";
    else if (Object.hasOwn(next, Symbol.toStringTag)) yield String(next[Symbol.toStringTag]);
  }
}

function hintFor(value: unknown): string | undefined {
  if (typeof value === "function") return functionHint(value);
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Logger) return `call getLogger(${JSON.stringify(value.name)}) in the task`;
  for (const name of [nameOf(value), ...namesOf(value)]) {
    const hint = OPEN.has(name) ? "open it in the task" : HINTS[name];
    if (hint) return hint;
  }
  return undefined;
}

// deno-lint-ignore ban-types -- of which nothing else is known
function functionHint(value: Function): string {
  const name = value.name || "it";
  if (referenceOf(value)) return `let the task's module import ${name}`;
  return functionKind(value) === "class"
    ? `send plain data, and let the task's module import ${name}`
    : "let the task's module define or import it";
}

function localHint(value: unknown): string {
  const use = 'use the backend "workers"';
  return value instanceof Blob ? `send await blob.bytes(), or ${use}` : use;
}
