/**
 * What is looked up while a configuration is checked, and what it has been made into afterwards.
 *
 * @module
 */

import type { Filter } from "../filter.ts";
import type { FormatterLike } from "../formatter.ts";
import type { Handler } from "../handler.ts";
import type { Problems } from "./config_error.ts";
import type { Registry } from "./registry.ts";

/** What is looked up while a configuration is checked. */
export interface Scope {
  /** Knows classes and values by name. */
  readonly registry: Registry;
  /** Is told of what is wrong. */
  readonly problems: Problems;
  /** The names of the formatters, filters and handlers of the configuration. */
  readonly names: Readonly<Record<"formatters" | "filters" | "handlers", ReadonlySet<string>>>;
}

/** The objects of a configuration that are made already, by name. */
export interface Made {
  readonly formatters: Map<string, FormatterLike>;
  readonly filters: Map<string, Filter>;
  readonly handlers: Map<string, Handler>;
}
