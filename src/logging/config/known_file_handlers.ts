/**
 * The handlers that write to files, as configurations name them.
 *
 * @module
 */

import { FileHandler } from "../handlers/file.ts";
import { RotatingFileHandler } from "../handlers/rotating_file.ts";
import { TimedRotatingFileHandler } from "../handlers/timed_rotating_file.ts";
import { WatchedFileHandler } from "../handlers/watched_file.ts";
import { type ClassSpec, classSpec } from "./class_spec.ts";
import {
  aFunction,
  level,
  oneOf,
  type Parameter,
  required,
  text,
  truth,
  whole,
} from "./parameter.ts";

/** Python's ways with characters that an encoding has not. All mean the same: UTF-8 has them all. */
const ERRORS = [
  "strict",
  "ignore",
  "replace",
  "backslashreplace",
  "namereplace",
  "xmlcharrefreplace",
  "surrogateescape",
  "surrogatepass",
] as const;

/** What all of them take. */
const ofFiles = () => ({
  filename: required(path()),
  encoding: encoding(),
  delay: truth(),
  errors: oneOf(...ERRORS),
  bufferSize: whole(0),
  flushInterval: whole(0),
  flushLevel: level(),
  terminator: text(),
});

/** What those take that rotate. */
const ofRotation = () => ({
  backupCount: whole(0),
  namer: aFunction<(name: string) => string>("a function (name) => name"),
  rotator: aFunction<(source: string, destination: string) => void>(
    "a function (source, destination) => void",
  ),
  gzip: truth(),
});

const mode = () => oneOf("a", "w");

/** The handlers that write to files. */
export function fileHandlerSpecs(): ClassSpec[] {
  return [fileSpec(), watchedFileSpec(), rotatingFileSpec(), timedRotatingFileSpec()];
}

function fileSpec(): ClassSpec {
  return classSpec({
    Class: FileHandler,
    kind: "handler",
    names: ["logging.FileHandler", "paralog.FileHandler"],
    parameters: { ...ofFiles(), mode: mode() },
    positional: ["filename", "mode", "encoding", "delay", "errors"],
    blames: "filename",
    empties: ({ filename, mode, delay }) => mode === "w" && !delay ? filename : undefined,
    create: (Class, { filename, errors: _, ...options }) => new Class(filename, options),
  });
}

function watchedFileSpec(): ClassSpec {
  return classSpec({
    Class: WatchedFileHandler,
    kind: "handler",
    names: ["logging.handlers.WatchedFileHandler", "paralog.WatchedFileHandler"],
    parameters: { ...ofFiles(), mode: mode() },
    positional: ["filename", "mode", "encoding", "delay", "errors"],
    blames: "filename",
    empties: ({ filename, mode, delay }) => mode === "w" && !delay ? filename : undefined,
    create: (Class, { filename, errors: _, ...options }) => new Class(filename, options),
  });
}

function rotatingFileSpec(): ClassSpec {
  return classSpec({
    Class: RotatingFileHandler,
    kind: "handler",
    names: ["logging.handlers.RotatingFileHandler", "paralog.RotatingFileHandler"],
    parameters: { ...ofFiles(), ...ofRotation(), mode: mode(), maxBytes: whole(0) },
    positional: ["filename", "mode", "maxBytes", "backupCount", "encoding", "delay", "errors"],
    blames: "filename",
    // As in Python: a file that rolls over is never emptied.
    empties: ({ filename, mode, delay, maxBytes }) =>
      mode === "w" && !delay && !maxBytes ? filename : undefined,
    create: (Class, { filename, errors: _, ...options }) => new Class(filename, options),
  });
}

function timedRotatingFileSpec(): ClassSpec {
  return classSpec({
    Class: TimedRotatingFileHandler,
    kind: "handler",
    names: ["logging.handlers.TimedRotatingFileHandler", "paralog.TimedRotatingFileHandler"],
    parameters: {
      ...ofFiles(),
      ...ofRotation(),
      when: when(),
      interval: whole(1),
      utc: truth(),
      atTime: timeOfDay(),
    },
    positional: [
      ...["filename", "when", "interval", "backupCount", "encoding", "delay", "utc", "atTime"],
      "errors",
    ],
    blames: "filename",
    create: (Class, { filename, errors: _, ...options }) => new Class(filename, options),
  });
}

function path(): Parameter<string | URL> {
  return {
    allowed: "use the path of a file",
    read: (value) =>
      value instanceof URL || (typeof value === "string" && value) ? value : undefined,
  };
}

function encoding(): Parameter<string> {
  return {
    allowed: 'use "utf-8", the only encoding there is here',
    read(value) {
      if (typeof value !== "string") return undefined;
      if (/^(?:us[-_])?ascii$/i.test(value)) return "utf-8"; // Which writes ASCII as ASCII does.
      return /^utf[-_ ]?8$/i.test(value) ? value : undefined;
    },
  };
}

function when(): Parameter<string> {
  return {
    allowed: 'use "S", "M", "H", "D", "MIDNIGHT", or "W0" (Monday) to "W6" (Sunday)',
    known: () => ["S", "M", "H", "D", "MIDNIGHT"],
    read: (value) =>
      typeof value === "string" && /^(?:[SMHD]|MIDNIGHT|W[0-6])$/i.test(value) ? value : undefined,
  };
}

/** Python takes a `datetime.time`, which a configuration can't write. */
function timeOfDay(): Parameter<string> {
  return {
    allowed: 'use a time of day from "00:00:00" to "23:59:59"',
    read: (value) =>
      typeof value === "string" && /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/.test(value)
        ? value
        : undefined,
  };
}
