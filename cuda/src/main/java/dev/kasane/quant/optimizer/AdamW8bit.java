package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.Optimizer;
import dev.kasane.core.training.StateMemory;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.DynamicMap;
import dev.kasane.quant.format.Workers;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * AdamW with moments in 8 bits (Dettmers et al. 2022, "8-bit Optimizers via Block-wise Quantization"): blocks of
 * 256, a signed map for the first moment and an unsigned one for the second. Two bytes a parameter in place of
 * eight. Parameters of less than 4096 numbers keep float32 moments.
 *
 * <p>One step in float32, as bitsandbytes' CPU path: p ← p·(1 − lr·decay) − lr/(1 − β1ᵗ) · m / (√v/√(1 − β2ᵗ) + ε).
 */
public final class AdamW8bit implements Optimizer {
  /** Parameters with fewer numbers keep float32 moments, as with bitsandbytes. */
  public static final int LEAST_8BIT = 4096;
  private static final int BLOCK = BlockSize.NESTED;
  private static final int BLOCKS_AT_ONCE = 64;

  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final AdamW.Settings settings;
  private final NDArray step;

  private record Slot(NDArray parameter, double rateFactor, Moments first, Moments second) {
    int count() {
      return (int) parameter.getShape().size();
    }
  }

  /** The numbers of one step that all parameters share. */
  private record Rates(float beta1, float beta2, float epsilon, float keep, float rate, float root, float scale) {}

  /**
   * Starts with zero moments.
   *
   * @param parameters what to train, float32 on the CPU, by name; at most 2^29 numbers each
   * @param settings the constants
   * @param scope owner of the moments
   */
  public AdamW8bit(Map<String, NDArray> parameters, AdamW.Settings settings, NDManager scope) {
    this(parameters, settings, (name, shape, type) -> scope.zeros(shape, type));
  }

  /** The same with moments in memory of the caller's choice, such as {@link MappedStates}. */
  public AdamW8bit(Map<String, NDArray> parameters, AdamW.Settings settings, StateMemory memory) {
    this(parameters, settings, name -> 1, memory);
  }

  /**
   * The same with learning rates of their own for some parameters.
   *
   * @param rateFactor what the learning rate is multiplied by, by the parameter's name
   */
  public AdamW8bit(Map<String, NDArray> parameters, AdamW.Settings settings, ToDoubleFunction<String> rateFactor,
      StateMemory memory) {
    this.settings = settings;
    this.step = memory.zeros("step", new Shape(), DataType.FLOAT32);
    parameters.forEach((name, parameter) ->
        slots.put(name, slot(name, parameter, rateFactor.applyAsDouble(name), memory)));
  }

  private static Slot slot(String name, NDArray parameter, double rateFactor, StateMemory memory) {
    Shape shape = parameter.getShape();
    if (shape.size() < LEAST_8BIT) {
      return new Slot(parameter, rateFactor, new FloatMoments(name, shape, memory),
          new FloatMoments(name, shape, memory));
    }
    return new Slot(parameter, rateFactor, new EightBitMoments(name, shape, DynamicMap.SIGNED, memory),
        new EightBitMoments(name, shape, DynamicMap.UNSIGNED, memory));
  }

  @Override
  public double step(double learningRate, double gradientScale, double maxGradientNorm) {
    try (NDManager scope = step.getManager().newSubManager()) {
      List<Slot> moved = new ArrayList<>();
      List<FloatBuffer> gradients = new ArrayList<>();
      for (Slot slot : slots.values()) {
        Optional<NDArray> gradient = TorchBridge.gradient(slot.parameter(), scope);
        gradient.ifPresent(each -> {
          moved.add(slot);
          gradients.add(TorchBridge.memory(each).asFloatBuffer());
        });
      }
      double norm = Math.abs(gradientScale) * norm(gradients);
      if (Double.isFinite(norm)) {
        double clip = maxGradientNorm > 0 ? Math.min(1, maxGradientNorm / (norm + 1e-6)) : 1;
        int count = advance();
        for (int i = 0; i < moved.size(); i++) {
          Slot slot = moved.get(i);
          move(slot, gradients.get(i), rates(count, learningRate * slot.rateFactor(), gradientScale * clip));
        }
      }
      gradients.forEach(AdamW8bit::zero);
      return norm;
    }
  }

  private static double norm(List<FloatBuffer> gradients) {
    double total = 0;
    for (FloatBuffer gradient : gradients) {
      int count = gradient.capacity();
      double[] sums = new double[BlockSize.blocks(count, BLOCK)];
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

  private int advance() {
    FloatBuffer counter = TorchBridge.memory(step).asFloatBuffer();
    int count = (int) counter.get(0) + 1;
    counter.put(0, count);
    return count;
  }

  private Rates rates(int count, double learningRate, double scale) {
    double correction1 = 1 - Math.pow(settings.beta1(), count);
    double correction2 = Math.sqrt(1 - Math.pow(settings.beta2(), count));
    return new Rates((float) settings.beta1(), (float) settings.beta2(), (float) settings.epsilon(),
        (float) (1 - learningRate * settings.weightDecay()), (float) (learningRate / correction1),
        (float) correction2, (float) scale);
  }

  private void move(Slot slot, FloatBuffer gradient, Rates rates) {
    FloatBuffer values = TorchBridge.memory(slot.parameter()).asFloatBuffer();
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

  private static void zero(FloatBuffer gradient) {
    float[] zeros = new float[BLOCK];
    for (int at = 0; at < gradient.capacity(); at += BLOCK) {
      gradient.put(at, zeros, 0, Math.min(BLOCK, gradient.capacity() - at));
    }
  }

  /** Bytes that all states hold. */
  public long bytes() {
    return state().values().stream().mapToLong(each -> each.getShape().size() * each.getDataType().getNumOfBytes())
        .sum();
  }

  @Override
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    state.put("step", step);
    slots.forEach((name, slot) -> {
      slot.first().tensors().forEach((part, tensor) -> state.put("first_moment_" + part + "." + name, tensor));
      slot.second().tensors().forEach((part, tensor) -> state.put("second_moment_" + part + "." + name, tensor));
    });
    return state;
  }
}
