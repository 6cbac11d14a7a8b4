/**
 * Reads Python literals, as they stand in `args=` and `kwargs=` of Python's INI files, without
 * running anything: texts, numbers, True, False, None, tuples, lists, dicts and known names.
 *
 * @module
 */

import { closest } from "./suggest.ts";

/** How deep lists, tuples, dicts and signs may stand within each other. */
const MAX_DEPTH = 100;

/** The most characters of a name that an error shows. Values, which may be secret, are not shown. */
const SHOWN = 60;

/** One piece of a literal. */
type Token =
  | { readonly kind: "value"; readonly value: unknown; readonly start: number }
  | { readonly kind: "name"; readonly text: string; readonly start: number }
  | { readonly kind: "sign"; readonly text: string; readonly start: number };

/** What a string may start with; `f` is left out, for it would run code. */
const PREFIX = /^(?:[rR]|[bB]|[uU]|[bB][rR]|[rR][bB])?(?='|")/;
const NUMBER =
  /^(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.?\d(?:_?\d)*\.?(?:[eE][+-]?\d(?:_?\d)*)?)/;
const NAME = /^[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*/;

/** The one-letter escapes of Python's strings. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
};

/**
 * Reads one Python literal. Tuples and lists become arrays, dicts become objects.
 *
 * @param source Such as `('app.log', 'w')`, `(sys.stdout,)` or `{'maxBytes': 0x100}`.
 * @param names What names stand for, such as `sys.stdout`.
 * @returns The value.
 * @throws {SyntaxError} If it is anything else: a call, an operator, a name that is not known.
 */
export function parsePythonLiteral(
  source: string,
  names: ReadonlyMap<string, unknown> = new Map(),
): unknown {
  return new LiteralParser(source, names).parse();
}

class LiteralParser {
  readonly #names: ReadonlyMap<string, unknown>;
  readonly #tokens: Token[];
  #next = 0;
  #depth = 0;

  constructor(source: string, names: ReadonlyMap<string, unknown>) {
    this.#names = names;
    this.#tokens = tokenize(source);
  }

  parse(): unknown {
    const first = this.#value();
    if (!this.#isSign(",")) return this.#end(first);
    const items = [first]; // `1, 2` is a tuple without parentheses.
    while (this.#take(",")) {
      if (this.#next < this.#tokens.length) items.push(this.#value());
    }
    return this.#end(items);
  }

  #end(value: unknown): unknown {
    const token = this.#tokens[this.#next];
    if (token) this.#fail(token, "only one value may stand here");
    return value;
  }

  #value(): unknown {
    const token = this.#tokens[this.#next++];
    if (!token) throw new SyntaxError("it ends where a value should follow");
    if (token.kind === "value") return this.#text(token);
    if (token.kind === "name") return this.#named(token);
    if (++this.#depth > MAX_DEPTH) this.#fail(token, `more than ${MAX_DEPTH} levels deep`);
    const value = this.#composed(token);
    this.#depth--;
    return value;
  }

  #composed(token: Token & { kind: "sign" }): unknown {
    if (token.text === "-" || token.text === "+") return this.#signed(token);
    if (token.text === "(") return this.#tuple();
    if (token.text === "[") return this.#items("]").items;
    if (token.text === "{") return this.#dict(token);
    return this.#fail(token, "a value should stand here");
  }

  /** Strings that follow each other are one string. */
  #text(token: Token & { kind: "value" }): unknown {
    let { value } = token;
    for (;;) {
      const next = this.#tokens[this.#next];
      if (typeof value !== "string" || next?.kind !== "value" || typeof next.value !== "string") {
        return value;
      }
      value += next.value;
      this.#next++;
    }
  }

  #named(token: Token & { kind: "name" }): unknown {
    const { text } = token;
    if (this.#isSign("(")) this.#fail(token, `${shorten(text)}(…) would have to be run`);
    if (text === "True" || text === "False") return text === "True";
    if (text === "None") return null;
    if (this.#names.has(text)) return this.#names.get(text);
    const meant = closest(text, this.#names.keys());
    return this.#fail(
      token,
      `the name ${shorten(text)} is not known${
        meant === undefined ? "" : `, did you mean ${meant}?`
      }`,
    );
  }

  #signed(token: Token & { kind: "sign" }): number {
    const value = this.#value();
    if (typeof value !== "number") return this.#fail(token, "a number should follow");
    return token.text === "-" ? -value : value;
  }

  /** `(1)` is 1, `(1,)` is a tuple. */
  #tuple(): unknown {
    const { items, comma } = this.#items(")");
    return items.length === 1 && !comma ? items[0] : items;
  }

  #items(close: string): { items: unknown[]; comma: boolean } {
    const items: unknown[] = [];
    let comma = false;
    while (!this.#take(close)) {
      if (items.length > 0 && !comma) this.#expected(`"," or "${close}"`);
      items.push(this.#value());
      comma = this.#take(",");
    }
    return { items, comma };
  }

  #dict(token: Token): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    let comma = true;
    while (!this.#take("}")) {
      if (!comma) this.#expected('"," or "}"');
      const key = this.#value();
      if (typeof key !== "string") this.#fail(token, "keys of a dict should be texts");
      if (!this.#take(":")) this.#expected('":"');
      entries.push([key, this.#value()]);
      comma = this.#take(",");
    }
    return Object.fromEntries(entries);
  }

  #isSign(text: string): boolean {
    const token = this.#tokens[this.#next];
    return token?.kind === "sign" && token.text === text;
  }

  #take(text: string): boolean {
    const found = this.#isSign(text);
    if (found) this.#next++;
    return found;
  }

  #expected(what: string): never {
    const token = this.#tokens[this.#next];
    if (!token) throw new SyntaxError(`it ends where ${what} should follow`);
    return this.#fail(token, `${what} should stand here`);
  }

  #fail(token: Token, why: string): never {
    throw new SyntaxError(`from character ${token.start + 1}: ${why}`);
  }
}

function shorten(name: string): string {
  return name.length <= SHOWN ? name : `${name.slice(0, SHOWN - 1)}…`;
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let start = 0;
  for (;;) {
    start += /^(?:\s|\\\n|#[^\n]*)*/.exec(source.slice(start))![0].length;
    const rest = source.slice(start);
    if (rest === "") return tokens;
    const prefix = PREFIX.exec(rest)?.[0];
    if (prefix !== undefined) {
      const { value, length } = readString(source, start, prefix);
      tokens.push({ kind: "value", value, start });
      start += length;
      continue;
    }
    const number = NUMBER.exec(rest)?.[0];
    const name = number ? undefined : NAME.exec(rest)?.[0];
    const text = number ?? name ?? rest[0]!;
    if (number) tokens.push({ kind: "value", value: toNumber(number), start });
    else if (name) tokens.push({ kind: "name", text: name.replaceAll(/\s/g, ""), start });
    else tokens.push({ kind: "sign", text, start });
    start += text.length;
  }
}

function toNumber(text: string): number {
  return Number(text.replaceAll("_", "").replace(/^0+(?=\d)/, ""));
}

function readString(
  source: string,
  start: number,
  prefix: string,
): { value: string; length: number } {
  const open = start + prefix.length;
  const quote = source[open]!;
  const mark = source.startsWith(quote.repeat(3), open) ? quote.repeat(3) : quote;
  const raw = /r/i.test(prefix);
  let value = "";
  let index = open + mark.length;
  while (!source.startsWith(mark, index)) {
    if (index >= source.length || (mark.length === 1 && source[index] === "\n")) {
      throw new SyntaxError(`from character ${start + 1}: the text has no end`);
    }
    const piece = source[index] === "\\" ? readEscape(source, index, raw) : undefined;
    value += piece?.value ?? source[index];
    index += piece?.length ?? 1;
  }
  return { value, length: index + mark.length - start };
}

/** One escape; Python keeps the backslash of those it does not know, and of all in a raw string. */
function readEscape(
  source: string,
  index: number,
  raw: boolean,
): { value: string; length: number } {
  const next = source[index + 1] ?? "";
  if (raw) return { value: `\\${next}`, length: 2 };
  const short = ESCAPES[next];
  if (short !== undefined) return { value: short, length: 2 };
  const code = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3}))/
    .exec(source.slice(index));
  if (!code) return { value: `\\${next}`, length: 2 };
  const [whole, x, u, long, octal] = code;
  const number = octal === undefined ? parseInt((x ?? u ?? long)!, 16) : parseInt(octal, 8);
  if (number > 0x10ffff) {
    throw new SyntaxError(`from character ${index + 1}: there is no character of that number`);
  }
  return { value: String.fromCodePoint(number), length: whole.length };
}
