/** Types of the part of `@std/http/status` that this project uses. */

export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 406 | 413 | 415 | 422 | 429 | 500 | 503 | 504;
export declare const STATUS_TEXT: Readonly<Record<ErrorStatus, string>>;
