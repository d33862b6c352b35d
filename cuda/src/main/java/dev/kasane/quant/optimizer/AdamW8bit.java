package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.Optimizer;
import dev.kasane.core.training.StateMemory;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.DynamicMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private final Map<String, AdamSlot> slots = new LinkedHashMap<>();
  private final AdamW.Settings settings;
  private final AdamWork work;
  private final NDArray step;

  /**
   * Starts with zero moments.
   *
   * @param parameters what to train, float32 on the CPU, by name; at most 2^29 numbers each
   * @param settings the constants
   * @param rateFactor what the learning rate is multiplied by, by the parameter's name
   * @param memory where the moments are kept
   */
  public AdamW8bit(Map<String, NDArray> parameters, AdamW.Settings settings, ToDoubleFunction<String> rateFactor,
      StateMemory memory) {
    this(parameters, settings, rateFactor, memory, new CpuAdamWork(), LEAST_8BIT);
  }

  /**
   * The same with steps on another device.
   *
   * @param work carries them out
   * @param least8Bit parameters with fewer numbers keep float32 moments
   */
  public AdamW8bit(Map<String, NDArray> parameters, AdamW.Settings settings, ToDoubleFunction<String> rateFactor,
      StateMemory memory, AdamWork work, long least8Bit) {
    this.settings = settings;
    this.work = work;
    this.step = memory.zeros("step", new Shape(), DataType.FLOAT32);
    parameters.forEach((name, parameter) -> slots.put(name, slot(name, parameter, rateFactor.applyAsDouble(name),
        memory, parameter.getShape().size() >= least8Bit)));
  }

  /** Bytes that both moments of a parameter take, in 8 bits where it is not too small for that. */
  public static long momentBytes(Shape shape) {
    long count = shape.size();
    return 2 * (count < LEAST_8BIT ? count * Float.BYTES
        : count + BlockSize.blocks(count, BlockSize.NESTED) * (long) Float.BYTES);
  }

  private static AdamSlot slot(
      String name, NDArray parameter, double rateFactor, StateMemory memory, boolean eightBit) {
    Shape shape = parameter.getShape();
    return eightBit
        ? new AdamSlot(parameter, rateFactor, new EightBitMoments(name, shape, DynamicMap.SIGNED, memory),
            new EightBitMoments(name, shape, DynamicMap.UNSIGNED, memory))
        : new AdamSlot(parameter, rateFactor, new FloatMoments(name, shape, memory),
            new FloatMoments(name, shape, memory));
  }

  @Override
  public double step(double learningRate, double gradientScale, double maxGradientNorm) {
    try (NDManager scope = step.getManager().newSubManager(); GradMode off = GradMode.off()) {
      List<AdamMove> moves = new ArrayList<>();
      for (AdamSlot slot : slots.values()) {
        TorchBridge.gradient(slot.parameter(), scope).ifPresent(each -> moves.add(new AdamMove(slot, each)));
      }
      List<NDArray> gradients = moves.stream().map(AdamMove::gradient).toList();
      double norm = Math.abs(gradientScale) * work.norm(gradients);
      if (Double.isFinite(norm)) {
        double clip = maxGradientNorm > 0 ? Math.min(1, maxGradientNorm / (norm + 1e-6)) : 1;
        step.addi(1);
        work.move(moves, new AdamStep(settings, (int) step.getFloat(), learningRate, gradientScale * clip));
      }
      work.zero(gradients);
      return norm;
    }
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
