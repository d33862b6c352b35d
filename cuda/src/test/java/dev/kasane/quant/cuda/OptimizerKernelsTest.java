package dev.kasane.quant.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.quant.format.DynamicMap;
import dev.kasane.quant.cuda.ShimLauncher.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** AdamW kernels over several tensors at once against the formula. */
class OptimizerKernelsTest {
  private static final int[] COUNTS = {1, 255, 256, 1000};
  private static final double RATE = 1e-2;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final double DECAY = 0.1;
  private static final int STEPS = 4;

  @ParameterizedTest
  @EnumSource(Order.class)
  void floatMomentsFollowTheFormula(Order order) {
    List<Tensor> tensors = tensors(Float.BYTES);
    Cells[] table = table(tensors);
    for (int step = 1; step <= STEPS; step++) {
      new QuantKernels(new ShimLauncher(order)).adamw32(
          new OptimizerTable(table[0].address(), table[1].address(), tensors.size(), blocks()), rates(step));
    }
    for (Tensor tensor : tensors) {
      assertThat(tensor.parameters.readFloats()).usingComparatorWithPrecision(2e-6f)
          .containsExactly(tensor.exact(STEPS));
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void momentsInEightBitsFollowTheFormulaAsFarAsTheirCodesDo(Order order) {
    List<Tensor> tensors = tensors(Byte.BYTES);
    Cells[] table = table(tensors);
    Cells signed = Cells.of(DynamicMap.SIGNED.values());
    Cells unsigned = Cells.of(DynamicMap.UNSIGNED.values());
    for (int step = 1; step <= STEPS; step++) {
      new QuantKernels(new ShimLauncher(order)).adamw8(
          new OptimizerTable(table[0].address(), table[1].address(), tensors.size(), blocks()), signed.address(),
          unsigned.address(), rates(step));
      tensors.forEach(tensor -> tensor.reference.step());
    }
    for (Tensor tensor : tensors) {
      assertThat(tensor.parameters.readFloats()).usingComparatorWithPrecision(2e-6f)
          .containsExactly(tensor.reference.parameters);
      assertThat(tensor.first.readBytes()).isEqualTo(tensor.reference.first);
      assertThat(tensor.second.readBytes()).isEqualTo(tensor.reference.second);
      // And on average that is near the exact thing: a tenth of the way that a parameter goes.
      float[] exact = tensor.exact(STEPS);
      double sum = 0;
      for (int i = 0; i < exact.length; i++) {
        sum += Math.abs(tensor.reference.parameters[i] - exact[i]);
      }
      assertThat(sum / exact.length).isLessThan(0.1 * STEPS * RATE);
    }
  }

  private static AdamRates rates(int step) {
    return AdamRates.of(step, RATE, BETA1, BETA2, EPSILON, DECAY, 1);
  }

  private static long blocks() {
    long blocks = 0;
    for (int count : COUNTS) {
      blocks += (count + 255) / 256;
    }
    return blocks;
  }

  private static List<Tensor> tensors(int momentBytes) {
    List<Tensor> tensors = new ArrayList<>();
    for (int count : COUNTS) {
      tensors.add(new Tensor(count, momentBytes));
    }
    return tensors;
  }

  private static Cells[] table(List<Tensor> tensors) {
    long[] fields = new long[tensors.size() * OptimizerTable.FIELDS];
    long[] first = new long[tensors.size()];
    long block = 0;
    for (int i = 0; i < tensors.size(); i++) {
      Tensor tensor = tensors.get(i);
      long[] row = {tensor.parameters.address(), tensor.gradients.address(), tensor.first.address(),
          tensor.second.address(), tensor.firstAbsmax.address(), tensor.secondAbsmax.address(), tensor.start.length};
      System.arraycopy(row, 0, fields, i * OptimizerTable.FIELDS, OptimizerTable.FIELDS);
      first[i] = block;
      block += (tensor.start.length + 255) / 256;
    }
    return new Cells[] {Cells.of(fields), Cells.of(first)};
  }

  /** One tensor's memory; its gradients are the same at every step. */
  private static final class Tensor {
    private final float[] start;
    private final float[] gradient;
    private final Cells parameters;
    private final Cells gradients;
    private final Cells first;
    private final Cells second;
    private final Cells firstAbsmax;
    private final Cells secondAbsmax;
    private final EightBitReference reference;

    Tensor(int count, int momentBytes) {
      Random random = new Random(count);
      start = new float[count];
      gradient = new float[count];
      for (int i = 0; i < count; i++) {
        start[i] = (float) random.nextGaussian();
        gradient[i] = (float) (random.nextGaussian() * Math.pow(10, -3 * random.nextDouble()));
      }
      parameters = Cells.of(start);
      gradients = Cells.of(gradient);
      boolean small = momentBytes == Byte.BYTES;
      reference = new EightBitReference(start, gradient);
      first = small ? Cells.of(reference.first) : Cells.of(new float[count]);
      second = small ? Cells.of(reference.second) : Cells.of(new float[count]);
      firstAbsmax = Cells.of(new float[(count + 255) / 256]);
      secondAbsmax = Cells.of(new float[(count + 255) / 256]);
    }

    /** The parameters after some steps of AdamW in float64. */
    float[] exact(int steps) {
      float[] result = new float[start.length];
      for (int i = 0; i < result.length; i++) {
        double p = start[i];
        double m = 0;
        double v = 0;
        for (int step = 1; step <= steps; step++) {
          m = BETA1 * m + (1 - BETA1) * gradient[i];
          v = BETA2 * v + (1 - BETA2) * gradient[i] * gradient[i];
          p *= 1 - RATE * DECAY;
          p -= RATE * m / (1 - Math.pow(BETA1, step)) / (Math.sqrt(v / (1 - Math.pow(BETA2, step))) + EPSILON);
        }
        result[i] = (float) p;
      }
      return result;
    }
  }

  /** The 8-bit step in plain Java, block by block. */
  private static final class EightBitReference {
    private final float[] parameters;
    private final float[] gradient;
    private final byte[] first;
    private final byte[] second;
    private final float[] firstAbsmax;
    private final float[] secondAbsmax;
    private int step;

    EightBitReference(float[] start, float[] gradient) {
      this.parameters = start.clone();
      this.gradient = gradient;
      this.first = new byte[start.length];
      java.util.Arrays.fill(first, (byte) 127);
      this.second = new byte[start.length];
      this.firstAbsmax = new float[(start.length + 255) / 256];
      this.secondAbsmax = firstAbsmax.clone();
    }

    void step() {
      AdamRates rates = rates(++step);
      for (int block = 0; block < firstAbsmax.length; block++) {
        stepBlock(block, rates);
      }
    }

    private void stepBlock(int block, AdamRates r) {
      int from = block * 256;
      int length = Math.min(256, parameters.length - from);
      float[] m = new float[length];
      float[] v = new float[length];
      float greatestM = 0;
      float greatestV = 0;
      for (int i = 0; i < length; i++) {
        float g = gradient[from + i];
        m[i] = DynamicMap.SIGNED.value(first[from + i] & 0xff) * firstAbsmax[block] * r.beta1() + (1 - r.beta1()) * g;
        v[i] = DynamicMap.UNSIGNED.value(second[from + i] & 0xff) * secondAbsmax[block] * r.beta2()
            + (1 - r.beta2()) * g * g;
        greatestM = Math.max(greatestM, Math.abs(m[i]));
        greatestV = Math.max(greatestV, v[i]);
        parameters[from + i] = parameters[from + i] * r.decay()
            + r.stepSize() * (m[i] / ((float) Math.sqrt(v[i]) + r.epsilon()));
      }
      for (int i = 0; i < length; i++) {
        first[from + i] = (byte) DynamicMap.SIGNED.nearest(m[i] * (1 / greatestM));
        second[from + i] = (byte) DynamicMap.UNSIGNED.nearest(v[i] * (1 / greatestV));
      }
      firstAbsmax[block] = greatestM;
      secondAbsmax[block] = greatestV;
    }
  }
}
