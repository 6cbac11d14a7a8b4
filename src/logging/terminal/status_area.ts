/**
 * The bottom of a terminal, where lines stay while others are written above them.
 *
 * The cursor rests at the beginning of the first of these lines. Whoever writes clears all from there on,
 * and ends what it writes with a newline: then the lines can be drawn again below. So it does not matter how
 * many there are, whether a narrower window has wrapped them, or which thread or process writes.
 *
 * @module
 */

import { type SyncWriter, writeWhole } from "../write_whole.ts";

/** Clears from the beginning of the line to the end of the screen. */
export const CLEAR = "\r\x1b[J";

/** How often the lines are drawn at most: the milliseconds between. */
const LEAST_PAUSE = 80;
/** When they are drawn although they are the same, in milliseconds: something else may have overwritten them. */
const REPAIR = 1000;
/** What is assumed where the size of the terminal is not known. */
const USUAL_SIZE = { columns: 80, rows: 24 };

/** How many characters a terminal shows. */
export interface TerminalSize {
  /** In a line. */
  readonly columns: number;
  /** How many lines. */
  readonly rows: number;
}

/** A stream that may be a terminal. */
export interface TerminalStream extends SyncWriter {
  /** Whether it is one. */
  isTerminal(): boolean;
  /**
   * How large it is; 0 if that is not known.
   *
   * @default Deno.consoleSize
   */
  size?(): TerminalSize;
}

/** Something that has lines at the bottom of a terminal. */
export interface Status {
  /**
   * Its lines as they are now.
   *
   * @param columns How wide they may be.
   */
  lines(columns: number): readonly string[];
  /**
   * The line that stays when it is gone.
   *
   * @param columns How wide it may be.
   */
  last(columns: number): string;
}

/** The lines at the bottom of one terminal, those of the oldest status first. */
export class StatusArea {
  readonly #stream: TerminalStream;
  readonly #statuses: Status[] = [];
  /** What is drawn, which leaves the cursor where it began. */
  #drawing = "";
  /** For which size. */
  #size: TerminalSize = USUAL_SIZE;
  #drawnAt = -Infinity;
  #isShown = false;
  /** Somebody has written a part of a line: nothing is drawn until the rest is there. */
  #isMidLine = false;
  /** The program may be about to end with an error, which Deno prints. */
  #isHeld = false;
  /** How many calls that print are under way, one inside the other. */
  #printing = 0;

  /**
   * Begins without lines.
   *
   * @param stream The terminal.
   */
  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  /** Whether nothing has lines here. */
  get isEmpty(): boolean {
    return this.#statuses.length === 0;
  }

  /** Adds lines, below those that there are. */
  add(status: Status): void {
    this.#statuses.push(status);
  }

  /** Removes lines, and leaves their last one above the others. */
  remove(status: Status): void {
    const place = this.#statuses.indexOf(status);
    if (place < 0) return;
    this.#statuses.splice(place, 1);
    const last = status.last(this.#measure().columns);
    this.#isHeld = false;
    this.#render();
    this.#draw(`${this.#isShown ? CLEAR : ""}${this.#isMidLine ? "\n" : ""}${last}\n`);
    this.#isMidLine = false;
    this.#isShown = false;
    this.#refresh();
  }

  /** Removes all, at the end of the program. */
  removeAll(): void {
    for (const status of [...this.#statuses]) this.remove(status);
  }

  /** Draws the lines as they are now, unless that was done a moment ago. */
  redraw(): void {
    const now = performance.now();
    if (now - this.#drawnAt < LEAST_PAUSE) return;
    const before = this.#drawing;
    this.#render();
    this.#isHeld = false;
    const isSame = this.#isShown && this.#drawing === before;
    if (isSame && now - this.#drawnAt < REPAIR) return;
    this.#refresh();
    this.#drawnAt = now;
  }

  /**
   * Writes above the lines.
   *
   * @param writer A stream of the same terminal.
   * @param text What to write. When it ends within a line, nothing is drawn before somebody ends that line.
   * @throws {Error} What the stream throws.
   */
  write(writer: SyncWriter, text: string): void {
    if (text !== "") this.#isMidLine = !text.endsWith("\n");
    const before = this.#isShown ? CLEAR : "";
    if (this.#hasChangedSize()) this.#render(); // As it was, it would be wrapped.
    const canShow = !this.#isMidLine && !this.#isHeld && this.#printing === 0;
    const after = canShow ? this.#drawing : "";
    this.#isShown = false; // Until all is written.
    if (text === "") {
      this.#draw(before + after);
    } else if (writer === this.#stream) {
      writeWhole(writer, before + text + after); // At once, so that nothing comes in between.
    } else {
      this.#draw(before);
      writeWhole(writer, text);
      this.#draw(after);
    }
    this.#isShown = after !== "";
  }

  /** Takes the lines away until the next drawing: Deno may be about to print why the program ends. */
  hold(): void {
    this.#isHeld = true;
    this.#refresh();
  }

  /** Takes the lines away while something prints by itself. */
  beginPrinting(): void {
    if (this.#printing++ > 0) return;
    this.#refresh();
    this.#isMidLine = false; // What is printed ends the line.
  }

  /** What was printed has come to its end, and the lines are back. */
  endPrinting(): void {
    this.#printing--;
    this.#refresh();
  }

  /** Shows the lines if they may be shown, otherwise takes them away. */
  #refresh(): void {
    this.write(this.#stream, "");
  }

  #draw(text: string): void {
    try {
      writeWhole(this.#stream, text);
    } catch {
      // The terminal is gone, and nobody there to see it. What the program itself writes will tell it.
    }
  }

  #render(): void {
    const { columns, rows } = this.#size = this.#measure();
    const lines = this.#statuses.flatMap((status) => status.lines(columns)).slice(0, rows - 1);
    const up = lines.length > 1 ? `\x1b[${lines.length - 1}A` : "";
    this.#drawing = lines.length > 0 ? `${lines.join("\r\n")}${up}\r` : "";
  }

  #hasChangedSize(): boolean {
    if (this.#drawing === "") return false;
    const { columns, rows } = this.#measure();
    return columns !== this.#size.columns || rows !== this.#size.rows;
  }

  #measure(): TerminalSize {
    const { columns, rows } = sizeOf(this.#stream);
    // A line that fills the last column makes some terminals go on to the next one.
    return { columns: (columns || USUAL_SIZE.columns) - 1, rows: rows || USUAL_SIZE.rows };
  }
}

function sizeOf(stream: TerminalStream): TerminalSize {
  if (stream.size) return stream.size();
  try {
    return Deno.consoleSize();
  } catch {
    return USUAL_SIZE; // Deno knows none, and says so by an error.
  }
}
