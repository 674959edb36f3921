/** Types of the part of `@std/http/status` that this project uses. */

export type ErrorStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 406
  | 408
  | 413
  | 414
  | 415
  | 417
  | 421
  | 422
  | 426
  | 429
  | 431
  | 500
  | 501
  | 503
  | 504;
export declare const STATUS_TEXT: Readonly<Record<ErrorStatus, string>>;
