/** The layout of src/: a file imports only from lines above its own. CONTRIBUTING.md explains it. */

import { assertEquals } from "@std/assert";
import { ROOT, runDeno } from "./support/run_deno.ts";

/** Files of one folder that follow each other. */
function rungs(folder: string, names: string): string[] {
  return names.split(" ").map((name) => `${folder}/${name}.ts`);
}

/** The ladders, from the first rung to the last. Each also stands on the ones before it. */
const LADDERS = [
  [
    ...rungs(
      "logging/text",
      "inspect control_characters padding number_text percent template_cache strftime",
    ),
    ...rungs("logging/text", "time_text format_spec str_format"),
    ...rungs("logging", "check_option write_whole"),
    ...rungs("logging/terminal", "around_console status_area status_line"),
    ...rungs("logging", "errors revive_error levels outcome location"),
    ...rungs("logging", "message scope context record"),
    ...rungs("logging", "filter record_fields pattern formatter handling handler std_log"),
    ...rungs("logging/text", "json_value json_text"),
    ...rungs("logging/codec", "tags check_part stand_in looks cut encode_built_in object_kinds"),
    ...rungs("logging/codec", "encode_value decode_leaf decode_value least_record plain_record"),
    ...rungs("logging/codec", "record_codec"),
    ...rungs("logging/formatters", "machine_fields json logfmt pino pretty"),
    ...rungs("logging/filters", "name level_range sampling suppressed rate_limit duplicate"),
    ...rungs("logging/filters", "secret_texts secret_fields redacted_value redaction"),
    ...rungs("logging/files", "file_status log_file write_batch rollover_schedule"),
    ...rungs("logging/handlers", "console null file watched_file base_rotating rotating_file"),
    ...rungs("logging/handlers", "timed_rotating_file memory kept_records fingers_crossed"),
    ...rungs("logging/queues", "option_names fifo safely handling_context drop_count loop_guard"),
    ...rungs("logging/queues", "record_line queue_options record_queue dequeue_loop"),
    ...rungs("logging/queues", "queue_listener"),
    ...rungs("logging/handlers", "queue"),
    ...rungs("logging/network", "frames"),
    ...rungs("logging/delivery", "backoff delivery_loss delivery_error delivery tcp"),
    ...rungs("logging/delivery", "stream_connection datagram_socket"),
    ...rungs("logging/handlers", "socket http syslog_message syslog nodemailer smtp"),
    ...rungs("logging/handlers", "opentelemetry_api opentelemetry"),
    ...rungs(
      "logging/realm",
      "caller_realm lazy_realm receive_safely last_resort level_watchers nesting sequence",
    ),
    ...rungs("logging/realm", "thread_origin owned_handlers logger_node node_tree open_realms"),
    ...rungs("logging/realm", "program_realm"),
    ...rungs(
      "logging",
      "log_methods adapter logger realm task_realms clean_root manager capture_console",
    ),
    ...rungs("logging", "capture_uncaught shutdown_on_signals"),
    ...rungs("logging/pickle", "python_object plain_copier pickle_source pickle_machine pickle"),
    ...rungs(
      "logging/network",
      "attributes received_error received_message make_record read_payload",
    ),
    ...rungs("logging/network", "receiver_options socket_receiver"),
    ...rungs("logging/config", "suggest config_error parameter class_spec known_values"),
    ...rungs("logging/config", "network_parameters known_formatters known_filters known_handlers"),
    ...rungs("logging/config", "known_file_handlers known_network_handlers known_queues registry"),
    ...rungs(
      "logging/config",
      "convert scope maker arguments recipe logger_plan handler_plan plan",
    ),
    ...rungs("logging/config", "build apply modules dict_config python_literal ini ini_schema"),
    ...rungs("logging/config", "file_config config_server basic_config"),
    ...rungs("logging", "core_modules all_modules mod"),
  ],
  [
    ...rungs("relay", "arrivals clone_kind clone_refusal clone_walk cloneable"),
    ...rungs("relay", "level_page object_owners pipe_frame pipe_reader pipe_writer"),
    ...rungs("relay", "remote_caller pushed_levels replace_buffers plain_text clone_bytes"),
    ...rungs("relay", "pipe_sink copy_small prepare_clone ring relay_options ring_reader"),
    ...rungs("relay", "ring_writer worker_sink worker_link collected_worker"),
    ...rungs("relay", "collector"),
  ],
  [
    ...rungs("parallel/tasks", "current_task error_classes last_records source task"),
    ...rungs("parallel/tasks", "import_task task_runner"),
    ...rungs("parallel/values", "refusal transfer clone batch_args"),
    ...rungs("parallel/task_logs", "task_path task_log_options task_log_plan task_log"),
    ...rungs("parallel/options", "check_options job_count memory_limit permissions"),
    ...rungs("parallel/wire", "progress_teller"),
    ...rungs("parallel/progress", "amounts display_width"),
    ...rungs("parallel/watching", "run_end"),
    ...rungs("parallel/stats", "histogram parallel_stats record_ledger worker_ledger"),
    ...rungs("parallel/schedule", "arithmetic batching call_input deadline job_watcher"),
    ...rungs("parallel/schedule", "pre_dispatch"),
    ...rungs("parallel/results", "result_queue results"),
    ...rungs("parallel/task_logs", "run_logs"),
    ...rungs("parallel/backends", "command_line program_flags process_permissions"),
    ...rungs("parallel/backends", "process_obstacle read_permission reaper worker_flags"),
    ...rungs("parallel", "backend dispatch_stack errors interrupts"),
    ...rungs(
      "parallel/wire",
      "wire outcome_list batch_runner process_wire process_message running_batch worker_dialogue",
    ),
    ...rungs("parallel/watching", "run_observer observers verbose"),
    ...rungs("parallel/progress", "progress_option progress_text progress_display run_meter"),
    ...rungs("parallel/progress", "progress_observer"),
    ...rungs("parallel/stats", "stats_ledger"),
    ...rungs("parallel/schedule", "job_queue batch_run intake pool pools retry schedule"),
    ...rungs("parallel/schedule", "scheduler"),
    ...rungs("parallel/backends", "child_end child_channel inline process_entry process_command"),
    ...rungs("parallel/backends", "worker_entry worker_process process_starter processes workers"),
    ...rungs("parallel", "backend_choice"),
    ...rungs("parallel/options", "parallel_options run_options"),
    ...rungs("parallel", "run"),
    ...rungs("parallel/results", "result_stream"),
    ...rungs("parallel", "parallel all_modules mod"),
  ],
  [
    ...rungs("bullmq/wire", "messages shape batch_shape payload thrown_shape control frame_table"),
    ...rungs("bullmq/wire", "packed_table frame_list version job_data job_result names"),
    ...rungs("bullmq/redis", "redis_address redis bull redis_rights redis_settings"),
    ...rungs("bullmq/caller", "agent_refusal_error agent_watch bullmq_options connection_watch"),
    ...rungs("bullmq/caller", "followed_runs"),
    ...rungs("bullmq", "in_time"),
    ...rungs("bullmq/caller", "job_sweeper stream_id run_stream run_reader settlements sent_job"),
    ...rungs("bullmq/caller", "stop_teller caller_link batch_plan settled_calls delivery_feed"),
    ...rungs("bullmq/caller", "remote_output told_frames told_job remote_batch remote_worker"),
    ...rungs("bullmq/caller", "bullmq_backend"),
    ...rungs("bullmq/agent", "agent_info host_name presence"),
    ...rungs("bullmq/caller", "list_agents"),
    ...rungs("bullmq/agent", "agent_arguments agent_connection agent_permissions module_url"),
    ...rungs("bullmq/agent", "package_name wildcard module_pattern allow_list module_map"),
    ...rungs("bullmq/agent", "agent_options marked_output remote_child child_pool"),
    ...rungs("bullmq/agent", "control_listener task_memory task_permissions job_gate"),
    ...rungs("bullmq/agent", "outcome_frame frame_outbox outboxes job_run running_jobs"),
    ...rungs("bullmq/agent", "stranded_jobs worker_errors agent agent_help stop_signals"),
    ...rungs("bullmq/agent", "agent_program main"),
    ...rungs("bullmq", "mod"),
  ],
  [
    ...rungs("testing", "assert capture_stderr list_handler patience subject contract"),
    ...rungs("testing", "watched_handler"),
    ...rungs("testing/tasks", "attempts ends failures logs std_log values workers"),
    ...rungs("testing/sections", "abilities batches calls cancellation errors failures"),
    ...rungs("testing/sections", "initializers nesting realms records retries sources streams"),
    ...rungs("testing/sections", "time_limits transfers watching workers"),
    ...rungs("testing", "test_backend mod"),
  ],
];

/** The files that may import each package: one in each ladder. */
const ADAPTERS: Readonly<Record<string, readonly string[]>> = {
  "@std/log": ["logging/std_log.ts", "testing/tasks/std_log.ts"],
  "@std/assert": ["testing/assert.ts"],
  "@std/cli": ["bullmq/agent/agent_arguments.ts"],
  "bullmq": ["bullmq/redis/bull.ts"],
  "ioredis": ["bullmq/redis/redis.ts"],
};

/** What is run or imported from outside of src/. */
const BACKENDS = "src/parallel/backends";
const ENTRIES = [
  ...["mod.ts", "src/testing/mod.ts", `${BACKENDS}/worker_entry.ts`],
  ...[`${BACKENDS}/processes.ts`, `${BACKENDS}/process_entry.ts`],
  ...["src/bullmq/mod.ts", "src/bullmq/agent/main.ts"],
];

interface Dependency {
  readonly specifier: string;
  readonly isDynamic?: boolean;
  readonly code?: { readonly specifier: string };
  readonly type?: { readonly specifier: string };
}

interface Info {
  readonly modules: readonly { specifier: string; dependencies?: readonly Dependency[] }[];
}

async function graph(entry: string): Promise<Info> {
  const { stdout } = await runDeno(["info", "--json", entry]);
  return JSON.parse(stdout);
}

Deno.test("src/ imports only upwards, and packages only in their adapter", async () => {
  const order = LADDERS.flat();
  const src = new URL("src/", ROOT).href;
  const problems = new Set<string>();
  const seen = new Set<string>();
  for (const entry of ENTRIES) {
    for (const { specifier, dependencies = [] } of (await graph(entry)).modules) {
      if (!specifier.startsWith(src)) continue;
      const file = specifier.slice(src.length);
      seen.add(file);
      for (const dependency of dependencies) {
        const target = dependency.code?.specifier ?? dependency.type?.specifier ?? "";
        if (!target.startsWith(src)) {
          const adapters = ADAPTERS[/^(@[^/]+\/)?[^/]+/.exec(dependency.specifier)?.[0] ?? ""] ??
            [];
          const builtIn = dependency.specifier.startsWith("node:");
          if (!builtIn && !adapters.includes(file)) {
            problems.add(`${file} imports ${dependency.specifier}`);
          }
          continue;
        }
        const imported = target.slice(src.length);
        if (order.indexOf(imported) >= order.indexOf(file)) {
          problems.add(`${file} imports ${imported}, which is not above it`);
        }
      }
    }
  }
  assertEquals([...problems], []);
  assertEquals([...seen].sort(), [...order].sort(), "a file is missing in the ladder, or not used");
});

/** The files of src/ that are loaded with a module, itself included. */
async function loadedWith(module: string): Promise<Set<string>> {
  const src = new URL("src/", ROOT).href;
  const { modules } = await graph(`src/${module}`);
  const loaded = new Set([src + module]);
  for (const each of loaded) { // It grows meanwhile.
    const found = modules.find(({ specifier }) => specifier === each);
    for (const { code, isDynamic } of found?.dependencies ?? []) {
      if (code?.specifier.startsWith(src) && !isDynamic) loaded.add(code.specifier);
    }
  }
  return new Set([...loaded].map((specifier) => specifier.slice(src.length)));
}

/** The files that a list names, and those of the list that it begins with. */
async function namedIn(list: string): Promise<Set<string>> {
  const src = new URL("src/", ROOT);
  const code = await Deno.readTextFile(new URL(list, src));
  const named = new Set<string>();
  for (const [, path = ""] of code.matchAll(/^import "(.*)";$/gm)) {
    const file = new URL(path, new URL(list, src)).href.slice(src.href.length);
    const files = file.endsWith("_modules.ts") ? await namedIn(file) : [file];
    for (const each of files) named.add(each);
  }
  return named;
}

Deno.test("all_modules.ts names each file that is loaded with its folder", async () => {
  for (const folder of ["logging", "parallel"]) {
    const list = `${folder}/all_modules.ts`;
    const loaded = [...await loadedWith(`${folder}/mod.ts`)].filter((file) =>
      !file.endsWith("_modules.ts") && file !== `${folder}/mod.ts`
    );
    assertEquals([...await namedIn(list)].sort(), loaded.sort(), list);
  }
});

Deno.test("files of src/ stay small", async () => {
  const long: string[] = [];
  for (const file of LADDERS.flat()) {
    const lines = (await Deno.readTextFile(new URL(`src/${file}`, ROOT))).split("\n").length;
    if (lines > 350) long.push(`${file}: ${lines} lines, look for the second concept in it`);
  }
  assertEquals(long, []);
});
