/**
 * Entry point of the page's script.
 *
 * @module
 */

import { App } from "./app.ts";

const header = document.getElementById("controls");
const main = document.getElementById("main");
// All routes are mounted below the path of the page.
if (header !== null && main !== null) new App(header, main, location.pathname.replace(/\/+$/, ""));
