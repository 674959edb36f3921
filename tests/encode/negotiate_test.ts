import { assert, assertEquals } from "@std/assert";
import {
  chooseEncoding,
  negotiateContentType,
  negotiateEncoding,
  negotiateFormat,
} from "../../src/encode/negotiate.ts";
import type { EscapingScheme } from "../../src/model/names.ts";
import { testCases } from "../_support/cases.ts";

interface Negotiation {
  readonly name: string;
  readonly acceptHeaderValue: string;
  readonly acceptedFormats?: readonly string[] | null;
  readonly expectedFmt: string;
}

const PROTOBUF = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding";
const TEXT = "text/plain; version=0.0.4; charset=utf-8";
/** Formats of `prometheus/common`; Hotpath has a part of them. */
const FORMATS = [`${PROTOBUF}=delimited`, `${PROTOBUF}=text`, `${PROTOBUF}=compact-text`, TEXT];
const OPENMETRICS = ["1.0.0", "0.0.1"].map((version) =>
  `application/openmetrics-text; version=${version}; charset=utf-8`
);
const OWN = [TEXT, ...OPENMETRICS, `${PROTOBUF}=delimited`];

function testNegotiation(file: string, formats: readonly string[], escaping: EscapingScheme): void {
  testCases<Negotiation>(
    `negotiateContentType answers as published in ${file}`,
    `content-negotiation/${file}`,
    (cases) => {
      for (const { name, acceptHeaderValue, acceptedFormats = formats, expectedFmt } of cases) {
        const { contentType } = negotiateContentType(acceptHeaderValue, acceptedFormats ?? [], escaping);
        assertEquals(contentType, expectedFmt, name);
      }
    },
  );
  testCases<Negotiation>(
    `negotiateFormat answers as published in ${file} where Hotpath has the format`,
    `content-negotiation/${file}`,
    (cases) => {
      let answered = 0;
      for (const { name, acceptHeaderValue, acceptedFormats, expectedFmt } of cases) {
        const [expected, expectedEscaping] = expectedFmt.split("; escaping=");
        // Cases with a list of their own are about what is on offer; the others do not name a default escaping.
        if (acceptedFormats !== undefined || !OWN.includes(expected)) continue;
        const { offer, escaping: own, contentType } = negotiateFormat(acceptHeaderValue);
        assertEquals(offer, expected, name);
        assertEquals(own, acceptHeaderValue.includes("escaping=") ? expectedEscaping : "underscores", name);
        assertEquals(contentType, `${offer}; escaping=${own}`, name);
        answered += 1;
      }
      assertEquals(answered, ANSWERED[file], "cases that Hotpath's own formats answer");
    },
  );
}

/** Number of cases about formats that Hotpath has too; the others are about protobuf as text, or other lists. */
const ANSWERED: Readonly<Record<string, number>> = {
  "expfmt.TestNegotiate.json": 5,
  "expfmt.TestNegotiateIncludingOpenMetrics.json": 11,
  "expfmt.TestNegotiateAccept.json": 0,
};

testNegotiation("expfmt.TestNegotiate.json", FORMATS, "underscores");
testNegotiation("expfmt.TestNegotiateIncludingOpenMetrics.json", [...OPENMETRICS, ...FORMATS], "values");
testNegotiation("expfmt.TestNegotiateAccept.json", [], "values");

Deno.test("negotiateFormat chooses text for clients that ask for nothing, anything, or unknown formats", () => {
  for (const accept of ["", "*", "text/*", "text/html", "image/png;q=1, */*;q=0.1", "a,b;;=,/"]) {
    assertEquals(negotiateFormat(accept), {
      format: "text",
      offer: TEXT,
      escaping: "underscores",
      contentType: `${TEXT}; escaping=underscores`,
    }, accept);
  }
  for (const accept of [undefined, "*/*", " */* "]) {
    assertEquals(negotiateFormat(accept), { format: "text", offer: TEXT, escaping: "underscores", contentType: TEXT });
  }
});

Deno.test("negotiateFormat chooses what Prometheus prefers", () => {
  const text = "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
  const openmetrics = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," +
    `application/openmetrics-text;version=0.0.1;q=0.5,${text}`;
  const protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;" +
    `escaping=allow-utf-8;q=0.7,${openmetrics}`;
  const answers = [text, openmetrics, protobuf].map(negotiateFormat);
  assertEquals(answers.map(({ format }) => format), ["text", "openmetrics", "protobuf"]);
  assertEquals(answers.map(({ escaping }) => escaping), ["allow-utf-8", "allow-utf-8", "allow-utf-8"]);
  assertEquals(answers.map(({ offer }) => offer), [TEXT, OPENMETRICS[0], `${PROTOBUF}=delimited`]);
});

Deno.test("negotiateContentType matches type, subtype and parameters, where only versions have a default", () => {
  const offers = ["a/b", "c/d", "application/openmetrics-text; revision=0.0.1", "e/f; g=h"];
  const answers: Record<string, string> = {
    "c/d": "c/d",
    "c/*": "c/d",
    "*/d": "c/d",
    "c/d;x=y": "c/d",
    "e/f;g=h": "e/f; g=h",
    "e/*": "e/f; g=h",
    "x/d, c/x": "a/b",
    "e/f": "a/b",
    "e/f;g=x": "a/b",
    "application/openmetrics-text": "a/b",
  };
  for (const [accept, offer] of Object.entries(answers)) {
    assertEquals(negotiateContentType(accept, offers).offer, offer, accept);
  }
});

Deno.test("negotiateFormat never chooses a refused format, and takes no escaping from it", () => {
  const refused = "application/openmetrics-text;version=1.0.0;escaping=dots;q=0";
  for (const accept of [refused, `${refused}, */*;q=0.1`]) {
    const { offer, escaping } = negotiateFormat(accept);
    assertEquals([offer, escaping], [TEXT, "underscores"], accept);
  }
});

Deno.test("negotiateFormat assumes the default version of a format for a client that names none", () => {
  const answers: Record<string, [format: string, offer: string]> = {
    "text/plain, application/openmetrics-text;version=1.0.0;q=0.5": ["text", TEXT],
    "application/openmetrics-text": ["openmetrics", OPENMETRICS[1]],
  };
  for (const [accept, expected] of Object.entries(answers)) {
    const { format, offer } = negotiateFormat(accept);
    assertEquals([format, offer], expected, accept);
  }
});

Deno.test("negotiateFormat ignores an unknown escaping", () => {
  assertEquals(negotiateFormat("text/plain;escaping=braille").escaping, "underscores");
  assertEquals(negotiateFormat("text/plain;escaping=dots").contentType, `${TEXT}; escaping=dots`);
});

testCases<[acceptEncoding: string, offers: readonly string[], expected: string]>(
  "chooseEncoding chooses as published",
  "content-negotiation/gddo.negotiateContentEncodingTests.json",
  (cases) => {
    for (const [acceptEncoding, offers, expected] of cases) {
      assertEquals(chooseEncoding(acceptEncoding, offers) ?? "", expected, acceptEncoding);
    }
  },
);

interface Compression {
  readonly name: string;
  readonly offeredCompressions: readonly string[] | { readonly go: "defaultCompressions" };
  readonly acceptEncoding: string;
  readonly expectedCompression: string;
}

testCases<Compression>(
  "chooseEncoding and negotiateEncoding choose as promhttp does",
  "content-negotiation/promhttp.TestNegotiateEncodingWriter.json",
  (cases) => {
    for (const { name, offeredCompressions, acceptEncoding, expectedCompression } of cases) {
      const isDefault = "go" in offeredCompressions;
      const offers = isDefault ? ["identity", "gzip", "zstd"] : offeredCompressions;
      assertEquals(chooseEncoding(acceptEncoding, offers), expectedCompression, name);
      if (isDefault) assertEquals(negotiateEncoding(acceptEncoding), expectedCompression, name);
    }
  },
);

Deno.test("negotiateEncoding returns undefined when nothing is acceptable, and never chooses a refused encoding", () => {
  const answers: Record<string, string | undefined> = {
    "identity;q=0": undefined,
    "*;q=0": undefined,
    "br, identity;q=0": undefined,
    "identity;q=0, gzip;q=0": undefined,
    "identity;q=0, gzip": "gzip",
    "identity;q=0, *": "gzip",
    "gzip;q=0": "identity",
    "gzip;q=0, *": "identity",
    "gzip;q=0.001": "gzip",
    "gzip;q=0, gzip": "gzip",
    "GZIP": "gzip",
    "gzip, deflate, br, zstd": "gzip",
    "*": "identity",
    "br": "identity",
  };
  for (const [header, encoding] of Object.entries(answers)) assertEquals(negotiateEncoding(header), encoding, header);
  assertEquals(negotiateEncoding(undefined), "identity");
});

interface Parsing {
  readonly contentType?: string;
  readonly validateParser: { readonly go: string };
  readonly fallbackScrapeProtocol?: unknown;
  readonly err?: string;
}

/** The parser that Prometheus takes for an answer, by its media type; none if a parameter stands twice. */
function parserOf(contentType: string, parsers: ReadonlyMap<string, string>): string {
  const [mediaType, ...parameters] = contentType.split(";").map((part) => part.trim());
  const names = parameters.map((parameter) => parameter.split("=")[0]);
  if (new Set(names).size < names.length) return "requireNilParser";
  return parsers.get(mediaType) ?? "requireNilParser";
}

testCases<Parsing>(
  "Prometheus has a parser for every content type that is sent",
  "content-negotiation/textparse.TestNewParser.json",
  (cases) => {
    // Only answers whose media type decides are used here, not the fallbacks of scrapers.
    const byContentType = cases.filter(({ fallbackScrapeProtocol }) => fallbackScrapeProtocol === undefined);
    assertEquals([cases.length, byContentType.length], [20, 12]);
    const taken = byContentType.filter(({ err }) => err === undefined);
    const parsers = new Map(taken.map(({ contentType = "", validateParser: { go } }) => [contentType, go]));
    for (const { contentType = "", validateParser: { go } } of byContentType) {
      assertEquals(parserOf(contentType, parsers), go, contentType);
    }
    const expected = ["requirePromParser", "requireOpenMetricsParser", "requireOpenMetricsParser"];
    assertEquals(OWN.map((offer) => parserOf(offer, parsers)), [...expected, "requireProtobufParser"]);
    for (const accept of [...OWN, "*/*", "text/html"]) {
      for (const escaping of ["allow-utf-8", "underscores", "dots", "values"]) {
        const { contentType } = negotiateFormat(`${accept}; escaping=${escaping}`);
        assert(parserOf(contentType, parsers) !== "requireNilParser", contentType);
      }
    }
  },
);
