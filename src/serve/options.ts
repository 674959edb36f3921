/**
 * Resolution of the options of serving: options, environment, configuration file, defaults.
 *
 * @module
 */

import { checkOptionNames } from "../check/options.ts";
import { resolveRows, type ServeValues } from "../config/layers.ts";
import type { ProtectedCredentials, ProtectedToken } from "../config/kinds/protection.ts";
import { LISTEN, ROUTES, type RoutesOptions, SERVE, type ServeOptions } from "../config/settings/serve.ts";
import { optionNames } from "../config/settings/table.ts";
import type { AdminCredentials, Credentials, ListenOptions, RouteSettings } from "../model/serving.ts";

const ACTION = "serve metrics";

/**
 * Checks options, and completes them from the environment, the configuration file and the defaults.
 *
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If an option is out of range
 */
export function resolveServeOptions(options: ServeOptions, config: ServeValues = {}): ListenOptions {
  checkOptionNames(ACTION, options, optionNames(SERVE));
  return { ...resolveRows(ACTION, LISTEN, options, config), ...resolveRoutes(options, config) };
}

/**
 * Checks options of mounted routes, and completes them from the environment, the configuration file and the defaults.
 *
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If an option is out of range
 */
export function resolveRoutesOptions(options: RoutesOptions, config: ServeValues = {}): RouteSettings {
  checkOptionNames(ACTION, options, optionNames(ROUTES));
  return resolveRoutes(options, config);
}

function resolveRoutes(options: RoutesOptions, config: ServeValues): RouteSettings {
  const { auth, admin, cors, ...limits } = resolveRows(ACTION, ROUTES, options, config);
  return {
    ...limits,
    auth: auth && revealed(auth),
    admin: admin && revealedToken(admin),
    corsOrigins: cors.origins,
  };
}

/** Returns credentials as plain data, which can be sent to another thread. */
function revealed(auth: ProtectedCredentials): Credentials {
  if ("bearer" in auth || "bearerFile" in auth) return revealedToken(auth);
  if ("password" in auth) return { username: auth.username, password: auth.password.reveal() };
  return auth;
}

function revealedToken(token: ProtectedToken): AdminCredentials {
  return "bearer" in token ? { bearer: token.bearer.reveal() } : token;
}
