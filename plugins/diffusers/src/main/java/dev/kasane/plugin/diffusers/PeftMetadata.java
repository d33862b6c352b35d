package dev.kasane.plugin.diffusers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFault;
import dev.kasane.core.files.FileFault;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PEFT's settings in a file's metadata: a JSON object under {@link #KEY} whose names are a part of the
 * pipeline, a dot and a field of PEFT's {@code LoraConfig}. They fix alpha, which no tensor holds.
 */
final class PeftMetadata {
  /** The metadata's field. */
  static final String KEY = "lora_adapter_metadata";
  static final String ALPHA = ".lora_alpha";
  static final String ALPHA_PATTERN = ".alpha_pattern";
  private static final String STABILISED = ".use_rslora";
  /** Patterns are names in practice; a regular expression of a stranger is not run. */
  private static final Pattern NAME = Pattern.compile("(\\^?)([\\w-]+(?:\\\\?\\.[\\w-]+)*)\\$?");

  private final Path file;
  private final JsonNode settings;

  private PeftMetadata(Path file, JsonNode settings) {
    this.file = file;
    this.settings = settings;
  }

  /**
   * Reads the settings of a file.
   *
   * @throws FileFault when there are some that are no JSON object
   */
  static PeftMetadata of(Path file, Map<String, String> metadata) {
    String text = metadata.getOrDefault(KEY, "{}");
    try {
      JsonNode settings = Json.MAPPER.readTree(text);
      if (!settings.isObject()) {
        throw new FileFault(file, "the metadata " + KEY + " are no JSON object; remove or repair them");
      }
      return new PeftMetadata(file, settings);
    } catch (JsonProcessingException e) {
      throw new FileFault(file, "the metadata " + KEY + " are no JSON: " + JsonFault.of(e).what(), e);
    }
  }

  /**
   * The alpha that makes alpha / rank the scale of a layer.
   *
   * @param component the part of the pipeline
   * @param path the layer
   * @param rank its rank
   * @return nothing when the settings say nothing about this part
   * @throws FileFault when they say something that cannot be understood
   */
  OptionalDouble alpha(String component, String path, long rank) {
    JsonNode general = settings.path(component + ALPHA);
    JsonNode patterns = settings.path(component + ALPHA_PATTERN);
    for (Iterator<Map.Entry<String, JsonNode>> each = patterns.fields(); each.hasNext();) {
      Map.Entry<String, JsonNode> pattern = each.next();
      if (matches(component, pattern.getKey(), path)) {
        return OptionalDouble.of(scaled(component, pattern.getValue(), rank));
      }
    }
    return general.isMissingNode() ? OptionalDouble.empty()
        : OptionalDouble.of(scaled(component, general, rank));
  }

  private double scaled(String component, JsonNode alpha, long rank) {
    if (!alpha.isNumber() || !Double.isFinite(alpha.asDouble())) {
      throw new FileFault(file, "the metadata " + KEY + " have " + alpha + " as an alpha of " + component
          + ", expected a number");
    }
    // Rank-stabilised LoRA divides by the root of the rank.
    boolean stabilised = settings.path(component + STABILISED).asBoolean(false);
    return stabilised ? alpha.asDouble() * Math.sqrt(rank) : alpha.asDouble();
  }

  private boolean matches(String component, String pattern, String path) {
    Matcher name = NAME.matcher(pattern);
    if (!name.matches()) {
      throw new FileFault(file, "the metadata " + KEY + " have the pattern '" + pattern + "' for "
          + component + ", which is more than the name of a layer and is not followed");
    }
    String wanted = PipelineLayers.bare(component, name.group(2).replace("\\.", "."));
    String bare = PipelineLayers.bare(component, path);
    return bare.equals(wanted) || name.group(1).isEmpty() && bare.endsWith("." + wanted);
  }
}
