package dev.kasane.diffusion.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads what src/test/reference/schedulers.py wrote. */
final class Goldens {
  static final JsonNode ALL = load();

  private Goldens() {}

  static Stream<JsonNode> list(String key) {
    return StreamSupport.stream(ALL.get(key).spliterator(), false);
  }

  static SchedulerConfig config(String name) {
    URL file = Goldens.class.getResource("configs/" + name + ".json");
    try {
      return SchedulerConfig.read(Path.of(file.toURI()));
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The same settings with another spread of timesteps, whatever the sampler. */
  static SchedulerConfig spaced(SchedulerConfig config, TimestepSpacing spacing) {
    Set<String> stated = new HashSet<>(config.statedKeys());
    stated.add("timestep_spacing");
    return new SchedulerConfig(config.origin(), config.className(), config.predictionType(), config.betas(),
        config.timesteps().withSpacing(spacing), config.solver(), stated);
  }

  static float[] floats(JsonNode packed) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(packed.textValue()));
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToDouble(JsonNode::doubleValue).toArray();
  }

  /** The largest difference, relative to the largest expected magnitude. */
  static double relativeError(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      throw new AssertionError(actual.length + " values, expected " + expected.length);
    }
    double difference = 0;
    double magnitude = 0;
    for (int index = 0; index < expected.length; index++) {
      double gap = Math.abs((double) actual[index] - expected[index]);
      difference = Double.isNaN(gap) ? Double.POSITIVE_INFINITY : Math.max(difference, gap);
      magnitude = Math.max(magnitude, Math.abs(expected[index]));
    }
    return difference / magnitude;
  }

  private static JsonNode load() {
    try (InputStream in = Goldens.class.getResourceAsStream("schedulers.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
