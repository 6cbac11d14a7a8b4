/** What a terminal shows of what was written to it: as much of one as our own output needs. */

import { displayWidth } from "../../src/parallel/progress/display_width.ts";

/** A character and the columns it takes; its second column, if it has one, is empty. */
type Row = string[];

// deno-lint-ignore no-control-regex -- escape sequences are what is meant
const NEXT = /\x1b\[(\d*)([A-Za-z])|[\s\S]/gu;

/** A screen without an upper end. */
export class Screen {
  readonly #rows: Row[] = [[]];
  #row = 0;
  #column = 0;
  #columns: number;

  constructor(columns = 80) {
    this.#columns = columns;
  }

  /** The lines that it shows, without empty ones at the end. */
  get lines(): string[] {
    const lines = this.#rows.map((row) =>
      Array.from(row, (each) => each ?? " ").join("").trimEnd()
    );
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** Takes what was written. A terminal makes "\r\n" of "\n" before. */
  write(text: string): void {
    for (const [whole, count, letter] of text.matchAll(NEXT)) {
      if (letter !== undefined) this.#obey(letter, Number(count || 1));
      else if (whole === "\r") this.#column = 0;
      else if (whole === "\n") this.#moveTo(this.#row + 1);
      else this.#put(whole);
    }
  }

  /** Makes it narrower, as a window that wraps its lines anew. The cursor stays at its character. */
  narrow(columns: number): void {
    const before = this.#rows.splice(0);
    const cursorRow = this.#row;
    this.#columns = columns;
    before.forEach((row, index) => {
      if (index === cursorRow) this.#row = this.#rows.length + Math.floor(this.#column / columns);
      const parts = Math.max(Math.ceil(row.length / columns), 1);
      for (let part = 0; part < parts; part++) {
        this.#rows.push(row.slice(part * columns, (part + 1) * columns));
      }
    });
    this.#column %= columns;
  }

  #obey(letter: string, count: number): void {
    const row = this.#rows[this.#row];
    switch (letter) {
      case "m": // Colours.
        return;
      case "A":
        this.#row = Math.max(this.#row - count, 0);
        return;
      case "J":
        this.#rows.splice(this.#row + 1);
        row?.splice(this.#column);
        return;
      case "G": // This and the next one are Deno's own, while it loads modules.
        this.#column = Math.max(count - 1, 0);
        return;
      case "K":
        row?.splice(0);
        return;
      default:
        throw new Error(`This screen does not know the sequence ${count}${letter}`);
    }
  }

  #put(character: string): void {
    const width = displayWidth(character);
    if (this.#column + width > this.#columns) {
      this.#moveTo(this.#row + 1);
      this.#column = 0;
    }
    const row = this.#rows[this.#row] ?? [];
    while (row.length < this.#column) row.push(" ");
    row[this.#column] = character;
    if (width === 2) row[this.#column + 1] = "";
    this.#column += width;
  }

  #moveTo(row: number): void {
    this.#row = row;
    while (this.#rows.length <= row) this.#rows.push([]);
  }
}

/** A stream that is a terminal, and what it shows. */
export class ScreenStream {
  readonly screen: Screen;
  /** All that was written, call by call. */
  readonly writes: string[] = [];
  /** What it showed after each of them. */
  readonly shown: string[][] = [];
  columns: number;
  rows = 24;
  readonly #waiting = new Set<() => void>();

  constructor(columns = 80) {
    this.columns = columns;
    this.screen = new Screen(columns);
  }

  /** What it shows now. */
  get lines(): string[] {
    return this.screen.lines;
  }

  isTerminal(): boolean {
    return true;
  }

  size(): { columns: number; rows: number } {
    return { columns: this.columns, rows: this.rows };
  }

  writeSync(bytes: Uint8Array): number {
    const text = new TextDecoder().decode(bytes);
    this.writes.push(text);
    this.screen.write(text.replaceAll("\n", "\r\n"));
    this.shown.push(this.lines);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    return bytes.length;
  }

  /** Waits until it shows something. */
  async until(condition: (lines: readonly string[]) => boolean): Promise<void> {
    const alive = setInterval(() => {}, 60_000); // As a program has other things to do.
    while (!condition(this.lines)) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    clearInterval(alive);
  }
}
