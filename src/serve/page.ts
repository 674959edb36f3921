/**
 * Page at `/`: the live dashboard, with a footer of status and routes that works without scripts.
 *
 * @module
 */

import type { Health } from "../model/health_status.ts";
import type { SnapshotMeta } from "../model/snapshot.ts";
import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from "./dashboard.ts";

/** Route with its purpose. */
export interface NamedRoute {
  /** Path below the prefix at which the routes are mounted. */
  readonly path: string;
  /** Purpose, in a few words. */
  readonly purpose: string;
  /** Whether it streams until it is closed. */
  readonly isLive?: boolean;
}

/** Routes, in the order of the page. */
export const ROUTES: readonly NamedRoute[] = [
  { path: "/metrics", purpose: "metrics as Prometheus text, OpenMetrics or protobuf" },
  { path: "/metrics.json", purpose: "snapshot of all metrics as JSON" },
  { path: "/traces", purpose: "slowest and latest traces; /traces/:id has the stages of one" },
  { path: "/live", purpose: "live updates over a WebSocket", isLive: true },
  { path: "/live/sse", purpose: "live updates as server-sent events", isLive: true },
  { path: "/health", purpose: "health status" },
  { path: "/health/live", purpose: "liveness probe: the server responds" },
  { path: "/health/ready", purpose: "readiness probe: a program is connected" },
  { path: "/health/extended", purpose: "health status with its reasons" },
  { path: "/diagnostics/metrics", purpose: "instruments and their series" },
  { path: "/diagnostics/performance", purpose: "data path: rings, drains, dropped records" },
];

/** Content security policy: the page's own script and style, requests to its own server, and nothing else. */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  `script-src ${SCRIPT_HASH}`,
  `style-src ${STYLE_HASH}`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Renders the page.
 *
 * @param base Path of the routes, relative to the page, without a trailing slash
 */
export function renderPage(base: string, health: Health, meta: SnapshotMeta): string {
  const facts: [string, string][] = [
    ["Uptime", `${Math.round(health.uptimeSeconds)} s`],
    ["Series", meta.series.toLocaleString("en")],
    ["Records", meta.recorded.toLocaleString("en")],
    ["Records dropped", meta.dropped.toLocaleString("en")],
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
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<h1>Hotpath</h1>
<div id="controls"></div>
</header>
<main id="main" tabindex="-1">
<noscript><p class="note">The live dashboard needs JavaScript. Status and routes below work without it.</p></noscript>
</main>
<footer>
<h2>Status at page load</h2>
<p class="${health.status}">${health.status}${
    escapeHtml(health.reasons.length === 0 ? "" : `: ${health.reasons.join("; ")}`)
  }</p>
<div>
<table aria-label="Status">${rows.join("")}</table>
<table aria-label="Routes">${routes.join("")}</table>
</div>
</footer>
<script>${SCRIPT}</script>
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
