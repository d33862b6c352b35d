package dev.kasane.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class EngineFaultsTest {
  /** libtorch's own words, from an allocation that no machine can make. */
  @Test
  void tellsThatMemoryRanOut() {
    try (NDManager scope = Engines.newManager()) {
      Throwable failure = catchThrowable(() -> scope.zeros(new Shape(1L << 50), DataType.FLOAT32));
      assertThat(EngineFaults.isOutOfMemory(failure)).as(String.valueOf(failure)).isTrue();
      assertThat(EngineFaults.isDeviceLost(failure)).isFalse();
      assertThat(EngineFaults.firstLine(failure)).contains("allocate").doesNotContain("\n");
    }
  }

  @Test
  void anotherFailureIsNeither() {
    try (NDManager scope = Engines.newManager()) {
      Throwable failure = catchThrowable(() -> scope.zeros(new Shape(2)).add(scope.zeros(new Shape(3))));
      assertThat(failure).isInstanceOf(EngineException.class);
      assertThat(EngineFaults.isOutOfMemory(failure) || EngineFaults.isDeviceLost(failure)).isFalse();
    }
    assertThat(EngineFaults.isOutOfMemory(new IllegalStateException("out of memory"))).isFalse();
  }
}
