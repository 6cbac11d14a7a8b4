/**
 * A worker that loads what is not paralog's own and no worker of its can be without, the contexts by which a
 * logger knows its task and the parts of `@std/log` that are joined, and posts a message.
 *
 * @module
 */

import "node:async_hooks";
import "@std/log/base-handler";
import "@std/log/console-handler";
import "@std/log/get-logger";
import "@std/log/levels";
import "@std/log/logger";
import "@std/log/setup";
import "./worker.ts";
