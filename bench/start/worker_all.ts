/**
 * A worker that loads all of paralog, does nothing with it, and posts a message.
 *
 * @module
 */

import "@paralog/paralog";
import "./worker.ts";
