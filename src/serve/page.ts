/**
 * The page at `/`: how things go, live, and where they are. What the server writes into it holds without scripts, too.
 *
 * @module
 */

import type { Health } from "../model/health_status.ts";
import type { SnapshotMeta } from "../model/snapshot.ts";
import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from "./dashboard.ts";

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

/** Allows the page's own script and style, requests to the server that it comes from, and nothing else. */
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
 * The page.
 *
 * @param base Where the routes are, relative to the page, without a slash at its end
 */
export function renderPage(base: string, health: Health, meta: SnapshotMeta): string {
  const facts: [string, string][] = [
    ["up for", `${Math.round(health.uptimeSeconds)} s`],
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
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the numbers</a>
<header class="top">
<h1>Hotpath</h1>
<div id="controls"></div>
</header>
<main id="main" tabindex="-1">
<noscript><p class="note">Live numbers need scripts. What there is without them stands below.</p></noscript>
</main>
<footer>
<h2>When this page was asked for</h2>
<p class="${health.status}">${health.status}${escapeHtml(health.reasons.map((reason) => `, ${reason}`).join(""))}</p>
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
