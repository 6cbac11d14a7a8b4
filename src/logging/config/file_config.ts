/**
 * Configuring logging from an INI file, such as a `logging.conf` of a Python program.
 *
 * @module
 */

import { ConfigError, reasonOf } from "./config_error.ts";
import { dictConfig, type DictConfigOptions } from "./dict_config.ts";
import { type IniSection, parseIni } from "./ini.ts";
import { readIniSchema } from "./ini_schema.ts";
import { Registry } from "./registry.ts";

/** Options of {@linkcode fileConfig}. */
export interface FileConfigOptions extends DictConfigOptions {
  /**
   * Values that `%(name)s` in the file may name, beside those of the file.
   *
   * @default {}
   */
  readonly defaults?: Readonly<Record<string, string>>;
  /**
   * Whether loggers that exist, and are neither in the file nor below one that is, are disabled.
   *
   * @default true
   */
  readonly disableExistingLoggers?: boolean;
}

/**
 * Configures the loggers of the current realm as an INI file says: Python's
 * `logging.config.fileConfig`. Where that runs `args`, `kwargs` and `class` as Python code, this reads
 * literals and known names, and refuses everything else.
 *
 * All of it is checked first, as by {@linkcode dictConfig}; paths in errors are those of the dictionary
 * that the file stands for, or the section and key of the file.
 *
 * @param source The path of the file, or its text. Reading a file needs `--allow-read`.
 * @param options What the file may name.
 * @returns When the handlers of the configuration before are closed.
 * @throws {ConfigError} If anything is wrong with it; the error lists everything that is. What was in
 * force before still is.
 * @throws {Error} What `Deno.readTextFile` throws.
 *
 * @example
 * ```ts
 * import { fileConfig } from "@paralog/paralog/logging";
 *
 * const text = `
 * [loggers]
 * keys=root
 * [handlers]
 * keys=console
 * [formatters]
 * keys=simple
 * [logger_root]
 * level=INFO
 * handlers=console
 * [handler_console]
 * class=StreamHandler
 * formatter=simple
 * args=(sys.stdout,)
 * [formatter_simple]
 * format=%(levelname)s %(message)s
 * `;
 * await fileConfig({ text });
 * ```
 */
export async function fileConfig(
  source: string | URL | { readonly text: string },
  options: FileConfigOptions = {},
): Promise<void> {
  const { defaults, disableExistingLoggers = true, ...rest } = options;
  const isText = typeof source === "object" && "text" in source;
  // Awaited in any case, so that a wrong text rejects as a wrong file does.
  const text = isText ? source.text : await Deno.readTextFile(source);
  const schema = readIniSchema(readIni(text, defaults), new Registry(rest.classes));
  await dictConfig({ ...schema, disable_existing_loggers: disableExistingLoggers }, rest);
}

function readIni(
  text: string,
  defaults: FileConfigOptions["defaults"],
): ReadonlyMap<string, IniSection> {
  try {
    return parseIni(text, defaults);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError([{ path: "", message: reasonOf(error) }], { cause: error });
  }
}
