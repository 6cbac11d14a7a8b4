/**
 * Where in the program a log call stands. Finding out takes some 20 microseconds, more than the rest
 * of the call, so it is done only once a formatter asks for it, such as one with `%(lineno)d`.
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

/**
 * The files of this library and of `@std/log`: calls in them are not the program's. What tests backends is a
 * program.
 */
const OWN = ["./", "../relay/", "../parallel/"].map((path) => new URL(path, import.meta.url).href);
const OWN_FILES = [...OWN, ...OWN.map(pathOf), "/@std/log/"];

/**
 * How many calls are looked at first, for each costs some microseconds: as many as this library makes
 * from an adapter to the record, and two of the program.
 */
const FIRST_LOOK = 7;

/** How many are looked at if these were all our own. */
const SECOND_LOOK = 60;

/** A call on the stack, as V8 gives it: the part that we use. Deno maps it to the program's source. */
interface CallSite {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getFunctionName(): string | null;
}

/**
 * Where the nearest code outside of this library stands.
 *
 * @param inner A function that was called on the way here; what it called is not looked at.
 * @returns The place, or `undefined` if there is none, as in a function that was made of
 * its source.
 */
export function findLocation(inner: (...args: never[]) => unknown): CallLocation | undefined {
  for (const look of [FIRST_LOOK, SECOND_LOOK]) {
    const sites = callSites(look, inner);
    const index = sites.findIndex((site) => isProgram(site.getFileName()));
    const site = sites[index];
    if (site) return locationOf(site, sites.length < look && index === sites.length - 1);
  }
  return undefined;
}

function locationOf(site: CallSite, isOutermost: boolean): CallLocation | undefined {
  const file = site.getFileName();
  if (!file) return undefined;
  return {
    file: pathOf(file),
    line: site.getLineNumber() ?? 0,
    functionName: site.getFunctionName() ?? (isOutermost ? "<module>" : "<anonymous>"),
  };
}

/** Made once: what is written in an assignment to a field lives long, and there is one for each record. */
function sitesThemselves(_error: unknown, sites: CallSite[]): CallSite[] {
  return sites;
}

function callSites(
  limit: number,
  inner: (...args: never[]) => unknown,
): readonly CallSite[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = limit;
  Error.prepareStackTrace = sitesThemselves;
  try {
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, inner);
    const sites = holder.stack;
    return Array.isArray(sites) ? sites : []; // What the line above had it made of.
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}

/** `null` is a function of the engine, `undefined` one that was made of its source. */
function isProgram(file: string | null | undefined): boolean {
  return file === undefined || file !== null && !/^(?:ext|node):/.test(file) && !isOwn(file);
}

function isOwn(text: string): boolean {
  return OWN_FILES.some((own) => text.includes(own));
}

/**
 * The calls that led to a log call, as lines of text.
 *
 * @returns The stack without the calls of this library.
 */
export function describeStack(): string {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = SECOND_LOOK;
  Reflect.set(Error, "prepareStackTrace", undefined); // The program's own may make anything of it.
  const frames = String(new Error().stack).split("\n").slice(1);
  Error.stackTraceLimit = stackTraceLimit;
  Error.prepareStackTrace = prepareStackTrace;
  const ours = (frame: string) => isOwn(frame) || frame.includes("(ext:deno_node/async_hooks");
  return ["Stack:", ...frames.filter((frame) => !ours(frame))].join("\n");
}

function pathOf(url: string): string {
  return url.startsWith("file://") ? decodeURI(url.slice("file://".length)) : url;
}
