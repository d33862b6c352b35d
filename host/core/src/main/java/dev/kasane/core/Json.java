package dev.kasane.core;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The few ways in which JSON is read and written here; nobody else makes a mapper, and nobody changes these. */
public final class Json {
  /** Writes, and reads what this program has written or checks itself. */
  public static final JsonMapper MAPPER = JsonMapper.builder().build();
  /** Reads as Python writes: infinities and NaN bare, and nothing after the end. */
  public static final JsonMapper PYTHON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  /** Reads what a person or a stranger wrote: no name twice in an object, and nothing after the end. */
  public static final JsonMapper STRICT = strict(StreamReadConstraints.defaults());

  private Json() {}

  /** As {@link #STRICT}, within narrower bounds. */
  public static JsonMapper strict(StreamReadConstraints bounds) {
    return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(bounds)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  }
}
