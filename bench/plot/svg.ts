/**
 * The one file that knows Vega: draws pictures without a browser.
 *
 * @module
 */

// deno-lint-ignore no-import-prefix -- Only this file needs it.
import * as vega from "npm:vega@6.4.0";
// deno-lint-ignore no-import-prefix -- The same.
import { compile, type TopLevelSpec } from "npm:vega-lite@6.5.0";
import { renderLimit } from "../harness/number_text.ts";
import type { Drawing, Point } from "./drawing.ts";

/** Of the plot itself, in pixels. */
const SIZE = { width: 420, height: 240 } as const;
/** Colours that all people tell apart, however they see colours (those of Okabe and Ito). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];
const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke"];
/** Where a logarithmic axis may have a number, in each decade. */
const STEPS = [1, 2, 5] as const;

/**
 * Draws a picture. The same numbers give the same text.
 *
 * @param drawing What it shows.
 * @returns SVG, on a white ground, so that it can be read in a dark page too.
 * @throws {Error} If Vega has something to say against it.
 */
export async function drawSvg(drawing: Drawing): Promise<string> {
  const logger = new Refusal();
  const { spec } = compile(specOf(drawing), { logger });
  const view = new vega.View(vega.parse(spec), { renderer: "none", logger });
  try {
    return roundPlaces(await view.toSVG());
  } finally {
    view.finalize();
  }
}

function specOf({ title, axes, points }: Drawing): TopLevelSpec {
  const ticks = ticksOf(points);
  const x = axisOf(axes.x, new Map(points.map((point) => [point.x, point.label])));
  const domain = [ticks[0] ?? 1, ticks.at(-1) ?? 1];
  const y = {
    type: "quantitative" as const,
    scale: { type: "log" as const, domain },
    axis: axisOf(axes.y, new Map(ticks.map((tick) => [tick, renderLimit(tick)]))),
  };
  const lines = [...new Set(points.map(({ line }) => line))];
  const line = { field: "line", type: "nominal", title: null } as const;
  return {
    ...SIZE,
    background: "white",
    padding: 8,
    title: { text: title, anchor: "start", fontSize: 13, offset: 12 },
    data: { values: points.map((point) => ({ ...point })) },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        scale: { type: "log", nice: false, padding: 12 },
        axis: x,
      },
      color: { ...line, scale: { domain: lines, range: COLOURS } },
    },
    layer: [
      { mark: { type: "line" }, encoding: { y: { ...y, field: "y" } } },
      { mark: { type: "rule" }, encoding: { y: { ...y, field: "least" }, y2: { field: "most" } } },
      {
        mark: { type: "point", filled: true, opacity: 1, size: 50 },
        encoding: {
          y: { ...y, field: "y" },
          shape: { ...line, scale: { domain: lines, range: SHAPES } },
        },
      },
    ],
    config: {
      aria: false,
      font: "sans-serif",
      view: { stroke: null },
      legend: { labelLimit: 0 },
    },
  };
}

/** An axis with these numbers on it, and no others. */
function axisOf(title: string, labels: ReadonlyMap<number, string>) {
  const values = [...labels.keys()];
  const labelExpr = `${JSON.stringify(Object.fromEntries(labels))}[datum.value]`;
  return { title, values, labelExpr, labelOverlap: false, domain: false, gridColor: "#e4e4e4" };
}

/** Round numbers from below the least point to above the greatest. */
function ticksOf(points: readonly Point[]): number[] {
  const least = Math.min(...points.map((point) => point.least));
  const most = Math.max(...points.map((point) => point.most));
  const [first, last] = [Math.floor(Math.log10(least)), Math.floor(Math.log10(most))];
  // As many as there is room for.
  const steps = last - first > 2 ? [1] : STEPS;
  const all = Array.from({ length: last - first + 2 }, (_, decade) => first + decade)
    .flatMap((decade) => steps.map((step) => Number(`${step}e${decade}`)));
  const below = all.findLastIndex((tick) => tick <= least);
  const above = all.findIndex((tick) => tick >= most);
  return all.slice(below, above + 1);
}

/** Places are told to the hundredth of a pixel: the rest is no help, and may differ by machine. */
function roundPlaces(svg: string): string {
  const round = (number: string) => String(Number(Number(number).toFixed(2)));
  return svg.replace(
    /\b(?:d|transform|x|y|[xy]2|width|height|viewBox)="[^"]*"/g,
    (attribute) => attribute.replace(/-?\d+\.\d+(?:e-?\d+)?/g, round),
  );
}

/** What Vega warns of is an error here: nobody would read it. */
class Refusal {
  level(): number;
  level(level: number): this;
  level(level?: number): number | this {
    return level === undefined ? vega.Warn : this;
  }
  error(...texts: readonly unknown[]): never {
    throw new Error(`Cannot draw a picture: ${texts.join(" ")}`);
  }
  warn(...texts: readonly unknown[]): never {
    return this.error(...texts);
  }
  info(): this {
    return this;
  }
  debug(): this {
    return this;
  }
}
