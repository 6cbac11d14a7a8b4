/**
 * Reads INI files as Python's `configparser` does. The INI packages of npm and of `@std` know neither
 * `key: value`, nor values that go on in the next line, nor `%(name)s`, which logging
 * configurations use.
 *
 * @module
 */

/** The section whose keys all the others have too. */
const DEFAULT = "DEFAULT";

/** How deep `%(name)s` may refer to others. Python's `configparser.MAX_INTERPOLATION_DEPTH`. */
const MAX_DEPTH = 10;

/** How long what replaces `%(name)s` may be in all: a few names could stand for gigabytes. */
const MAX_LENGTH = 1_000_000;

/** The most characters of a name that an error shows. */
const SHOWN = 60;

/** A section of an INI file; keys are in lower case. */
export class IniSection {
  readonly name: string;
  readonly #values: ReadonlyMap<string, string>;
  readonly #defaults: ReadonlyMap<string, string>;

  constructor(
    name: string,
    values: ReadonlyMap<string, string>,
    defaults: ReadonlyMap<string, string>,
  ) {
    this.name = name;
    this.#values = values;
    this.#defaults = defaults;
  }

  /** The keys of the section itself, in their order. */
  get keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** A value as it stands there. */
  raw(key: string): string | undefined {
    return this.#values.get(key) ?? this.#defaults.get(key);
  }

  /**
   * A value with each `%(name)s` replaced by the value of that name, and `%%` by `%`.
   *
   * @throws {SyntaxError} If there is no such name, or a `%` that is neither.
   */
  get(key: string): string | undefined {
    const raw = this.raw(key);
    return raw === undefined
      ? undefined
      : this.#interpolate(raw, key, { depth: 1, left: MAX_LENGTH });
  }

  #interpolate(text: string, key: string, limit: { depth: number; left: number }): string {
    if (limit.depth > MAX_DEPTH || (limit.left -= text.length) < 0) {
      throw new SyntaxError(`[${this.name}] ${key}: %(…)s refers to itself, or to too many others`);
    }
    let replaced = "";
    let end = 0;
    for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", end)) {
      replaced += text.slice(end, at);
      if (text[at + 1] === "%") {
        replaced += "%";
        end = at + 2;
        continue;
      }
      const close = text[at + 1] === "(" ? text.indexOf(")", at) : -1;
      if (close <= at + 2 || text[close + 1] !== "s") {
        // The text may hold a password: the mistake is not shown, but where it is.
        throw new SyntaxError(
          `[${this.name}] ${key}: after the "%" at character ${at + 1} write "%" or "(name)s"`,
        );
      }
      replaced += this.#valueOf(text.slice(at + 2, close), key, limit);
      end = close + 2;
    }
    return replaced + text.slice(end);
  }

  #valueOf(name: string, key: string, limit: { depth: number; left: number }): string {
    const value = this.raw(name.toLowerCase());
    if (value === undefined) {
      throw new SyntaxError(
        `[${this.name}] ${key}: there is no ${shorten(name.toLowerCase())} for ` +
          `%(${shorten(name)})s, neither in the section nor in the defaults`,
      );
    }
    limit.depth++;
    const replaced = this.#interpolate(value, key, limit);
    limit.depth--;
    return replaced;
  }
}

/** The values of a section while it is read: the lines of each, joined at the end. */
type Lines = Map<string, string[]>;

/**
 * Reads an INI file.
 *
 * Ported from CPython's `configparser.ConfigParser` with its defaults: `#` and `;` start comments on
 * lines of their own, `=` and `:` follow keys, lines that are indented more than their key go on,
 * sections and keys may stand there once.
 *
 * @param text The file.
 * @param defaults Values that every section has.
 * @returns The sections by name, without DEFAULT.
 * @throws {SyntaxError} If a line is neither; the text says which.
 */
export function parseIni(
  text: string,
  defaults: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, IniSection> {
  const reader = new IniReader();
  text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/).forEach((line, index) => {
    reader.read(line, index + 1);
  });
  const all = joined(reader.sections.get(DEFAULT) ?? new Map());
  const given = Object.entries(defaults).map(([key, value]) => [key.toLowerCase(), value] as const);
  const shared = new Map([...given, ...all]);
  reader.sections.delete(DEFAULT);
  return new Map(
    Array.from(reader.sections, ([name, lines]) => [
      name,
      new IniSection(name, joined(lines), shared),
    ]),
  );
}

class IniReader {
  readonly sections = new Map<string, Lines>();
  #section: Lines | undefined;
  /** The value that an indented line goes on with. */
  #value: string[] | undefined;
  #indent = 0;

  read(line: string, number: number): void {
    const content = line.trim();
    if (/^[#;]/.test(content)) return;
    if (content === "") {
      this.#value?.push(""); // Belongs to the value if that goes on after it.
      return;
    }
    const indent = line.length - line.trimStart().length;
    if (this.#value && indent > this.#indent) {
      this.#value.push(content);
      return;
    }
    this.#indent = indent;
    const section = /^\[(.+)\]/.exec(content)?.[1];
    if (section !== undefined) this.#open(section, number);
    else this.#add(content, number);
  }

  #open(name: string, number: number): void {
    if (this.sections.has(name) && name !== DEFAULT) {
      throw new SyntaxError(`Line ${number}: section [${shorten(name)}] stands there twice`);
    }
    this.#section = this.sections.get(name) ?? new Map();
    this.sections.set(name, this.#section);
    this.#value = undefined;
  }

  #add(content: string, number: number): void {
    const end = content.search(/[=:]/);
    const key = content.slice(0, Math.max(end, 0)).trimEnd().toLowerCase();
    if (!this.#section) {
      throw new SyntaxError(`Line ${number} stands before any [section]`);
    }
    if (key === "") {
      // The line is not shown: it may go on with a value that holds a password.
      throw new SyntaxError(`Line ${number} is neither [section] nor key = value`);
    }
    if (this.#section.has(key)) {
      throw new SyntaxError(`Line ${number}: ${shorten(key)} stands twice in its section`);
    }
    this.#value = [content.slice(end + 1).trimStart()];
    this.#section.set(key, this.#value);
  }
}

function shorten(name: string): string {
  return name.length <= SHOWN ? name : `${name.slice(0, SHOWN - 1)}…`;
}

function joined(lines: Lines): Map<string, string> {
  return new Map(Array.from(lines, ([key, value]) => [key, value.join("\n").trimEnd()]));
}
