package dev.kasane.text.chat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** {@code tojson} as Hugging Face has it: Python's {@code json.dumps} without escapes for HTML. */
final class ToJsonFilter implements AdvancedFilter {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Python's separators: a comma and a space on one line, a comma alone before a line break. */
  private static final class PythonPrinter extends DefaultPrettyPrinter {
    private static final long serialVersionUID = 1L;
    private final boolean oneLine;
    private final transient int indent;

    PythonPrinter(int indent) {
      super(Separators.createDefaultInstance()
          .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
          .withObjectEntrySpacing(indent < 0 ? Separators.Spacing.AFTER : Separators.Spacing.NONE)
          .withArrayValueSpacing(indent < 0 ? Separators.Spacing.AFTER : Separators.Spacing.NONE)
          .withObjectEmptySeparator("").withArrayEmptySeparator(""));
      this.indent = indent;
      oneLine = indent < 0;
      Indenter indenter = oneLine ? NopIndenter.instance : new DefaultIndenter(" ".repeat(indent), "\n");
      indentObjectsWith(indenter);
      indentArraysWith(indenter);
    }

    @Override
    public DefaultPrettyPrinter createInstance() {
      return new PythonPrinter(indent);
    }

    @Override
    public void writeEndObject(JsonGenerator g, int entries) throws IOException {
      if (!oneLine) {
        super.writeEndObject(g, entries);
        return;
      }
      g.writeRaw('}');
    }

    @Override
    public void writeEndArray(JsonGenerator g, int values) throws IOException {
      if (!oneLine) {
        super.writeEndArray(g, values);
        return;
      }
      g.writeRaw(']');
    }
  }

  @Override
  public String getName() {
    return "tojson";
  }

  @Override
  public Object filter(Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
    Object indent = arguments.length > 0 ? arguments[0] : named.get("indent");
    int width = indent instanceof Number number ? Math.max(0, Math.min(16, number.intValue())) : -1;
    try {
      TextLength.Writer text = new TextLength.Writer();
      JSON.writer(new PythonPrinter(width)).writeValue(text, value);
      return text.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("tojson cannot write this value: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
