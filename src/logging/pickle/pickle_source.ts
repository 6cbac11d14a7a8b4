/**
 * The bytes of a pickle, read with care: each length is checked against what is there before
 * anything is made of it.
 *
 * @module
 */

/** The most digits of a whole number in text: the limit of Python itself. */
const MAX_DIGITS = 4300;

/** The most bytes of a whole number: about as many digits. */
const MAX_NUMBER_BYTES = 1786;

const NEWLINE = 0x0a;

/** Characters that Python writes with a backslash. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ "\\": "\\", "'": "'", '"': '"', "\n": "" },
  ...{ a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" },
};

/** A pickle can't be read: it is broken, too big, or asks for more than plain data. */
export class PickleError extends Error {
  /** Always "PickleError". */
  override readonly name = "PickleError";
  /** The name of the opcode in Python's `pickletools`, such as "GLOBAL"; `undefined` outside of one. */
  readonly opcode: string | undefined;
  /** Where the opcode stands, in bytes from 0. */
  readonly position: number;

  /**
   * Makes the error.
   *
   * @param reason What is wrong.
   * @param place The opcode and where it stands.
   */
  constructor(
    reason: string,
    place: { readonly opcode: string | undefined; readonly position: number },
  ) {
    const { opcode, position } = place;
    super(`Cannot read a pickle: ${opcode ? `${opcode} ` : ""}at byte ${position}: ${reason}`);
    this.opcode = opcode;
    this.position = position;
  }
}

/** Reads a pickle's bytes from the first to the last. */
export class PickleSource {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #opcode: string | undefined;
  #opcodeAt = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads an opcode; errors are about it from now on. */
  opcode(names: (code: number) => string): number {
    this.#opcodeAt = this.#at;
    this.#opcode = undefined;
    const code = this.uint8();
    this.#opcode = names(code);
    return code;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Throws if that many bytes do not follow. */
  checkLeft(length: number): void {
    if (length <= this.left) return;
    throw this.error(`${length} bytes should follow, but ${this.left} are left`);
  }

  /** The next bytes; not a copy. */
  take(length: number): Uint8Array {
    this.checkLeft(length);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A length of eight bytes; one that no number can hold exceeds what is left in any case. */
  length64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  /** The text up to the end of the line, each byte a character. */
  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.#at);
    if (end < 0) throw this.error("a line should follow, but it has no end");
    const text = latin1(this.take(end - this.#at));
    this.take(1);
    return text;
  }

  /** The same, without going on. */
  peekLine(): string {
    const at = this.#at;
    const text = this.line();
    this.#at = at;
    return text;
  }

  /** Text in UTF-8, in which Python also writes halves of surrogate pairs. */
  utf8(length: number): string {
    const bytes = this.take(length);
    try {
      return strictUtf8.decode(bytes);
    } catch {
      return this.#utf8WithSurrogates(bytes);
    }
  }

  /** Text of Python 2, which does not say how it is encoded. */
  bytesAsText(length: number): string {
    const bytes = this.take(length);
    try {
      return strictUtf8.decode(bytes);
    } catch {
      return latin1(bytes);
    }
  }

  /** A whole number in bytes, the first counting least, with a sign. */
  wholeNumber(length: number): number | bigint {
    if (length > MAX_NUMBER_BYTES) {
      throw this.error(`a number has ${length} bytes, allowed are up to ${MAX_NUMBER_BYTES}`);
    }
    const bytes = this.take(length);
    let value = 0n;
    for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
    return smallest(BigInt.asIntN(8 * length, value));
  }

  /** A line with a whole number. */
  wholeNumberLine(): number | bigint {
    const text = this.line();
    if (text.length > MAX_DIGITS) {
      throw this.error(`a number has ${text.length} characters, allowed are up to ${MAX_DIGITS}`);
    }
    const match = /^\s*([+-]?)(\d+)L?\s*$/.exec(text);
    if (!match) throw this.error(`${quote(text)} is no whole number`);
    const [, sign, digits = ""] = match;
    return smallest(sign === "-" ? -BigInt(digits) : BigInt(digits));
  }

  /** A line with a number. */
  floatLine(): number {
    const text = this.line().trim();
    if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
    const named = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i.exec(text);
    if (!named) throw this.error(`${quote(text)} is no number`);
    const value = named[2] ? Infinity : NaN;
    return named[1] === "-" ? -value : value;
  }

  /** A line in Python's "raw-unicode-escape". */
  unicodeLine(): string {
    // Pairs of backslashes are matched as such, so that the one of an escape is never one of them.
    return this.line().replace(
      /\\(?:\\|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/g,
      (text, short?: string, long?: string) => {
        if (short === undefined && long === undefined) return text;
        const code = parseInt(short ?? long ?? "", 16);
        if (code > 0x10ffff) throw this.error(`${text} is no character`);
        return String.fromCodePoint(code);
      },
    );
  }

  /** A line with text of Python 2 in quotes. */
  quotedLine(): string {
    const match = /^\s*(['"])(.*)\1\s*$/s.exec(this.line());
    if (!match) throw this.error("text without quotes around it");
    return (match[2] ?? "").replace(
      /\\(?:x([\da-fA-F]{2})|([0-7]{1,3})|(.))/gs,
      (text, hex?: string, octal?: string, character?: string) => {
        if (hex) return String.fromCharCode(parseInt(hex, 16));
        if (octal) return String.fromCharCode(parseInt(octal, 8) & 0xff);
        return ESCAPES[character ?? ""] ?? text;
      },
    );
  }

  /** An error about what is read right now. */
  error(reason: string): PickleError {
    return new PickleError(reason, { opcode: this.#opcode, position: this.#opcodeAt });
  }

  #advance(length: number): number {
    this.take(length);
    return this.#at - length;
  }

  #utf8WithSurrogates(bytes: Uint8Array): string {
    let text = "";
    let start = 0;
    const decodeUpTo = (end: number) => {
      try {
        text += strictUtf8.decode(bytes.subarray(start, end));
      } catch {
        throw this.error("text that is not in UTF-8");
      }
    };
    for (let at = 0; at + 2 < bytes.length; at++) {
      const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
      if (first !== 0xed || second < 0xa0 || second > 0xbf || (third & 0xc0) !== 0x80) continue;
      decodeUpTo(at);
      text += String.fromCharCode(0xd000 | (second & 0x3f) << 6 | third & 0x3f);
      start = at + 3;
      at += 2;
    }
    decodeUpTo(bytes.length);
    return text;
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

/** The beginning of what stands where something else should. */
function quote(text: string): string {
  return JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 39)}…`);
}

/** As a number where it holds it exactly. */
function smallest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
