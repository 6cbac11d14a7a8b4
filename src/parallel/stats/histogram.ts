/**
 * How values are spread, in little memory: counted in steps of 1.6 %.
 *
 * @module
 */

/** How many values there were up to a bound. */
export interface HistogramBucket {
  /** The bound, a power of two: all values counted are below it. */
  readonly below: number;
  /** How many values are below the bound, those of the buckets before included. */
  readonly count: number;
}

/**
 * How values are spread. Without values, all numbers are 0.
 *
 * Count, sum, min, max, mean and stddev are exact. Percentiles are the value itself where it is a whole
 * number up to 128, and otherwise at most 1.6 % below it. Of values below 0.0001 and above 100,000,000
 * (of milliseconds: 0.1 microseconds, 27 hours) only the exact numbers tell more.
 */
export interface Histogram {
  /** How many values there were. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** The smallest one. */
  readonly min: number;
  /** The biggest one. */
  readonly max: number;
  /** Their average. */
  readonly mean: number;
  /** Their standard deviation, as of all values there are and not of a sample. */
  readonly stddev: number;
  /** The median, at most 1.6 % too low, as all that follow: half of the values are not above it. */
  readonly p50: number;
  /** About three quarters of the values are not above it. */
  readonly p75: number;
  /** About 90 % of the values are not above it. */
  readonly p90: number;
  /** About 95 % of the values are not above it. */
  readonly p95: number;
  /** About 99 % of the values are not above it. */
  readonly p99: number;
  /** About 99.9 % of the values are not above it. */
  readonly p999: number;
  /**
   * The values counted up to each power of two, from the one above the smallest value to the one above the
   * biggest. They add up, as the `le` buckets of Prometheus do.
   */
  readonly buckets: readonly HistogramBucket[];
}

/** A step is told by this many bits after the first one of a value: 64 steps from 1 to 2, 64 from 2 to 4, … */
const STEP_BITS = 6;
const STEPS = 2 ** STEP_BITS;
/** The first octave begins at 2 ** -14, and the last one ends at 2 ** 27. */
const FIRST_OCTAVE = -14;
const OCTAVES = 41;
const LOWEST = 2 ** FIRST_OCTAVE;
const HIGHEST = 2 ** (FIRST_OCTAVE + OCTAVES) * (1 - 2 ** -24);

/** How a number stands in 32 bits (IEEE 754): its exponent, from -127, and the bits after its first one. */
const SHIFT = 23 - STEP_BITS;
const FIRST_PLACE = (127 + FIRST_OCTAVE) * STEPS;

/**
 * Counts values, whatever their number, in at most 21 KB: each octave that has values takes half a
 * kilobyte. The place of a value is read from its own bits, which is why `add` takes nanoseconds.
 */
export class HistogramCounter {
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);
  /** The counts of the steps. */
  readonly #octaves: (Float64Array | undefined)[] = new Array(OCTAVES).fill(undefined);
  #count = 0;
  #sum = 0;
  #squares = 0;
  #min = Infinity;
  #max = 0;

  /**
   * Counts a value.
   *
   * @param value The value. One that is no number or less than 0 is taken as 0: two clocks may disagree.
   * @param times How many there are of it; one, unless it is given.
   */
  add(value: number, times = 1): void {
    const counted = value > 0 ? value : 0;
    this.#count += times;
    this.#sum += counted * times;
    this.#squares += counted * counted * times;
    if (counted < this.#min) this.#min = counted;
    if (counted > this.#max) this.#max = counted;
    this.#float[0] = counted < LOWEST ? LOWEST : counted > HIGHEST ? HIGHEST : counted;
    const place = (this.#bits[0]! >>> SHIFT) - FIRST_PLACE; // It has an element.
    const octave = this.#octaves[place >>> STEP_BITS] ?? this.#begin(place >>> STEP_BITS);
    octave[place % STEPS]! += times; // It has as many elements.
  }

  #begin(octave: number): Float64Array {
    return this.#octaves[octave] = new Float64Array(STEPS);
  }

  /** The values as they are spread now. */
  snapshot(): Histogram {
    const count = this.#count;
    const mean = count && this.#sum / count;
    return {
      count,
      sum: this.#sum,
      min: count && this.#min,
      max: this.#max,
      mean,
      stddev: count && Math.sqrt(Math.max(this.#squares / count - mean * mean, 0)),
      ...this.#percentiles(),
      buckets: this.#buckets(),
    };
  }

  /** Walks over the steps once: the ranks grow. */
  #percentiles(): Pick<Histogram, "p50" | "p75" | "p90" | "p95" | "p99" | "p999"> {
    let octave = 0;
    let step = 0;
    let seen = this.#octaves[0]?.[0] ?? 0;
    const next = (perMille: number) => {
      const rank = Math.ceil(this.#count * perMille / 1000);
      while (seen < rank && octave < OCTAVES) {
        step = (step + 1) % STEPS;
        if (step === 0) octave++;
        seen += this.#octaves[octave]?.[step] ?? 0;
      }
      const edge = 2 ** (FIRST_OCTAVE + octave) * (1 + step / STEPS);
      return Math.min(Math.max(edge, this.#min), this.#max);
    };
    return {
      p50: next(500),
      p75: next(750),
      p90: next(900),
      p95: next(950),
      p99: next(990),
      p999: next(999),
    };
  }

  #buckets(): HistogramBucket[] {
    const first = this.#octaves.findIndex((octave) => octave);
    const last = this.#octaves.findLastIndex((octave) => octave);
    const buckets: HistogramBucket[] = [];
    let count = 0;
    for (let octave = first; octave >= 0 && octave <= last; octave++) {
      count += this.#octaves[octave]?.reduce((sum, times) => sum + times, 0) ?? 0;
      buckets.push({ below: 2 ** (FIRST_OCTAVE + octave + 1), count });
    }
    return buckets;
  }
}
