/**
 * A crawl of a site that is often too busy to answer. A page that fails is tried again after a pause;
 * one that does not exist is not. Each task has a root logger of its own: here it puts the page in
 * front of what the task logs, and nobody else's lines change.
 *
 *     deno run --allow-read --allow-net=127.0.0.1 examples/parallel/crawl.ts [--n-jobs=N]
 *
 * Follows all links of a small site that the program serves itself, in 4 workers, and prints the pages
 * with their titles. On stderr: what the tasks log, and each further attempt.
 */

import {
  basicConfig,
  currentTask,
  delayed,
  getLogger,
  Parallel,
  PrefixFilter,
  task,
} from "@paralog/paralog";
import { parseArgs } from "@std/cli/parse-args";

interface Page {
  readonly title: string;
  readonly links: readonly string[];
}

class DeadLinkError extends Error {
  readonly retriable = false; // `retries` does not try again what says so.
}

export const visit = task(import.meta, async function visit(url: string): Promise<Page> {
  getLogger().addFilter(new PrefixFilter(`url=${new URL(url).pathname} `));
  const response = await fetch(url, { signal: currentTask().signal });
  const text = await response.text();
  getLogger().info("%d at attempt %d", response.status, currentTask().attempt);
  if (response.status === 404) throw new DeadLinkError(`there is no ${url}`);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const links = [...text.matchAll(/href="(.*?)"/g)].map(([, link]) => `${new URL(`${link}`, url)}`);
  getLogger().info("%d links", links.length);
  return { title: /<title>(.*?)</.exec(text)?.[1] ?? "", links };
});

/** Visits page after page: those that a page links to come next. */
async function crawl(start: string, nJobs: number): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  await using parallel = new Parallel(nJobs, { retries: { attempts: 5, backoff: 20 } });
  for (let urls = [start]; urls.length > 0;) {
    const settled = await parallel.runSettled(urls.map((url) => delayed(visit)(url)));
    const pages = settled.map((each) =>
      each.status === "fulfilled" ? each.value : { title: each.reason.message, links: [] }
    );
    for (const [index, { title }] of pages.entries()) titles.set(`${urls[index]}`, title);
    const found = new Set(pages.flatMap(({ links }) => links));
    urls = [...found].filter((url) => !titles.has(url));
  }
  return titles;
}

const LINKS: Readonly<Record<string, readonly string[]>> = {
  "/": ["/fruit", "/bread", "/gone"],
  "/fruit": ["/", "/apple", "/pear"],
  "/bread": ["/"],
  "/apple": ["/fruit"],
  "/pear": ["/fruit", "/bread"],
};

/** Serves the site. Each page but the first is too busy twice before it answers. */
function serveSite() {
  const requests = new Map<string, number>();
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    const { pathname } = new URL(url);
    const count = (requests.get(pathname) ?? 0) + 1;
    requests.set(pathname, count);
    const links = LINKS[pathname];
    if (!links) return new Response("not found", { status: 404 });
    if (pathname !== "/" && count < 3) return new Response("busy", { status: 503 });
    const anchors = links.map((link) => `<a href="${link}">${link}</a>`);
    return new Response(`<title>The page ${pathname}</title>${anchors.join("")}`);
  });
}

async function main(args: string[]): Promise<void> {
  const flags = parseArgs(args, { string: ["n-jobs"] });
  basicConfig({ level: "INFO", format: "%(levelname)s %(message)s" });
  await using server = serveSite();
  const start = `http://127.0.0.1:${server.addr.port}/`;
  const titles = await crawl(start, Number(flags["n-jobs"] ?? 4));
  for (const [url, title] of titles) console.log(`${new URL(url).pathname}: ${title}`);
}

if (import.meta.main) await main(Deno.args);
