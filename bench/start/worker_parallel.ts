/**
 * A worker that loads paralog's door to parallel runs, does nothing with it, and posts a message.
 *
 * @module
 */

import "@paralog/paralog/parallel";
import "./worker.ts";
