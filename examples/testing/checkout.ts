/**
 * Payments of a shop: code that records metrics, and is tested in `checkout_test.ts`.
 *
 * @module
 */

import { type Metrics, noopMetrics } from "@hotpath/metrics";

/** Charges a customer; rejects if the payment is declined. */
export type Charge = (cents: number) => Promise<void>;

/**
 * Creates a function that pays, and reports whether the payment was accepted.
 *
 * @param charge Charges the customer
 * @param metrics Metrics to record in; none by default
 */
export function createCheckout(charge: Charge, metrics: Metrics = noopMetrics): (cents: number) => Promise<boolean> {
  const payments = metrics.counter("payments_total", { help: "Payments", labels: ["outcome"] });
  const [paid, declined] = ["paid", "declined"].map((outcome) => payments.with({ outcome }));
  const active = metrics.gauge("payments_active", { help: "Payments under way" });
  const duration = metrics.timer("payment_duration", {
    help: "Charge to answer",
    slo: { threshold: "500ms", target: 0.99 },
  });

  return async (cents) => {
    active.inc();
    using _span = duration.span();
    try {
      await charge(cents);
      paid.inc();
      return true;
    } catch {
      declined.inc();
      return false;
    } finally {
      active.dec();
    }
  };
}
