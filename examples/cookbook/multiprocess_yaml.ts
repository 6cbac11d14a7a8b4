/**
 * "Python Multiprocess Logging" (April 23, 2015): several workers log to one file, configured by a
 * YAML file. There the class `CustomLogHandler`, which the YAML names, has a queue, a thread that
 * reads it, and what makes a record fit to be sent. Here workers need none of that: it passes
 * records to a file.
 *
 *     deno run --allow-read --allow-write examples/cookbook/multiprocess_yaml.ts [FOLDER]
 *
 * Prints nothing. Four workers write five lines each to `logs/cplog.log` in the folder (default:
 * the current one); DEBUG stays out of it.
 */

import {
  dictConfig,
  FileHandler,
  getLogger,
  Handler,
  type HandlerOptions,
  type LogRecord,
  Parallel,
  task,
} from "@paralog/paralog";
import { parse } from "@std/yaml";

export const work = task(import.meta, async function work(number: number): Promise<void> {
  const logger = getLogger("worker"); // Nothing to configure: it logs as the caller says.
  for (let step = 1; step <= 5; step++) {
    logger.debug("worker %d is about to do step %d", number, step);
    await new Promise((resolve) => setTimeout(resolve, 1));
    logger.info("worker %d did step %d", number, step);
  }
});

/** The handler that the YAML names: `dictConfig` makes it with what is written there. */
class CustomLogHandler extends Handler {
  readonly #file: FileHandler;

  constructor({ fname, ...options }: HandlerOptions & { readonly fname: string }) {
    super(options);
    this.#file = new FileHandler(fname, options);
  }

  override emit(record: LogRecord): void {
    this.#file.emit(record);
  }

  override flush(): void | Promise<void> {
    return this.#file.flush();
  }

  override close(): void | Promise<void> {
    return this.#file.close();
  }
}

async function main(folder: string): Promise<void> {
  Deno.chdir(folder); // The YAML names its file from there.
  const text = await Deno.readTextFile(new URL("logging.yaml", import.meta.url));
  await dictConfig(parse(text), { classes: { CustomLogHandler } });
  await new Parallel(4).map(work, [1, 2, 3, 4]);
}

if (import.meta.main) await main(Deno.args[0] ?? ".");
