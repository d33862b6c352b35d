package dev.kasane.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A chain of 24 linear layers on NF4 with low-rank adapters, trained segment by segment. */
class SegmentedTrainingTest {
  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  private AdaptedChain chain(int width) {
    Engines.seed(3);
    AdaptedChain chain = new AdaptedChain(width);
    chain.layers.forEach(layer -> layer.replaceWeight(
        new DenseWeight(scope.randomNormal(0f, (float) (1.5 / Math.sqrt(width)), new Shape(width, width),
            DataType.FLOAT32))));
    Quantizer.Summary summary = Quantizer.quantise(chain,
        new QuantisationSettings(QuantisationSettings.Kind.NF4, 64, true), Quantizer::isUsual, scope);
    assertThat(summary.layers()).isEqualTo(AdaptedChain.LAYERS);
    return chain;
  }

  private List<float[]> takeGradients(List<NDArray> parameters) {
    List<float[]> gradients = new ArrayList<>();
    for (NDArray parameter : parameters) {
      NDArray gradient = TorchBridge.gradient(parameter, scope).orElseThrow();
      gradients.add(gradient.toFloatArray());
      TorchBridge.memory(gradient).asFloatBuffer().put(new float[(int) gradient.getShape().size()]);
    }
    return gradients;
  }

  @Test
  void gradientsAreThoseOfThePlainRunOnTheDenseWeights() {
    int width = 128;
    AdaptedChain chain = chain(width);
    List<NDArray> parameters = chain.adapt(width, scope);
    NDArray x = scope.randomNormal(0f, 1f, new Shape(8, width), DataType.FLOAT32);
    chain.segmented(x, scope);
    List<float[]> ours = takeGradients(parameters);
    for (Linear layer : chain.layers) {
      layer.replaceWeight(new DenseWeight(layer.weight().materialise(scope)));
    }
    chain.plain(x, scope);
    List<float[]> expected = takeGradients(parameters);
    for (int i = 0; i < ours.size(); i++) {
      double size = norm(expected.get(i));
      assertThat(size).isPositive();
      assertThat(distance(ours.get(i), expected.get(i)) / size).isCloseTo(0, within(1e-5));
    }
  }

  private static double norm(float[] values) {
    return distance(values, new float[values.length]);
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  /** In a process of its own, where freed memory goes back to the system and the peak shows what was held. */
  @Test
  void memoryPeaksAtOneDenseSegment() throws IOException, InterruptedException {
    assumeThat(Path.of("/proc/self/clear_refs")).exists();
    ProcessBuilder child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-Xms64m", "-cp", System.getProperty("java.class.path"),
        SegmentedMemory.class.getName()).redirectErrorStream(true);
    child.environment().put("MALLOC_MMAP_THRESHOLD_", "65536");
    child.environment().put("OMP_NUM_THREADS", "1");
    Process process = child.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    long[] growth = output.lines().filter(line -> line.startsWith("growth "))
        .flatMapToLong(line -> Arrays.stream(line.split(" ")).skip(1).mapToLong(Long::parseLong)).toArray();
    long dense = SegmentedMemory.DENSE_BYTES;
    assertThat(growth[1]).as("the plain run keeps every dense weight").isGreaterThan((AdaptedChain.LAYERS - 2) * dense);
    // Beside the dense weight: states between segments, 32 KiB each, gradients, and what Java itself takes.
    assertThat(growth[0]).as("the segmented run keeps one").isLessThan(3 * dense);
  }
}
