/** A record that has travelled is shown as if it had stayed: by everything that shows values. */

import { assertEquals } from "@std/assert";
import {
  JsonFormatter,
  LogfmtFormatter,
  type LogRecord,
  PinoFormatter,
  PrettyFormatter,
  RedactionFilter,
} from "@paralog/paralog/logging";
import { decodeRecord, encodeRecord } from "../../../src/logging/codec/record_codec.ts";
import { serializeError } from "../../../src/logging/errors.ts";
import { display, inspect } from "../../../src/logging/text/inspect.ts";
import { jsonText } from "../../../src/logging/text/json_text.ts";
import { recordOf } from "../../support/records.ts";
import { AWKWARD_VALUES } from "./awkward_values.ts";

/** What shows a value, and a value that it can't show the same way. */
const SHOWN_BY: Readonly<Record<string, (value: unknown) => string>> = {
  inspect,
  display,
  jsonText,
};

/** Deno itself fails at a revoked proxy within another value; what arrives can be shown. */
const NOT_COMPARED: ReadonlySet<string> = new Set([
  "revoked proxy: display",
  "revoked proxy: inspect in others",
  "revoked proxy: display in others",
]);

function travelled(record: LogRecord): LogRecord {
  return decodeRecord(encodeRecord(record));
}

for (const [name, make] of Object.entries(AWKWARD_VALUES)) {
  Deno.test(`encodeRecord() and decodeRecord() keep what is shown of: ${name}`, () => {
    const value = make();
    const others = { before: 1, list: [{ value }], after: new Map([["value", value]]) };
    const arrived = travelled(recordOf("m", { args: [value], extra: { others } }));
    for (const [way, show] of Object.entries(SHOWN_BY)) {
      if (!NOT_COMPARED.has(`${name}: ${way}`)) {
        assertEquals(show(arrived.args[0]), show(value), way);
      }
      if (!NOT_COMPARED.has(`${name}: ${way} in others`)) {
        assertEquals(show(arrived.extra?.others), show(others), `${way} in others`);
      }
    }
  });
}

const FORMATTERS = [
  new JsonFormatter(),
  new LogfmtFormatter(),
  new PrettyFormatter({ colors: true, utc: true }),
  new PinoFormatter(),
];

Deno.test("encodeRecord() and decodeRecord() keep the lines that formatters make", () => {
  for (const [name, make] of Object.entries(AWKWARD_VALUES)) {
    if (name === "revoked proxy") continue; // See above.
    const value = make();
    const error = serializeError(Object.assign(new Error("e", { cause: value }), { value }));
    const record = recordOf("m", { args: [value], extra: { value, more: [value] }, error });
    for (const formatter of FORMATTERS) {
      assertEquals(formatter.format(travelled(record)), formatter.format(record), name);
    }
  }
});

Deno.test("encodeRecord() and decodeRecord() keep what a RedactionFilter finds", () => {
  const filter = new RedactionFilter({ fields: ["password", "authorization", "a"] });
  const formatter = new JsonFormatter();
  const redacted = (record: LogRecord) => {
    const left = filter.filter(record);
    return typeof left === "object" ? formatter.format(left) : left;
  };
  for (const [name, make] of Object.entries(AWKWARD_VALUES)) {
    if (name === "revoked proxy") continue; // See above.
    if (name === "very many holes") continue; // It would copy all of them.
    // What throws is taken for a secret; it arrives as a text that says so, and can be read.
    if (name === "accessors" || name === "proxies") continue;
    const record = recordOf("m", { args: [make()], extra: { value: make() } });
    assertEquals(redacted(travelled(record)), redacted(record), name);
  }
});
