/**
 * The shape of what was thrown, as data.
 *
 * @module
 */

import type { SerializedError, SerializedThrown } from "../../logging/errors.ts";
import { anything, exactly, object, plainObject, type Shape, text, variants } from "./shape.ts";

/** What every error has. */
const ERROR_HEAD = object<Pick<SerializedError, "className" | "name" | "base" | "message">>({
  className: text,
  name: text,
  base: text,
  message: text,
});

/** What else it has stays as it is: whatever that is, an error can be made of it (see `reviveThrown`). */
const error: Shape<SerializedError> = (value) => ({ ...plainObject(value), ...ERROR_HEAD(value) });

/** An error as data, or another value. */
export const thrown: Shape<SerializedThrown> = variants<SerializedThrown>("kind", {
  error: object({ kind: exactly("error"), error }),
  value: object({ kind: exactly("value"), value: anything }),
});
