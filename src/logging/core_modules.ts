/**
 * All modules of `logging` that `parallel` and its workers have, in one list. Deno 2.9 reads the source map of
 * each module that is the first to name another one; with such a list it is that one alone, and a worker loads
 * its modules in a tenth less time: bench/start.ts.
 *
 * @module
 */

import "./adapter.ts";
import "./check_option.ts";
import "./codec/check_part.ts";
import "./codec/cut.ts";
import "./codec/decode_leaf.ts";
import "./codec/decode_value.ts";
import "./codec/encode_built_in.ts";
import "./codec/encode_value.ts";
import "./codec/least_record.ts";
import "./codec/looks.ts";
import "./codec/object_kinds.ts";
import "./codec/plain_record.ts";
import "./codec/record_codec.ts";
import "./codec/stand_in.ts";
import "./codec/tags.ts";
import "./context.ts";
import "./errors.ts";
import "./files/log_file.ts";
import "./files/write_batch.ts";
import "./filter.ts";
import "./formatter.ts";
import "./handler.ts";
import "./handlers/console.ts";
import "./handlers/file.ts";
import "./handlers/kept_records.ts";
import "./handling.ts";
import "./levels.ts";
import "./location.ts";
import "./log_methods.ts";
import "./logger.ts";
import "./message.ts";
import "./outcome.ts";
import "./pattern.ts";
import "./queues/option_names.ts";
import "./queues/safely.ts";
import "./realm.ts";
import "./realm/caller_realm.ts";
import "./realm/last_resort.ts";
import "./realm/lazy_realm.ts";
import "./realm/level_watchers.ts";
import "./realm/logger_node.ts";
import "./realm/nesting.ts";
import "./realm/node_tree.ts";
import "./realm/open_realms.ts";
import "./realm/owned_handlers.ts";
import "./realm/program_realm.ts";
import "./realm/receive_safely.ts";
import "./realm/sequence.ts";
import "./realm/thread_origin.ts";
import "./record.ts";
import "./record_fields.ts";
import "./revive_error.ts";
import "./scope.ts";
import "./shutdown_on_signals.ts";
import "./std_log.ts";
import "./terminal/around_console.ts";
import "./terminal/status_area.ts";
import "./terminal/status_line.ts";
import "./text/control_characters.ts";
import "./text/format_spec.ts";
import "./text/inspect.ts";
import "./text/json_value.ts";
import "./text/number_text.ts";
import "./text/padding.ts";
import "./text/percent.ts";
import "./text/str_format.ts";
import "./text/strftime.ts";
import "./text/template_cache.ts";
import "./text/time_text.ts";
import "./write_whole.ts";
