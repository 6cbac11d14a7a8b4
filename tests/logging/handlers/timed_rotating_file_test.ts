import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import type { ScheduleOptions } from "../../../src/logging/files/rollover_schedule.ts";
import {
  TimedRotatingFileHandler,
  type TimedRotatingFileHandlerOptions,
} from "../../../src/logging/handlers/timed_rotating_file.ts";
import { askPython } from "../../support/ask_python.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { linesOfFile, textsOf, withClock, withFolder } from "../../support/log_folder.ts";
import { recordOf } from "../../support/records.ts";
import { ROOT } from "../../support/run_deno.ts";

testHandler("TimedRotatingFileHandler", (fn) =>
  withFolder((folder) =>
    fn({
      create: (options) =>
        new TimedRotatingFileHandler(`${folder}/app.log`, { ...options, when: "MIDNIGHT" }),
      takeLines: () => linesOfFile(`${folder}/app.log`),
    })
  ));

interface ScheduleCase extends ScheduleOptions {
  readonly now: number;
}

/** Days on which clocks change in Berlin and in New York, and two ordinary ones, in 2025. */
const DAYS = ["03-08", "03-09", "03-29", "03-30", "06-15", "10-25", "10-26", "11-01", "11-02"]
  .concat("12-31");

function scheduleCases(): ScheduleCase[] {
  const cases: ScheduleCase[] = [];
  const units = ["s", "M", "h", "D", "midnight", "W0", "W3", "W6"];
  for (const day of DAYS) {
    for (let hour = 0; hour < 24; hour += 3) {
      const now = Date.parse(`2025-${day}T00:00:00Z`) / 1000 + hour * 3600 + hour * 61 + 7;
      for (const when of units) {
        const times = /^[mW]/.test(when) ? [undefined, "00:00", "02:30", "13:45:10"] : [undefined];
        for (const atTime of times) {
          for (const utc of [false, true]) cases.push({ when, atTime, utc, now });
        }
        if (!/^[mW]/.test(when)) cases.push({ when, interval: 7, now });
      }
    }
  }
  return cases;
}

async function oursIn(zone: string, cases: readonly ScheduleCase[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "tests/programs/rollovers.ts"],
    cwd: ROOT,
    env: { TZ: zone },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(cases)));
  await writer.close();
  const { stdout } = await child.output();
  const answers: { next: number; suffix: string }[] = JSON.parse(new TextDecoder().decode(stdout));
  return answers;
}

interface PythonAnswer {
  readonly computed: number;
  /** After a rollover: before 3.13 Python corrects for changed clocks only there. */
  readonly next: number;
  readonly suffix: string;
}

/** Asks Python's own handler, without a file. */
function pythonIn(zone: string, cases: readonly ScheduleCase[]): Promise<PythonAnswer[]> {
  return askPython<PythonAnswer[]>(
    `
import datetime, os, time
os.environ["TZ"] = "${zone}"
time.tzset()
from logging.handlers import TimedRotatingFileHandler as T
real, answers = time.time, []
for case in json.load(sys.stdin):
    at = case.get("atTime")
    h = T("/nowhere/app.log", when=case["when"], interval=case.get("interval", 1), delay=True,
          utc=case.get("utc", False), atTime=at and datetime.time.fromisoformat(at))
    time.time = lambda: case["now"]
    computed = h.computeRollover(case["now"])
    names = []
    h.rotator = lambda source, name: names.append(name)
    h.rolloverAt = case["now"] - 5
    h.doRollover()
    time.time = real
    answers.append({"computed": computed, "next": h.rolloverAt,
                    "suffix": names[0].removeprefix("/nowhere/app.log.")})
print(json.dumps(answers))`,
    cases,
  );
}

/** What a clock shows there. */
function clockIn(zone: string, time: number): string {
  return new Date(time * 1000).toLocaleTimeString("en-GB", { timeZone: zone });
}

for (const zone of ["Europe/Berlin", "America/New_York"]) {
  Deno.test(`TimedRotatingFileHandler rolls over when Python's does, with its names, in ${zone}`, async () => {
    const cases = scheduleCases();
    const [ours, python] = await Promise.all([oursIn(zone, cases), pythonIn(zone, cases)]);
    let different = 0;
    for (const [n, { next, suffix }] of ours.entries()) {
      const each = cases[n]!;
      const theirs = python[n]!;
      const label = JSON.stringify({ ...each, next, theirs });
      assertEquals(suffix, theirs.suffix, label);
      assert(next > each.now, label);
      if (next === theirs.next || next === theirs.computed) continue;
      // Before 3.13 Python went wrong where clocks change until the rollover: then the clock shows
      // the time asked for at ours, unless it is skipped that day, and not at Python's.
      different++;
      const wanted = String(each.atTime ?? "00:00").padEnd(8, ":00");
      const isSkipped = wanted === "02:30:00" && clockIn(zone, next) === "03:30:00";
      assert(clockIn(zone, next) === wanted || isSkipped, label);
      assert(clockIn(zone, theirs.next) !== wanted, label);
    }
    assert(different < cases.length / 20, `${different} of ${cases.length} are different`);
  });
}

Deno.test("TimedRotatingFileHandler keeps the clock time where clocks change by half an hour", async () => {
  const now = Date.parse("2025-10-04T00:00:00Z") / 1000; // Lord Howe: from +10:30 to +11:00.
  const cases = [{ when: "MIDNIGHT", now: now + 86400 / 2 }, { when: "W6", atTime: "13:00", now }];
  const answers = await oursIn("Australia/Lord_Howe", cases);
  assertEquals(answers.map(({ next }) => clockIn("Australia/Lord_Howe", next)), [
    "00:00:00",
    "13:00:00",
  ]);
});

Deno.test("TimedRotatingFileHandler waits for whole intervals of days and weeks, as Python's since 3.13", async () => {
  const now = Date.parse("2026-01-07T10:00:00Z") / 1000; // A Wednesday.
  const cases = [
    { when: "MIDNIGHT", interval: 3, utc: true, now },
    { when: "W2", interval: 2, utc: true, now },
    { when: "MIDNIGHT", utc: true, atTime: { hours: 10 }, now },
  ];
  const answers = await oursIn("UTC", cases);
  assertEquals(answers.map(({ next }) => new Date(next * 1000).toISOString().slice(0, 13)), [
    "2026-01-10T00",
    "2026-01-15T00",
    "2026-01-08T10",
  ]);
});

interface SequenceCase extends TimedRotatingFileHandlerOptions {
  readonly when: string;
  readonly backupCount: number;
  readonly step: number;
  readonly count: number;
}

const SEQUENCES: readonly SequenceCase[] = [
  { when: "S", backupCount: 0, step: 1, count: 9 },
  { when: "S", interval: 5, backupCount: 2, step: 2, count: 20 },
  { when: "M", backupCount: 3, step: 25, count: 15 },
  { when: "H", backupCount: 2, step: 1700, count: 15 },
  { when: "D", backupCount: 2, step: 50_000, count: 10 },
  { when: "MIDNIGHT", backupCount: 1, step: 20_000, count: 20 },
  { when: "W5", backupCount: 1, step: 100_000, count: 20 },
];
const START = Date.UTC(2026, 10, 21, 7, 3, 5) / 1000;

Deno.test("TimedRotatingFileHandler leaves the files that Python's leaves", () =>
  withFolder(async (folder) => {
    const input = SEQUENCES.map((each, n) => ({ ...each, folder: `${folder}/${n}` }));
    for (const { folder } of input) {
      for (const side of ["py", "ts", "buffered"]) await Deno.mkdir(`${folder}.${side}`);
    }
    await askPython(
      `
import logging, time
from logging.handlers import TimedRotatingFileHandler as T
real = time.time
for case in json.load(sys.stdin):
    time.time = lambda: ${START}
    h = T(case["folder"] + ".py/app.log", when=case["when"], interval=case.get("interval", 1),
          backupCount=case["backupCount"], utc=True, delay=True)
    for n in range(case["count"]):
        time.time = lambda: ${START} + n * case["step"]
        h.handle(logging.makeLogRecord({"msg": "line %d" % n}))
    h.close()
    time.time = real
print("null")`,
      input,
    );
    for (const { folder, step, count, ...options } of input) {
      for (const [side, bufferSize] of [["ts", 0], ["buffered", 1000]] as const) {
        await withClock((setClock) => {
          setClock(START);
          const more = { utc: true, delay: true, bufferSize };
          const handler = new TimedRotatingFileHandler(`${folder}.${side}/app.log`, {
            ...options,
            ...more,
          });
          for (let n = 0; n < count; n++) {
            setClock(START + n * step);
            handler.handle(recordOf(`line ${n}`));
          }
          handler.close();
        });
        assertEquals(
          textsOf(`${folder}.${side}`),
          textsOf(`${folder}.py`),
          JSON.stringify(options),
        );
      }
    }
  }));

/** Logs a line at each time, in seconds from the start. */
function logAt(
  handler: TimedRotatingFileHandler,
  setClock: (seconds: number) => void,
  times: readonly number[],
): void {
  for (const time of times) {
    setClock(START + time);
    handler.handle(recordOf(`at ${time}`));
  }
}

Deno.test("TimedRotatingFileHandler counts from when a file was written to last", () =>
  withFolder((folder) =>
    withClock((setClock) => {
      setClock(START);
      Deno.writeTextFileSync(`${folder}/app.log`, "yesterday\n");
      Deno.utimeSync(`${folder}/app.log`, START - 86_400, START - 86_400);
      const handler = new TimedRotatingFileHandler(`${folder}/app.log`, {
        when: "midnight",
        utc: true,
      });
      logAt(handler, setClock, [0]);
      handler.close();
      assertEquals(textsOf(folder), {
        "app.log": "at 0\n",
        "app.log.2026-11-20": "yesterday\n",
      });
    })
  ));

Deno.test("TimedRotatingFileHandler never replaces a backup, and goes on with its file instead", () =>
  withFolder((folder) =>
    withClock((setClock) => {
      setClock(START);
      Deno.writeTextFileSync(`${folder}/app.log.2026-11-21_07-03`, "there before\n");
      const handler = new TimedRotatingFileHandler(`${folder}/app.log`, { when: "M", utc: true });
      logAt(handler, setClock, [0, 60, 61, 120]);
      handler.close();
      assertEquals(textsOf(folder), {
        "app.log": "at 120\n",
        "app.log.2026-11-21_07-03": "there before\n",
        "app.log.2026-11-21_07-04": "at 0\nat 60\nat 61\n",
      });
    })
  ));

Deno.test("TimedRotatingFileHandler does not roll over an empty file, or what is no file", () =>
  withFolder((folder) =>
    withClock((setClock) => {
      setClock(START);
      const options = { when: "S", utc: true };
      const handler = new TimedRotatingFileHandler(`${folder}/app.log`, options);
      const device = new TimedRotatingFileHandler("/dev/null", options);
      for (const each of [handler, device]) {
        logAt(each, setClock, [100]);
        each.close();
      }
      assertEquals(textsOf(folder), { "app.log": "at 100\n" });
      assertEquals(device.rolloverAt, START + 101);
      assert(Deno.statSync("/dev/null").isCharDevice);
    })
  ));

Deno.test("TimedRotatingFileHandler keeps backupCount backups of its own, also named and compressed", () =>
  withFolder((folder) =>
    withClock((setClock) => {
      setClock(START);
      const mine = ["2026-11-20_09-00-00.app.log.gz", "2026-11-20_10-00-00.app.log.gz"];
      const others = [
        "2026-11-20_09-00-00.other.log.gz",
        "app.log.2026-11-20_09-00-00",
        "app.log.1",
      ];
      for (const name of [...mine, ...others]) Deno.writeTextFileSync(`${folder}/${name}`, name);
      const handler = new TimedRotatingFileHandler(`${folder}/app.log`, {
        when: "S",
        utc: true,
        backupCount: 2,
        gzip: true,
        namer: (name) => name.replace(/(app\.log)\.(.*)$/, "$2.$1"),
      });
      assertEquals(handler.getFilesToDelete(), []);
      logAt(handler, setClock, [0, 1]);
      handler.close();
      assertEquals(
        Object.keys(textsOf(folder)).sort(),
        [
          "2026-11-20_10-00-00.app.log.gz",
          "2026-11-21_07-03-05.app.log.gz",
          "app.log",
          ...others,
        ].sort(),
      );
    })
  ));

for (const bufferSize of [0, 1000]) {
  Deno.test(`TimedRotatingFileHandler makes a deleted file anew at the next rollover, with a buffer of ${bufferSize}`, () =>
    withFolder((folder) =>
      withClock(async (setClock) => {
        setClock(START);
        const options = { when: "M", utc: true, bufferSize, flushInterval: 0 } as const;
        const handler = new TimedRotatingFileHandler(`${folder}/app.log`, options);
        const reports = await captureStderr(() => {
          Deno.removeSync(handler.filename); // It is empty.
          logAt(handler, setClock, [60]);
          handler.flush();
          assertEquals(textsOf(folder), { "app.log": "at 60\n" });
          Deno.removeSync(handler.filename);
          logAt(handler, setClock, [61, 120]);
          handler.close();
        });
        const kept = bufferSize > 0 ? "at 61\n" : "";
        assertEquals([reports, textsOf(folder)], ["", { "app.log": `${kept}at 120\n` }]);
      })
    ));
}

Deno.test("TimedRotatingFileHandler leaves folders alone that are named like backups, and goes on removing", () =>
  withFolder((folder) =>
    withClock(async (setClock) => {
      setClock(START);
      Deno.mkdirSync(`${folder}/app.log.2025-01-01_00-00-00/full`, { recursive: true });
      const options = { when: "S", utc: true, backupCount: 1 } as const;
      const handler = new TimedRotatingFileHandler(`${folder}/app.log`, options);
      const reports = await captureStderr(() => logAt(handler, setClock, [0, 1, 2, 3]));
      handler.close();
      assertEquals(reports, "");
      assertEquals(textsOf(folder), {
        "app.log": "at 3\n",
        "app.log.2026-11-21_07-03-07": "at 2\n",
      });
    })
  ));

Deno.test("TimedRotatingFileHandler reports a backup that can't be removed once, and removes the others", () =>
  withFolder((folder) =>
    withClock(async (setClock) => {
      setClock(START);
      const stuck = `${folder}/app.log.2025-01-01_00-00-00`;
      Deno.writeTextFileSync(stuck, "old");
      const { removeSync } = Deno;
      Deno.removeSync = (path, options) => {
        if (path === stuck) throw new Error("Operation not permitted");
        return removeSync(path, options);
      };
      try {
        const options = { when: "S", utc: true, backupCount: 1 } as const;
        const handler = new TimedRotatingFileHandler(`${folder}/app.log`, options);
        const reports = await captureStderr(() => logAt(handler, setClock, [0, 1, 2, 3, 4]));
        handler.close();
        assertEquals(reports.match(/--- Logging error ---/g)?.length, 1);
        assertMatch(reports, /Cannot remove old backups of .*app.log: Operation not permitted;/);
        assertEquals(reports.includes("Cannot roll over"), false);
        assertEquals(textsOf(folder), {
          "app.log": "at 4\n",
          "app.log.2025-01-01_00-00-00": "old",
          "app.log.2026-11-21_07-03-08": "at 3\n",
        });
      } finally {
        Deno.removeSync = removeSync;
      }
    })
  ));

Deno.test("TimedRotatingFileHandler tries a rollover that failed again, under the same name", () =>
  withFolder((folder) =>
    withClock(async (setClock) => {
      setClock(START);
      const handler = new TimedRotatingFileHandler(`${folder}/app.log`, { when: "M", utc: true });
      handler.rotator = () => {
        throw new Error("no tape");
      };
      const reports = await captureStderr(() => logAt(handler, setClock, [0, 60, 61, 62]));
      assertEquals(reports.match(/Cannot roll over/g)?.length, 1);
      handler.rotator = undefined;
      logAt(handler, setClock, [64]);
      handler.close();
      assertEquals(textsOf(folder), {
        "app.log": "at 64\n",
        "app.log.2026-11-21_07-03": "at 0\nat 60\nat 61\nat 62\n",
      });
    })
  ));

Deno.test("TimedRotatingFileHandler refuses bad options, before it makes a file", () =>
  withFolder((folder) => {
    const refuse = (bad: object, error: typeof TypeError | typeof RangeError, text: string) =>
      assertThrows(
        () =>
          new TimedRotatingFileHandler(`${folder}/app.log`, bad as TimedRotatingFileHandlerOptions),
        error,
        text,
      );
    refuse({ when: "W7" }, RangeError, 'Cannot set when: current value is "W7", allowed are S, M,');
    refuse({ when: "W" }, RangeError, "allowed are S, M, H, D, MIDNIGHT and W0 (Monday) to W6");
    refuse({ when: "constructor" }, RangeError, "allowed are S");
    refuse({ when: 5 }, TypeError, "Cannot set when: current value is 5");
    refuse({ interval: 0 }, RangeError, "allowed are whole numbers from 1");
    refuse({ backupCount: -1 }, RangeError, "Cannot set backupCount");
    refuse({ atTime: "24:00" }, RangeError, 'Cannot set atTime: current value is "24:00"');
    refuse({ atTime: "noon" }, RangeError, 'allowed are "00:00:00" to "23:59:59"');
    refuse({ atTime: { hours: 1, minutes: 60 } }, RangeError, "Cannot set atTime");
    refuse({ atTime: 7 }, TypeError, 'write "HH:MM", "HH:MM:SS" or { hours, minutes, seconds }');
    assertEquals(textsOf(folder), {});
  }));
