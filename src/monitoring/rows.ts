/**
 * Which row of a dashboard a metric belongs to: by the words of its name, else by its labels.
 *
 * @module
 */

import type { Definition } from "../model/model.ts";

/** The rows, in their order. */
export const ROWS = [
  "Trading performance",
  "Market data",
  "System resources",
  "API",
  "Hotpath",
  "Other",
] as const;

/** A row. */
export type Row = typeof ROWS[number];

/** The first row that has a word of the name: what is measured at an edge is about the edge, whatever travels there. */
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

/** Labels that only trading has. */
const TRADING_LABELS: readonly string[] = ["trading_pair", "order_type", "side", "strategy"];

/** The row of a metric. */
export function rowOf({ exposedName, labelNames }: Pick<Definition, "exposedName" | "labelNames">): Row {
  const words = exposedName.toLowerCase().split(/[^a-z0-9]+/);
  const [row] = WORDS.find(([, known]) => words.some((word) => known.includes(word))) ?? [];
  if (row !== undefined) return row;
  return labelNames.some((label) => TRADING_LABELS.includes(label)) ? "Trading performance" : "Other";
}
