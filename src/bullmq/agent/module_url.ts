/**
 * URLs of modules, taken apart so that two that mean the same module look the same, and none looks like another.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";

/** Where modules are that an agent may run tasks of. */
const SCHEMES = ["file:", "https:", "http:", "jsr:", "npm:"] as const;

/** What a URL of a module begins with. */
export type ModuleScheme = typeof SCHEMES[number];

/** A URL of a module. */
export interface ModuleUrl {
  /** How it is loaded. */
  readonly scheme: ModuleScheme;
  /** The name of the machine, with its port if that is not the usual one. */
  readonly host: string;
  /** The names between the slashes, without what URLs write as `%20`. */
  readonly segments: readonly string[];
  /** The query and the fragment: with other ones, it is another module. */
  readonly suffix: string;
}

/** What makes a URL one that is not taken, as the rest of a sentence that begins with the URL. */
export class ModuleUrlError extends RangeError {
  /** As `Error` has it. */
  override readonly name = "ModuleUrlError";
}

/** The longest that is looked at, in characters. */
const LONGEST = 4096;

/**
 * A dot, a slash, a backslash or the end of a text in disguise, also in more than one: some servers, and what makes
 * a path of a URL, take it off after the URL was looked at.
 */
const DISGUISED = /%(?:25)*(?:2e|2f|5c|00)/i;

/**
 * Takes a URL apart.
 *
 * @param text The URL, written as `import.meta.url` is.
 * @returns Its parts.
 * @throws {ModuleUrlError} If it is none, could be read in more than one way, or holds a module itself.
 */
export function readModuleUrl(text: string): ModuleUrl {
  if (text.length > LONGEST) throw new ModuleUrlError(`is longer than ${LONGEST} characters`);
  const url = URL.parse(text);
  if (!url) throw new ModuleUrlError("is no URL");
  const scheme = SCHEMES.find((each) => each === url.protocol);
  if (!scheme) throw new ModuleUrlError(`begins with "${url.protocol}", not with ${LISTED}`);
  // What is imported is the text. It must mean to Deno what was looked at here.
  if (url.href !== text) {
    throw new ModuleUrlError(`is not written as Deno does, which is ${inspect(url.href)}`);
  }
  if (url.username || url.password) throw new ModuleUrlError("has a user or a password in it");
  if (scheme === "file:" && url.host) throw new ModuleUrlError("is on another machine");
  const end = text.search(/[?#]/);
  // Not `search` and `hash`: they do not tell "a.ts?" from "a.ts".
  return {
    scheme,
    host: url.host,
    segments: segmentsOf(url.pathname, scheme),
    suffix: end < 0 ? "" : text.slice(end),
  };
}

const LISTED = `${SCHEMES.slice(0, -1).join(", ")} or ${SCHEMES.at(-1)}`;

function segmentsOf(path: string, scheme: ModuleScheme): string[] {
  const isPackage = scheme === "jsr:" || scheme === "npm:";
  if (DISGUISED.test(path) || isPackage && path.includes("%")) {
    throw new ModuleUrlError("hides characters of its path");
  }
  const segments = (isPackage ? path : path.slice(1)).split("/").map(decode);
  if (segments.some((name) => name === "" || name === "." || name === "..")) {
    throw new ModuleUrlError('has "//", or "." or ".." as the name of a folder, or "/" at its end');
  }
  return segments;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ModuleUrlError("has a % in its path that stands for no character");
  }
}
