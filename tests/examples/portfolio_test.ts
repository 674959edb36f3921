import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { parseCandle, ROWS } from "../../examples/trading/candles.ts";
import { logNormalLatency } from "../../examples/trading/latency.ts";
import { type Order, Portfolio } from "../../examples/trading/portfolio.ts";

Deno.test("Portfolio buys a quarter of its value and gets paid when it sells", () => {
  const portfolio = new Portfolio(1_000);
  const buy = portfolio.order({ side: "buy", type: "limit", price: 10 });
  assert(buy !== undefined);
  assertEquals([buy.units, buy.limit], [25, 10]);
  portfolio.fill(buy, 9);
  assertEquals([portfolio.cash, portfolio.units, portfolio.value(20)], [775, 25, 1_275]);

  const sell = portfolio.order({ side: "sell", type: "market", price: 20 });
  assert(sell !== undefined);
  assertEquals([sell.units, sell.limit], [25, 0]);
  portfolio.fill(sell, 20);
  assertEquals([portfolio.cash, portfolio.units], [1_275, 0]);
});

Deno.test("Portfolio never spends the same cash or units twice, and has them back when an order fails", () => {
  const portfolio = new Portfolio(1_000);
  const signal = { side: "buy", type: "limit", price: 10 } as const;
  const buys = Array.from({ length: 5 }, () => portfolio.order(signal));
  assertEquals(buys.map((order) => order?.units), [25, 25, 25, 25, undefined]);
  portfolio.release(buys[0]!);
  const again = portfolio.order(signal);
  assertEquals(again?.units, 25);
  for (const order of [...buys.slice(1, 4), again!]) portfolio.fill(order!, 10);
  assertEquals([portfolio.cash, portfolio.units], [0, 100]);

  const sale = { side: "sell", type: "market", price: 10 } as const;
  assertEquals(portfolio.order(sale)?.units, 100);
  assertEquals(portfolio.order(sale), undefined);
});

Deno.test("Portfolio keeps its books right and never below zero over the real candles", () => {
  const portfolio = new Portfolio(1_000_000);
  const random = logNormalLatency(1, 1, 7);
  const open: Order[] = [];
  let [cash, units, fills] = [1_000_000, 0, 0];
  for (const row of ROWS) {
    const { close: price } = parseCandle(row);
    const side = random() < 1.3 ? "buy" : "sell";
    const order = portfolio.order({ side, type: random() < 1 ? "limit" : "market", price });
    if (order !== undefined) open.push(order);
    while (open.length > 0 && random() < 1) {
      const [due] = open.splice(Math.floor(random() * 7) % open.length, 1);
      const isMet = due.side === "buy" ? price <= due.limit : price >= due.limit;
      if (!isMet) {
        portfolio.release(due);
        continue;
      }
      portfolio.fill(due, price);
      fills += 1;
      units += due.side === "buy" ? due.units : -due.units;
      cash += due.side === "buy" ? -due.units * price : due.units * price;
    }
    assertAlmostEquals(portfolio.cash, cash, 1e-6);
    assertEquals(portfolio.units, units);
    assert(portfolio.cash >= 0 && portfolio.units >= 0);
    assertAlmostEquals(portfolio.value(price), cash + units * price, 1e-6);
  }
  assertGreater(fills, 1_000);
});
