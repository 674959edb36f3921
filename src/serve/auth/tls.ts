/**
 * Certificate and key of TLS, read and checked before the server listens, which would otherwise only refuse each
 * connection.
 *
 * @module
 */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { TlsFiles } from "../../model/serving.ts";
import { readServeFile } from "./files.ts";

/** Certificate and key, in PEM. */
export interface TlsMaterial {
  /** Certificate, followed by its chain. */
  readonly cert: string;
  /** Private key of the certificate. */
  readonly key: string;
}

/**
 * Reads certificate and key.
 *
 * @throws {Error} If one cannot be read or parsed, or if they do not belong together
 */
export function readTls({ certFile, keyFile }: TlsFiles): TlsMaterial {
  const cert = readServeFile(certFile, "certificate");
  const key = readServeFile(keyFile, "key");
  if (!parseCertificate(cert, certFile).checkPrivateKey(parseKey(key, keyFile))) {
    throw new Error(`Cannot serve metrics: the key ${keyFile} does not belong to the certificate ${certFile}`);
  }
  return { cert, key };
}

function parseCertificate(cert: string, path: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch {
    throw new Error(`Cannot serve metrics: ${path} holds no certificate in PEM`);
  }
}

/** Parses a private key. The parser's message is not used, because it could quote the key. */
function parseKey(key: string, path: string): KeyObject {
  try {
    return createPrivateKey(key);
  } catch {
    throw new Error(`Cannot serve metrics: ${path} holds no private key in PEM without a passphrase`);
  }
}
