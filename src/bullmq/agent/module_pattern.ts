/**
 * A pattern of an allow-list: a path or a URL, with wildcards.
 *
 * @module
 */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "../../logging/text/inspect.ts";
import { type ModuleUrl, ModuleUrlError, readModuleUrl } from "./module_url.ts";
import { type PackageName, packageOf } from "./package_name.ts";
import { matchesWildcards } from "./wildcard.ts";

/** Folders, as many as there are. */
const FOLDERS = "**";

/** Which modules a pattern stands for. */
export class ModulePattern {
  readonly #url: ModuleUrl;
  readonly #package: PackageName | undefined;

  /**
   * Reads a pattern.
   *
   * @param text A path, or a URL with file:, https:, http:, jsr: or npm:.
   * @throws {RangeError} If it can't match a module, or is likely to mean something else.
   */
  constructor(readonly text: string) {
    try {
      this.#url = readPattern(text);
      this.#package = packageOf(this.#url);
    } catch (error) {
      if (!(error instanceof ModuleUrlError)) throw error;
      throw refused(text, `it ${error.message}`);
    }
    const { segments, host, scheme } = this.#url;
    if (host.includes("*")) throw refused(text, '"*" stands for parts of paths, not of hosts');
    if (segments.some((name) => name !== FOLDERS && name.includes(FOLDERS))) {
      throw refused(text, '"**" stands for whole folders: write it between slashes, "/**/"');
    }
    const isPackage = scheme === "jsr:" || scheme === "npm:";
    if (isPackage && !this.#package?.isExact) {
      throw refused(text, "write npm:name or jsr:@scope/name, with @1.2.3 for one version");
    }
    if (this.#wildFrom === segments.length && isFolder(this.folder)) {
      throw refused(text, `it is a folder: write ${inspect(`${text}/`)} for all modules in it`);
    }
  }

  /** The path up to the first name with a wildcard, if it is one of files. */
  get folder(): string | undefined {
    const { scheme, segments } = this.#url;
    return scheme === "file:" ? pathOf(segments.slice(0, this.#wildFrom)) : undefined;
  }

  get #wildFrom(): number {
    const from = this.#url.segments.findIndex((name) => name.includes("*"));
    return from < 0 ? this.#url.segments.length : from;
  }

  /**
   * Tells whether it stands for a module.
   *
   * @param url The module.
   * @param folder What {@linkcode folder} really is, where it is one of symbolic links.
   * @returns Whether it does.
   */
  matches(url: ModuleUrl, folder?: ModuleUrl): boolean {
    if (this.#package?.covers(url)) return true;
    const { scheme, host, suffix, segments } = this.#url;
    const wanted = folder ? [...folder.segments, ...segments.slice(this.#wildFrom)] : segments;
    return url.scheme === scheme && url.host === host && url.suffix === suffix &&
      matchesWildcards(wanted, url.segments, {
        isWild: (name) => name === FOLDERS,
        isSame: isSameName,
      });
  }
}

/** Whether a name matches one with "*" in it. */
function isSameName(pattern: string, name: string): boolean {
  return matchesWildcards(pattern, name, {
    isWild: (character) => character === "*",
    isSame: (character, other) => character === other,
  });
}

function readPattern(text: string): ModuleUrl {
  if (text.trim() === "") throw refused(text, "it is empty");
  if (text.startsWith("~")) {
    throw refused(text, 'no shell has replaced the "~": write the path of the folder');
  }
  // Of one letter, it is a drive.
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(text);
  const href = isUrl ? hrefOf(text) : pathToFileURL(resolve(text)).href;
  const hasBelow = isUrl ? /^[^?#]*\/$/.test(text) : /[/\\]$/.test(text);
  return readModuleUrl(hasBelow ? `${href.replace(/\/$/, "")}/${FOLDERS}` : href);
}

/** As Deno writes it. */
function hrefOf(text: string): string {
  return URL.parse(text)?.href ?? text;
}

function pathOf(segments: readonly string[]): string {
  return resolve(Deno.build.os === "windows" ? "" : "/", segments.join("/") || "/");
}

function isFolder(path: string | undefined): boolean {
  try {
    return path !== undefined && Deno.statSync(path).isDirectory;
  } catch {
    return false; // It may be there later; what it is then is looked up for each module.
  }
}

function refused(pattern: string, why: string): RangeError {
  return new RangeError(`Cannot allow the modules ${inspect(pattern)}: ${why}`);
}
