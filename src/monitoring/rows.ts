/**
 * Rows of a dashboard: a metric is assigned to one by the words of its name, else by its labels.
 *
 * @module
 */

import type { Definition } from "../model/model.ts";

/** Rows, in their order. */
export const ROWS = [
  "Trading performance",
  "Market data",
  "System resources",
  "API",
  "Hotpath",
  "Other",
] as const;

/** Title of a row. */
export type Row = typeof ROWS[number];

/** Words by row. The first row with a word of the name wins, so an API for orders is in the row of APIs. */
const WORDS: readonly (readonly [row: Row, words: readonly string[]])[] = [
  ["System resources", ["process", "deno"]],
  ["API", [
    ...[
      "api",
      "http",
      "grpc",
      "websocket",
      "request",
      "requests",
      "response",
      "responses",
      "connection",
      "connections",
    ],
    ...["database", "cache", "dashboard"],
  ]],
  ["Market data", ["market", "candle", "candles", "tick", "ticks", "quote", "quotes", "book", "feed"]],
  ["Trading performance", [
    ...[
      "trading",
      "trade",
      "trades",
      "order",
      "orders",
      "signal",
      "signals",
      "fill",
      "fills",
      "execution",
      "executions",
    ],
    ...["portfolio", "position", "positions", "strategy"],
  ]],
];

/** Labels that only trading metrics have. */
const TRADING_LABELS: readonly string[] = ["trading_pair", "order_type", "side", "strategy"];

/** Returns the row of a metric. */
export function rowOf({ exposedName, labelNames }: Pick<Definition, "exposedName" | "labelNames">): Row {
  const words = exposedName.toLowerCase().split(/[^a-z0-9]+/);
  const [row] = WORDS.find(([, known]) => words.some((word) => known.includes(word))) ?? [];
  if (row !== undefined) return row;
  return labelNames.some((label) => TRADING_LABELS.includes(label)) ? "Trading performance" : "Other";
}
