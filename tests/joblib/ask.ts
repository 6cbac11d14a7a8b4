/** Asking joblib what it does: driver.py knows the verbs. */

import { askJoblib } from "../support/ask_joblib.ts";

/** A verb of driver.py and its arguments, by name. */
export type Question = readonly [verb: string, args: Readonly<Record<string, unknown>>];

/** What a call of Python's returned or threw. */
export type Answer<T> = { readonly value: T } | {
  readonly error: string;
  readonly message: string;
};

/** What was printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** The version whose lines and insides we compare with; Debian 12 has it. Newer ones have others. */
const REFERENCE = "1.2.";

/** Asks several questions at once: starting Python takes longer than answering. */
export async function ask<T>(questions: readonly Question[]): Promise<T[]> {
  return await askJoblib(new URL("driver.py", import.meta.url), questions);
}

/** What there is to compare with. */
export interface About {
  /** Whether it is the version whose lines and insides ours are compared with. */
  readonly isReference: boolean;
  /** Whether it has `return_as`, which came with 1.3. */
  readonly hasReturnAs: boolean;
}

/** Asks which joblib is there. */
export async function askAbout(): Promise<About> {
  const [about] = await ask<{ version: string; returnAs: boolean }>([["about", {}]]);
  return { isReference: about!.version.startsWith(REFERENCE), hasReturnAs: about!.returnAs };
}
