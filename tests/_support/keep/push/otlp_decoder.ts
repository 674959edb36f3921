/**
 * A reader of OTLP requests for traces that shares no code with the writer: what OpenTelemetry generates from its
 * published protobuf definitions. Nothing that they do not know passes.
 *
 * @module
 */

import root from "@opentelemetry/otlp-transformer/build/src/generated/root.js";
import { assertEquals, assertMatch } from "@std/assert";
import { isDeepStrictEqual } from "node:util";

/** What is generated for a message. */
interface MessageType {
  fromObject(object: unknown): unknown;
  toObject(message: unknown, options: Readonly<Record<string, unknown>>): Record<string, unknown>;
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

/** The part of what is generated that is used; its own types do not say what is exported. */
interface Generated {
  readonly opentelemetry: {
    readonly proto: {
      readonly collector: {
        readonly trace: {
          readonly v1: {
            readonly ExportTraceServiceRequest: MessageType;
            readonly ExportTraceServiceResponse: MessageType;
          };
        };
      };
    };
  };
}

const { ExportTraceServiceRequest, ExportTraceServiceResponse } =
  (root as unknown as Generated).opentelemetry.proto.collector.trace.v1;

/** What JSON writes as hexadecimal digits, by their number; everywhere else in protobuf bytes are base64. */
const ID_LENGTHS: Readonly<Record<string, number>> = { traceId: 32, spanId: 16, parentSpanId: 16 };

/** An attribute. */
export interface DecodedAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

/** A span; what has its default may be missing. */
export interface DecodedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name?: string;
  /** Its name in the definitions. */
  readonly kind?: string;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly attributes?: readonly DecodedAttribute[];
  readonly status?: { readonly code?: string };
}

/** A request. */
export interface DecodedRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly DecodedAttribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly DecodedSpan[];
    }[];
  }[];
}

/** Decodes a request in JSON by way of its binary form. */
export function decodeTraceRequest(text: string): DecodedRequest {
  const given = JSON.parse(text);
  const message = ExportTraceServiceRequest.decode(
    ExportTraceServiceRequest.encode(ExportTraceServiceRequest.fromObject(mapIds(given, toBase64))).finish(),
  );
  // Whatever is unknown, misspelt or of another type is not the same afterwards.
  const again = mapIds(ExportTraceServiceRequest.toObject(message, { longs: String, bytes: String }), toHex);
  if (!isDeepStrictEqual(again, given)) assertEquals(again, given);
  return mapIds(
    ExportTraceServiceRequest.toObject(message, { longs: String, bytes: String, enums: String }),
    toHex,
  ) as unknown as DecodedRequest;
}

/** Writes an answer as JSON, in the definitions' words. */
export function encodeTraceAnswer(answer: Record<string, unknown>): string {
  return JSON.stringify(
    ExportTraceServiceResponse.toObject(ExportTraceServiceResponse.fromObject(answer), { longs: String }),
  );
}

function mapIds(given: unknown, map: (id: string, length: number) => string): Record<string, unknown> {
  return JSON.parse(JSON.stringify(given), (key, value) => key in ID_LENGTHS ? map(value, ID_LENGTHS[key]) : value);
}

function toBase64(id: string, length: number): string {
  assertMatch(id, new RegExp(`^[0-9a-f]{${length}}$`));
  return Uint8Array.fromHex(id).toBase64();
}

function toHex(id: string): string {
  return Uint8Array.fromBase64(id).toHex();
}
