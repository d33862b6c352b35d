package dev.kasane.app.cli.adapter;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kasane.app.adapter.LoadReport;
import dev.kasane.core.injection.InjectionReport;
import dev.kasane.core.spi.UnmatchedKey;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The load report in the JSON of {@code kasane inspect --against}. */
final class LoadReportJson {
  private LoadReportJson() {}

  static void write(JsonGenerator json, LoadReport load) throws IOException {
    InjectionReport report = load.report();
    json.writeStartObject();
    json.writeStringField("base", load.base());
    json.writeStringField("format", load.format());
    json.writeBooleanField("complete", load.isComplete());
    json.writeNumberField("norm", load.norm());
    json.writeArrayFieldStart("matched");
    for (InjectionReport.Match match : report.matched()) {
      write(json, match, load.norms().get(match.component() + "." + match.path()));
    }
    json.writeEndArray();
    json.writeArrayFieldStart("unmatched");
    for (UnmatchedKey key : report.unmatched()) {
      pair(json, "key", key.key(), "reason", key.reason());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("misshapen");
    for (InjectionReport.Misfit misfit : report.misshapen()) {
      pair(json, "layer", misfit.component() + "." + misfit.path(), "problem", misfit.problem());
    }
    json.writeEndArray();
    json.writeObjectFieldStart("layersWithoutAdapter");
    for (Map.Entry<String, List<String>> bare : report.bare().entrySet()) {
      json.writeNumberField(bare.getKey(), bare.getValue().size());
    }
    json.writeEndObject();
    InspectionJson.write(json, "diagnosis", load.diagnosis());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, InjectionReport.Match match, Double norm)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("layer", match.component() + "." + match.path());
    json.writeStringField("method", match.method());
    for (Map.Entry<String, Double> fact : match.facts().entrySet()) {
      json.writeNumberField(fact.getKey(), fact.getValue());
    }
    if (norm != null) {
      json.writeNumberField("norm", norm);
    }
    json.writeEndObject();
  }

  private static void pair(JsonGenerator json, String first, String one, String second, String other)
      throws IOException {
    json.writeStartObject();
    json.writeStringField(first, one);
    json.writeStringField(second, other);
    json.writeEndObject();
  }
}
