package dev.kasane.bench.quant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;

/**
 * What one kernel took; one line of JSON, with the peer's keys.
 *
 * @param side {@code java} or {@code python}
 * @param kernel what it does
 * @param type of the numbers that are not quantised
 * @param outputs rows of the weight
 * @param inputs columns of the weight
 * @param rows rows of the vectors it is multiplied with, 0 where it is not
 * @param nested whether its scales are quantised too
 * @param microseconds one launch, by the GPU's clock
 * @param bytes that have to be read and written at the least
 * @param ofCopy these bytes a second, as a share of those of a copy in the GPU's memory
 */
record KernelTiming(String side, String kernel, String type, long outputs, long inputs, int rows, boolean nested,
    double microseconds, long bytes, double ofCopy) {

  String toJson() {
    try {
      return new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A timing cannot be written as JSON", e);
    }
  }
}
