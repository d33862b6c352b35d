package dev.kasane.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.util.List;

/**
 * What one process found out about itself; one line of JSON, with the peer's keys.
 *
 * @param side {@code java} or {@code python}
 * @param engine the libtorch that computed
 * @param work what was computed, the same words on both sides
 * @param seconds of each timed step
 * @param medianSeconds the median of these
 * @param peakResidentBytes most physical memory the process ever had, weights and runtime included
 * @param deviceBytes what is taken of the GPU's memory at the end; 0 without one
 * @param trainedParameters how many numbers the adapters have
 * @param loss of the last step: not finite would mean that the arithmetic was not the usual one
 */
record Measurement(String side, String engine, String work, List<Double> seconds, double medianSeconds,
    long peakResidentBytes, long deviceBytes, long trainedParameters, double loss) {

  /** The middle of the values, or the mean of the two in the middle. */
  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  String toJson() {
    try {
      return new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A measurement cannot be written as JSON", e);
    }
  }
}
