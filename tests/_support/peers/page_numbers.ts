/**
 * The numbers of the page and those of the snapshot in the same form: exact values by card and name.
 *
 * @module
 */

import type { Page } from "playwright-core";
import type { Snapshot } from "../../../src/model/snapshot.ts";

/** Numbers by card. */
export type Numbers = Record<string, Record<string, string>>;

const QUANTILES = { p50: "0.5", p90: "0.9", p95: "0.95", p99: "0.99", "p99.9": "0.999" };

/** Returns the numbers that cards show. */
export async function shownNumbers(page: Page): Promise<Numbers> {
  const cards = await page.locator(".cards .card:has([data-stat])").evaluateAll((cards) =>
    cards.map((card) => {
      const labels = [...card.querySelectorAll(":scope > .labels li")].map((label) => label.getAttribute("title"));
      const cells = [...card.querySelectorAll("[data-stat]")];
      return [
        [card.getAttribute("aria-label"), ...labels].join(" "),
        Object.fromEntries(cells.map((cell) => [cell.getAttribute("data-stat"), cell.getAttribute("title")])),
      ] as const;
    })
  );
  const numbers = Object.fromEntries(cards) as Numbers;
  // The page computes rates from two frames.
  for (const each of Object.values(numbers)) if ("value" in each) delete each.rate;
  return numbers;
}

/** Returns the numbers of a snapshot that cards should show: distributions, and counters and gauges of one series. */
export function knownNumbers({ metrics }: Snapshot): Numbers {
  const numbers: Numbers = {};
  for (const { name, type, series } of metrics) {
    for (const { labels, ...rest } of series) {
      const key = [name, ...Object.entries(labels).map((label) => label.join("="))].join(" ");
      if ("value" in rest && series.length === 1 && !name.endsWith("_info")) {
        numbers[key] = { value: String(rest.value) };
      }
      if (!("windows" in rest) || type !== "histogram") continue;
      const { count, rate, mean, max, quantiles } = rest.windows["1m"];
      numbers[key] = {
        ...textsOf({ count, rate, mean, max }),
        ...textsOf(Object.fromEntries(Object.entries(QUANTILES).map(([name, q]) => [name, quantiles[q]]))),
        ...("slo" in rest && rest.slo !== undefined && { compliance: String(rest.slo.compliance) }),
      };
    }
  }
  return numbers;
}

function textsOf(values: Record<string, number | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === null ? "no data" : String(value)]),
  );
}
