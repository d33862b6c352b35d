package dev.kasane.app.cli.adapter;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kasane.app.adapter.LoadReport;
import dev.kasane.app.inspect.FileInspection;
import dev.kasane.core.Json;
import dev.kasane.core.spi.ModuleFacts;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code kasane inspect --json} prints.
 *
 * <p>Written by hand: loading Jackson's data binding would take as long as all the rest of the command.
 */
final class InspectionJson {
  private InspectionJson() {}

  /**
   * @param report how the file fits a base, or null when that was not asked for
   */
  static String of(FileInspection inspection, LoadReport report) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = Json.MAPPER.createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("file", inspection.file());
      json.writeNumberField("bytes", inspection.bytes());
      json.writeStringField("container", inspection.tensors().container());
      json.writeStringField("format", inspection.kind().format());
      json.writeStringField("base", inspection.kind().base());
      json.writeStringField("method", inspection.kind().method());
      json.writeNumberField("modules", inspection.adapted().modules());
      write(json, "ranks", inspection.adapted().ranks());
      writeSizes(json, inspection);
      write(json, "alphas", inspection.adapted().alphas());
      json.writeNumberField("missingAlphas", inspection.adapted().missingAlphas());
      json.writeNumberField("tensors", inspection.tensors().count());
      write(json, "dtypes", inspection.tensors().dtypes());
      write(json, "targets", inspection.adapted().targets());
      write(json, "triggerWords", inspection.told().triggerWords());
      write(json, "training", inspection.told().training());
      write(json, "metadata", inspection.told().metadata());
      write(json, "hashes", inspection.hashes());
      json.writeBooleanField("valuesChecked", inspection.valuesChecked());
      write(json, "notes", inspection.notes());
      write(json, "problems", inspection.problems());
      if (report != null) {
        json.writeFieldName("against");
        LoadReportJson.write(json, report);
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  /** Inner sizes other than ranks, which few methods have. */
  private static void writeSizes(JsonGenerator json, FileInspection inspection) throws IOException {
    Map<String, List<Long>> others = new TreeMap<>(inspection.adapted().sizes());
    others.remove(ModuleFacts.RANK);
    if (!others.isEmpty()) {
      json.writeObjectFieldStart("sizes");
      for (Map.Entry<String, List<Long>> size : others.entrySet()) {
        write(json, size.getKey(), size.getValue());
      }
      json.writeEndObject();
    }
  }

  static void write(JsonGenerator json, String name, Collection<?> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (Object value : values) {
      writeValue(json, value);
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, String name, Map<String, ?> values) throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, ?> value : values.entrySet()) {
      json.writeFieldName(value.getKey());
      writeValue(json, value.getValue());
    }
    json.writeEndObject();
  }

  private static void writeValue(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Double number && !Double.isFinite(number)) {
      // JSON has no such numbers.
      json.writeString(number.toString());
    } else if (value instanceof Double number) {
      json.writeNumber(number);
    } else if (value instanceof Number number) {
      json.writeNumber(number.longValue());
    } else {
      json.writeString(value.toString());
    }
  }
}
