/**
 * What the page runs.
 *
 * @module
 */

import { App } from "./app.ts";

const header = document.getElementById("controls");
const main = document.getElementById("main");
// The page is at the path that everything else is mounted below.
if (header !== null && main !== null) new App(header, main, location.pathname.replace(/\/+$/, ""));
