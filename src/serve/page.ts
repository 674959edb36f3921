/**
 * The page at `/`: where things are, and how they go.
 *
 * @module
 */

import type { Health } from "../health_status.ts";
import type { Snapshot } from "../model.ts";

/** A route and what it is for. */
export interface NamedRoute {
  /** Below where the routes are mounted. */
  readonly path: string;
  /** What it is for. */
  readonly purpose: string;
  /** Whether it goes on until somebody ends it. */
  readonly isLive?: boolean;
}

/** The routes, in the order of the page. */
export const ROUTES: readonly NamedRoute[] = [
  { path: "/metrics", purpose: "for scrapers: text, OpenMetrics or protobuf" },
  { path: "/metrics.json", purpose: "the snapshot as JSON" },
  { path: "/traces", purpose: "the slowest and the latest traces; the stages of one at /traces/ and its id" },
  { path: "/live", purpose: "what changes, as a WebSocket", isLive: true },
  { path: "/live/sse", purpose: "what changes, as server-sent events", isLive: true },
  { path: "/health", purpose: "the health in one word" },
  { path: "/health/live", purpose: "whether the server answers" },
  { path: "/health/ready", purpose: "whether a program is connected" },
  { path: "/health/extended", purpose: "the health and its reasons" },
  { path: "/diagnostics/metrics", purpose: "the instruments and their series" },
  { path: "/diagnostics/performance", purpose: "the data path: ring, drains, losses" },
];

/** Allows what the page holds and nothing else. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
  h1 { font-size: 1.25rem; margin-bottom: 0; }
  p { margin-top: 0.25rem; }
  table { border-collapse: collapse; width: 100%; margin-top: 1.5rem; }
  th, td { text-align: left; font-weight: normal; padding: 0.35rem 1rem 0.35rem 0; border-bottom: 1px solid #8884; }
  td:last-child { text-align: right; font-variant-numeric: tabular-nums; padding-right: 0; }
  .HEALTHY { color: light-dark(#176f2c, #6fd58b); }
  .DEGRADED { color: light-dark(#8a5a00, #f0c25a); }
  .UNHEALTHY, .CRITICAL { color: light-dark(#b3261e, #ff8a80); }
`;

/**
 * The page.
 *
 * @param base The path that the routes are mounted under, empty or without a slash at its end
 */
export function renderPage(base: string, health: Health, { meta, uptimeSeconds }: Snapshot): string {
  const facts: [string, string][] = [
    ["up for", `${Math.round(uptimeSeconds)} s`],
    ["series", meta.series.toLocaleString("en")],
    ["records taken", meta.recorded.toLocaleString("en")],
    ["records dropped", meta.dropped.toLocaleString("en")],
  ];
  const routes = ROUTES.map(({ path, purpose }) =>
    `<tr><th scope="row"><a href="${escapeHtml(base + path)}">${path}</a></th><td>${purpose}</td></tr>`
  );
  const rows = facts.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hotpath</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Hotpath</h1>
<p class="${health.status}">${health.status}${escapeHtml(health.reasons.map((reason) => `, ${reason}`).join(""))}</p>
<table aria-label="Status">${rows.join("")}</table>
<table aria-label="Routes">${routes.join("")}</table>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
