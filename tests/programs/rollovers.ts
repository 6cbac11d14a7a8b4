/** Computes rollovers in the time zone that it was started in; see timed_rotating_file_test.ts. */

import {
  RolloverSchedule,
  type ScheduleOptions,
} from "../../src/logging/files/rollover_schedule.ts";

interface Case extends ScheduleOptions {
  readonly now: number;
}

const cases: Case[] = await new Response(Deno.stdin.readable).json();
console.log(JSON.stringify(cases.map(({ now, ...options }) => {
  const schedule = new RolloverSchedule(options);
  const next = schedule.next(now);
  return { next, suffix: schedule.suffix(now - 5, now) };
})));
