/**
 * All commands, in the order of the help.
 *
 * @module
 */

import type { Command } from "./command.ts";
import { COMPLETIONS } from "./completions.ts";
import { DASHBOARD } from "./dashboard.ts";
import { HELP } from "./help.ts";
import { REPORT } from "./report.ts";
import { RULES } from "./rules.ts";
import { SERVE } from "./serve.ts";
import { VERSION } from "./version.ts";

/** All commands. */
export const COMMANDS: readonly Command[] = [SERVE, REPORT, RULES, DASHBOARD, COMPLETIONS, HELP, VERSION];
