/**
 * A reader of the delimited protobuf format that shares no code with the writer: `protobufjs`, with a schema of what
 * can be in an exposition.
 *
 * @module
 */

import protobuf from "protobufjs";

// After prometheus/client_model, `io/prometheus/client/metrics.proto`.
const SCHEMA = `
syntax = "proto2";
package io.prometheus.client;
message Timestamp { optional int64 seconds = 1; optional int32 nanos = 2; }
message LabelPair { optional string name = 1; optional string value = 2; }
enum MetricType { COUNTER = 0; GAUGE = 1; SUMMARY = 2; UNTYPED = 3; HISTOGRAM = 4; GAUGE_HISTOGRAM = 5; }
message Gauge { optional double value = 1; }
message Counter {
  optional double value = 1; optional Exemplar exemplar = 2; optional Timestamp created_timestamp = 3;
}
message Quantile { optional double quantile = 1; optional double value = 2; }
message Summary {
  optional uint64 sample_count = 1; optional double sample_sum = 2; repeated Quantile quantile = 3;
  optional Timestamp created_timestamp = 4;
}
message Untyped { optional double value = 1; }
message Histogram {
  optional uint64 sample_count = 1; optional double sample_count_float = 4; optional double sample_sum = 2;
  repeated Bucket bucket = 3; optional Timestamp created_timestamp = 15;
  optional sint32 schema = 5; optional double zero_threshold = 6;
  optional uint64 zero_count = 7; optional double zero_count_float = 8;
  repeated BucketSpan negative_span = 9; repeated sint64 negative_delta = 10; repeated double negative_count = 11;
  repeated BucketSpan positive_span = 12; repeated sint64 positive_delta = 13; repeated double positive_count = 14;
  repeated Exemplar exemplars = 16;
}
message Bucket {
  optional uint64 cumulative_count = 1; optional double cumulative_count_float = 4;
  optional double upper_bound = 2; optional Exemplar exemplar = 3;
}
message BucketSpan { optional sint32 offset = 1; optional uint32 length = 2; }
message Exemplar { repeated LabelPair label = 1; optional double value = 2; optional Timestamp timestamp = 3; }
message Metric {
  repeated LabelPair label = 1; optional Gauge gauge = 2; optional Counter counter = 3; optional Summary summary = 4;
  optional Untyped untyped = 5; optional Histogram histogram = 7; optional int64 timestamp_ms = 6;
}
message MetricFamily {
  optional string name = 1; optional string help = 2; optional MetricType type = 3; repeated Metric metric = 4;
  optional string unit = 5;
}`;

const MetricFamily = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType("io.prometheus.client.MetricFamily");

/** A moment as it is written; 64-bit numbers are decimals. */
export interface ProtoTimestamp {
  readonly seconds?: string;
  readonly nanos?: number;
}

/** A label as it is written. */
export interface ProtoLabel {
  readonly name?: string;
  readonly value?: string;
}

/** An exemplar as it is written. */
export interface ProtoExemplar {
  readonly label?: readonly ProtoLabel[];
  readonly value?: number;
  readonly timestamp?: ProtoTimestamp;
}

/** A span of buckets as it is written. */
export interface ProtoSpan {
  readonly offset?: number;
  readonly length?: number;
}

/** A histogram as it is written. */
export interface ProtoHistogram {
  readonly sample_count?: string;
  readonly sample_sum?: number;
  readonly bucket?: readonly {
    readonly cumulative_count?: string;
    readonly upper_bound?: number;
    readonly exemplar?: ProtoExemplar;
  }[];
  readonly created_timestamp?: ProtoTimestamp;
  readonly schema?: number;
  readonly zero_threshold?: number;
  readonly zero_count?: string;
  readonly negative_span?: readonly ProtoSpan[];
  readonly negative_delta?: readonly string[];
  readonly positive_span?: readonly ProtoSpan[];
  readonly positive_delta?: readonly string[];
  readonly exemplars?: readonly ProtoExemplar[];
}

/** A series as it is written. */
export interface ProtoMetric {
  readonly label?: readonly ProtoLabel[];
  readonly gauge?: { readonly value?: number };
  readonly counter?: {
    readonly value?: number;
    readonly exemplar?: ProtoExemplar;
    readonly created_timestamp?: ProtoTimestamp;
  };
  readonly summary?: {
    readonly sample_count?: string;
    readonly sample_sum?: number;
    readonly quantile?: readonly { readonly quantile?: number; readonly value?: number }[];
    readonly created_timestamp?: ProtoTimestamp;
  };
  readonly histogram?: ProtoHistogram;
}

/** A family as it is written; missing fields are absent. */
export interface ProtoFamily {
  readonly name?: string;
  readonly help?: string;
  readonly type?: string;
  readonly unit?: string;
  readonly metric?: readonly ProtoMetric[];
}

/** Reads an exposition to its end. */
export function decodeFamilies(exposition: Uint8Array): ProtoFamily[] {
  const reader = protobuf.Reader.create(exposition);
  const families: ProtoFamily[] = [];
  while (reader.pos < reader.len) {
    const message = MetricFamily.decodeDelimited(reader);
    families.push(MetricFamily.toObject(message, { longs: String, enums: String }) as ProtoFamily);
  }
  return families;
}
