package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.parallel.Workers;
import dev.kasane.core.tensor.HostMemory;
import dev.kasane.quant.format.BlockSize;
import java.nio.FloatBuffer;
import java.util.List;

/** Steps on the CPU, in float32, block by block on several threads. */
final class CpuAdamWork implements AdamWork {
  private static final int BLOCK = BlockSize.NESTED;
  private static final int BLOCKS_AT_ONCE = 64;

  private record Rates(float beta1, float beta2, float epsilon, float keep, float rate, float root, float scale) {}

  @Override
  public double norm(List<NDArray> gradients) {
    double total = 0;
    for (NDArray each : gradients) {
      FloatBuffer gradient = floats(each);
      double[] sums = new double[BlockSize.blocks(gradient.capacity(), BLOCK)];
      Workers.split(sums.length, BLOCKS_AT_ONCE, (from, to) -> {
        float[] values = new float[BLOCK];
        for (int block = from; block < to; block++) {
          sums[block] = squares(gradient, block, values);
        }
      });
      // In one order, whichever thread was first.
      for (double sum : sums) {
        total += sum;
      }
    }
    return Math.sqrt(total);
  }

  private static double squares(FloatBuffer gradient, int block, float[] values) {
    int length = Math.min(BLOCK, gradient.capacity() - block * BLOCK);
    gradient.get(block * BLOCK, values, 0, length);
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  @Override
  public void move(List<AdamMove> moves, AdamStep step) {
    moves.forEach(each -> move(each.slot(), floats(each.gradient()), rates(step, each.slot().rateFactor())));
  }

  private static Rates rates(AdamStep step, double rateFactor) {
    double learningRate = step.learningRate() * rateFactor;
    double correction1 = 1 - Math.pow(step.settings().beta1(), step.count());
    double correction2 = Math.sqrt(1 - Math.pow(step.settings().beta2(), step.count()));
    return new Rates((float) step.settings().beta1(), (float) step.settings().beta2(),
        (float) step.settings().epsilon(), (float) (1 - learningRate * step.settings().weightDecay()),
        (float) (learningRate / correction1), (float) correction2, (float) step.gradientScale());
  }

  private static void move(AdamSlot slot, FloatBuffer gradient, Rates rates) {
    FloatBuffer values = floats(slot.parameter());
    Workers.split(BlockSize.blocks(slot.count(), BLOCK), BLOCKS_AT_ONCE, (from, to) -> {
      float[][] rows = new float[4][BLOCK];
      for (int block = from; block < to; block++) {
        int length = Math.min(BLOCK, slot.count() - block * BLOCK);
        values.get(block * BLOCK, rows[0], 0, length);
        gradient.get(block * BLOCK, rows[1], 0, length);
        slot.first().read(block, rows[2], length);
        slot.second().read(block, rows[3], length);
        update(rows[0], rows[1], rows[2], rows[3], length, rates);
        values.put(block * BLOCK, rows[0], 0, length);
        slot.first().write(block, rows[2], length);
        slot.second().write(block, rows[3], length);
      }
    });
  }

  private static void update(float[] p, float[] g, float[] m, float[] v, int length, Rates rates) {
    for (int i = 0; i < length; i++) {
      float gradient = g[i] * rates.scale();
      m[i] = m[i] * rates.beta1() + gradient * (1 - rates.beta1());
      v[i] = v[i] * rates.beta2() + gradient * gradient * (1 - rates.beta2());
      float denominator = (float) Math.sqrt(v[i]) / rates.root() + rates.epsilon();
      p[i] = p[i] * rates.keep() - rates.rate() * (m[i] / denominator);
    }
  }

  @Override
  public void zero(List<NDArray> gradients) {
    float[] zeros = new float[BLOCK];
    for (NDArray each : gradients) {
      FloatBuffer gradient = floats(each);
      for (int at = 0; at < gradient.capacity(); at += BLOCK) {
        gradient.put(at, zeros, 0, Math.min(BLOCK, gradient.capacity() - at));
      }
    }
  }

  private static FloatBuffer floats(NDArray tensor) {
    return HostMemory.of(tensor).asFloatBuffer();
  }
}
