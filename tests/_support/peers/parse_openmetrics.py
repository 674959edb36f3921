"""Parses OpenMetrics with the reference parser of prometheus_client, one document after the other.

Each line of stdin is a document as a JSON string; each is answered by a line of JSON, with its samples or with what is
wrong.
"""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families


def shown(value):
    """A number as text, because JSON has no word for some."""
    return repr(float(value))


def parse(text):
    families = []
    for family in text_string_to_metric_families(text):
        samples = []
        for name, labels, value, _, exemplar in family.samples:
            sample = {"name": name, "labels": labels, "value": shown(value)}
            if exemplar is not None:
                sample["exemplar"] = {"labels": exemplar.labels, "value": shown(exemplar.value)}
            samples.append(sample)
        families.append({"name": family.name, "type": family.type, "unit": family.unit, "samples": samples})
    return {"families": families}


for line in sys.stdin:
    try:
        answer = parse(json.loads(line))
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
