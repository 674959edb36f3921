/**
 * The desk: recent values of the portfolio, kept in a database, returned by an API, and drawn as a page.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Timer } from "@hotpath/metrics";

/** Timers of the desk. */
export interface DeskTimers {
  /** Time of a database query. */
  readonly databaseQuery: Timer;
  /** Time of an API answer. */
  readonly apiResponse: Timer;
  /** Time to draw the page. */
  readonly dashboardRender: Timer;
}

const SHOWN = 60;
const BAR = "█";
const BAR_WIDTH = 40;

/** Desk with a database in memory. */
export class Desk implements Disposable {
  readonly #timers: DeskTimers;
  readonly #database: DatabaseSync = new DatabaseSync(":memory:");
  readonly #insert: StatementSync;
  readonly #latest: StatementSync;
  readonly #forget: StatementSync;

  /** Creates a desk without values. */
  constructor(timers: DeskTimers) {
    this.#timers = timers;
    this.#database.exec("CREATE TABLE portfolio (id INTEGER PRIMARY KEY, value REAL NOT NULL)");
    this.#insert = this.#database.prepare("INSERT INTO portfolio (value) VALUES (?)");
    this.#latest = this.#database.prepare("SELECT value FROM portfolio ORDER BY id DESC LIMIT ?");
    this.#forget = this.#database.prepare("DELETE FROM portfolio WHERE id <= (SELECT MAX(id) FROM portfolio) - ?");
  }

  /** Stores a value and deletes the oldest. */
  note(value: number): void {
    using _ = this.#timers.databaseQuery.span();
    this.#insert.run(value);
    this.#forget.run(SHOWN);
  }

  /** Answers a request for the latest values, newest first. */
  answer(): Response {
    using _ = this.#timers.apiResponse.span();
    return Response.json(this.#values());
  }

  /** Draws the latest values as bars. */
  render(): string {
    using _ = this.#timers.dashboardRender.span();
    const values = this.#values();
    const most = Math.max(...values);
    return values.map((value) => `${BAR.repeat(BAR_WIDTH * value / most)} ${value.toFixed(2)}`).join("\n");
  }

  /** Closes the database. */
  [Symbol.dispose](): void {
    this.#database.close();
  }

  #values(): number[] {
    using _ = this.#timers.databaseQuery.span();
    return this.#latest.all(SHOWN).map(({ value }) => Number(value));
  }
}
