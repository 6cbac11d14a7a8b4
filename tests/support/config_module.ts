/** A module that configurations of tests name. */

import type { LogRecord } from "@paralog/paralog/logging";
import { ListHandler } from "../../src/testing/list_handler.ts";

/** A handler to import. */
export class ImportedHandler extends ListHandler {}

/** A filter to import. */
export function onlyErrors(): (record: LogRecord) => boolean {
  return (record) => record.level >= 40;
}
