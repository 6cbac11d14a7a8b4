/**
 * Where in the program a log call stands. Finding out costs about as much as the rest of the call,
 * so it is done only once a formatter asks for it, such as one with `%(lineno)d`.
 *
 * That somebody asks is the state of this thread, like Python's `logging._srcfile`, and stands here
 * as the names of levels stand in `levels.ts`.
 *
 * @module
 */

/** Where a log call stands. */
export interface CallLocation {
  /** The path or URL of the module. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  /** The name of the function; "<module>" outside of functions, as in Python. */
  readonly functionName: string;
}

let wanted = false;

/** From now on records of this thread say where they were logged. */
export function wantLocations(): void {
  wanted = true;
}

/**
 * Whether records say where they were logged.
 *
 * @returns Whether a formatter of this thread, or of the caller of a task, asked for it.
 */
export function locationsWanted(): boolean {
  return wanted;
}

/** The folders of this library and of `@std/log`: frames in them are not the program's. */
const OWN = [new URL("../", import.meta.url).href, "/@std/log/"];

/** A frame as V8 writes it: "at f (file:///a.ts:3:5)", "at async f (…)", "at file:///a.ts:3:5". */
const FRAME =
  /^\s*at (?:async )?(?:(.*) \()?((?:file|https?|blob|data|npm|jsr|node|ext):.*?):(\d+):\d+\)?$/;

/** How many frames are looked at: this library's own, adapters, subclasses, then the program's. */
const MAX_FRAMES = 30;

/**
 * The frames of the program above a log call, nearest first.
 *
 * The text of the stack is read, since Deno maps lines to the program's own source only there.
 */
function programFrames(): string[] {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = MAX_FRAMES;
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  Error.stackTraceLimit = before;
  return frames.filter((frame) => !OWN.some((folder) => frame.includes(folder)));
}

/**
 * Where the nearest code outside of this library stands.
 *
 * @returns The place, or `undefined` if there is none, as in a callback of the runtime.
 */
export function findLocation(): CallLocation | undefined {
  for (const frame of programFrames()) {
    const found = FRAME.exec(frame);
    if (!found) continue;
    const [, functionName = "<module>", url = "", line] = found;
    return { file: pathOf(url), line: Number(line), functionName };
  }
  return undefined;
}

/**
 * The calls that led to a log call, as lines of text.
 *
 * @returns The stack without the frames of this library.
 */
export function describeStack(): string {
  return ["Stack:", ...programFrames()].join("\n");
}

function pathOf(url: string): string {
  return url.startsWith("file://") ? decodeURI(url.slice("file://".length)) : url;
}
