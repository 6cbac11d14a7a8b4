/**
 * Packages of JSR and npm in an allow-list.
 *
 * @module
 */

import type { ModuleUrl } from "./module_url.ts";

/** Where the modules of JSR's packages are: this is what `import.meta.url` is there. */
const JSR_HOST = "jsr.io";

/** The name of a package, with the version behind it if there is one. */
const NAME = /^([A-Za-z0-9][\w.-]*)(?:@([\w.^~*+-]+))?$/;
const EXACT = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;
const SCOPE = /^@[A-Za-z0-9][\w.-]*$/;

/** A package, or one version of it, or one of its exports. */
export class PackageName {
  /**
   * Keeps what it is given.
   *
   * @param scheme Which registry it is of.
   * @param name Its name, with its scope.
   * @param parts The version and the path of an export, where they are named.
   */
  constructor(
    readonly scheme: "jsr:" | "npm:",
    readonly name: string,
    readonly parts: { readonly version: string | undefined; readonly path: string },
  ) {}

  /** Whether it names one version, or none: of a range, a URL does not tell whether it is in it. */
  get isExact(): boolean {
    return EXACT.test(this.parts.version ?? "0.0.0");
  }

  /**
   * Tells whether a module is of the package.
   *
   * @param url The module.
   * @returns Whether it is, and of the version and the export that are named, if they are.
   */
  covers(url: ModuleUrl): boolean {
    const other = packageOf(url) ?? packageOnHost(url);
    if (!other || other.scheme !== this.scheme || other.name !== this.name) return false;
    const { version, path } = this.parts;
    return (version === undefined || version === other.parts.version) &&
      (path === "" || path === other.parts.path);
  }
}

/**
 * Finds the package that a URL names.
 *
 * @param url A URL.
 * @returns The package; `undefined` if it is no URL of a package.
 */
export function packageOf({ scheme, segments, suffix }: ModuleUrl): PackageName | undefined {
  if (scheme !== "jsr:" && scheme !== "npm:" || suffix !== "") return undefined;
  const [first = "", second = ""] = segments;
  const hasScope = SCOPE.test(first);
  if (scheme === "jsr:" && !hasScope) return undefined;
  const [, name, version] = NAME.exec(hasScope ? second : first) ?? [];
  if (name === undefined) return undefined;
  const path = segments.slice(hasScope ? 2 : 1).join("/");
  return new PackageName(scheme, hasScope ? `${first}/${name}` : name, { version, path });
}

/** Files of a package have no name that imports use: they are those of its version. */
function packageOnHost({ scheme, host, segments, suffix }: ModuleUrl): PackageName | undefined {
  const [scope = "", name, version, ...rest] = segments;
  const isFile = scheme === "https:" && host === JSR_HOST && suffix === "" && rest.length > 0;
  if (!isFile || !SCOPE.test(scope)) return undefined;
  return new PackageName("jsr:", `${scope}/${name}`, { version, path: rest.join("/") });
}
