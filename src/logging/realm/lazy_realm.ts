/**
 * A realm that is made when something first asks for it: a task that neither logs nor configures anything
 * needs none.
 *
 * @module
 */

/** Something that leads to a realm: a realm itself, or one that may still be made. */
export interface RealmSeat<R> {
  /** The realm; where it has ended, the nearest one around it that has not. */
  alive(): R;
}

/** A realm that can be made late. */
interface EndableRealm<R> extends RealmSeat<R>, AsyncDisposable {
  /** Whether a logger in it has a handler. */
  readonly isConfigured: boolean;
}

/** What several realms have in common. */
export interface RealmPlan<R, P> {
  /** The realm around them. */
  readonly around: RealmSeat<R>;
  /** Makes a realm for some place. */
  make(place: P): R;
}

/** The seat of a realm, which is made once something asks for it. */
export class LazyRealm<R extends EndableRealm<R>, P> implements RealmSeat<R> {
  readonly #plan: RealmPlan<R, P>;
  readonly #place: P;
  #realm: R | undefined;
  #hasEnded = false;

  /**
   * Begins without a realm.
   *
   * @param plan What it has in common with others.
   * @param place What it is for.
   */
  constructor(plan: RealmPlan<R, P>, place: P) {
    this.#plan = plan;
    this.#place = place;
  }

  alive(): R {
    if (this.#realm) return this.#realm.alive();
    if (this.#hasEnded) return this.#plan.around.alive();
    return this.#realm = this.#plan.make(this.#place);
  }

  /** Whether a logger in it has a handler. */
  get isConfigured(): boolean {
    return this.#realm?.isConfigured ?? false;
  }

  /**
   * Ends it: what still runs in it finds the realm around it from now on.
   *
   * @returns When its handlers are closed; `undefined` if there never was such a realm.
   */
  end(): PromiseLike<void> | undefined {
    this.#hasEnded = true;
    return this.#realm?.[Symbol.asyncDispose]();
  }
}
