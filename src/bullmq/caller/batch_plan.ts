/**
 * What a batch for an agent is made of.
 *
 * @module
 */

import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import type { BatchListener, Job, JobRun, WorkerSite } from "../../parallel/backend.ts";
import type { Site } from "../wire/messages.ts";
import type { CallerLink } from "./caller_link.ts";

/** The worker whose batch it is. */
export interface BatchOwner {
  /** Which worker of the pool it is. */
  readonly number: number;
  /** The name that the caller knows it by. */
  readonly name: string;
  /** What its `Parallel` gives. */
  readonly site: WorkerSite;
  /** The same for agents. */
  readonly remoteSite: Site;
  /** Leads to the agents. */
  readonly link: CallerLink;
  /** Its process has come to its end: it takes no more batches. */
  die(): void;
}

/** What is to be run. */
export interface BatchPlan {
  readonly jobs: readonly Job[];
  /** The run that they belong to. */
  readonly run: JobRun;
  /** The realm that dispatched them. */
  readonly caller: CallerRealm;
  /** Who is told what becomes of them. */
  readonly listener: BatchListener;
}
