/** The calls of a run with faults, in the form that its plan says. */

import { setImmediate } from "node:timers";
import { type Call, delayed } from "@paralog/paralog";
import { InputError, type RunReport } from "./report.ts";
import { type Order, work } from "./tasks.ts";

/** What is given to `Parallel`; the report says how it was used. */
export function inputOf(report: RunReport): Iterable<Call> | AsyncIterable<Call> {
  const { input, orders } = report.plan;
  if (input === "list") return orders.map(callOf);
  return input === "generator" ? generate(report) : generateLater(report);
}

function callOf(order: Order): Call {
  return order.fault === "bad argument" ? delayed(work)(order, () => 1) : delayed(work)(order);
}

function* generate(report: RunReport): Generator<Call> {
  const { orders, ending } = report.plan;
  try {
    for (const order of orders) {
      report.pulls++;
      if (ending.kind === "input" && ending.at === order.index) throw new InputError("no more");
      yield callOf(order);
    }
  } finally {
    report.isInputClosed = true;
  }
}

async function* generateLater(report: RunReport): AsyncGenerator<Call> {
  for (const call of generate(report)) {
    if (report.pulls % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    yield call;
  }
}
