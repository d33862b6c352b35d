package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.TorchScript;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW (Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2) on libtorch's
 * fused kernel: one call for all parameters.
 */
public final class AdamW implements Optimizer {
  private static final TorchScript SCRIPT = TorchScript.load(AdamW.class, "optimizer.ts.py");

  private final List<NDArray> parameters;
  private final List<NDArray> firstMoments = new ArrayList<>();
  private final List<NDArray> secondMoments = new ArrayList<>();
  private final List<NDArray> steps = new ArrayList<>();
  private final List<String> names;
  private final Settings settings;

  /**
   * The constants of AdamW.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the second moment
   * @param weightDecay decoupled decay, times the learning rate
   */
  public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {
    /** The defaults of PyTorch. */
    public static final Settings DEFAULT = new Settings(0.9, 0.999, 1e-8, 1e-2);
  }

  /**
   * Starts with zero moments.
   *
   * @param parameters what to train, float32, by name
   * @param settings the constants
   * @param scope owner of the moments
   */
  public AdamW(Map<String, NDArray> parameters, Settings settings, NDManager scope) {
    this(parameters, settings, (name, shape, type) -> scope.zeros(shape, type));
  }

  /**
   * Starts with zero moments in memory of the caller's choice.
   *
   * @param parameters what to train, float32, by name
   * @param settings the constants
   * @param memory where the moments are kept
   */
  public AdamW(Map<String, NDArray> parameters, Settings settings, StateMemory memory) {
    this.names = List.copyOf(parameters.keySet());
    this.parameters = List.copyOf(parameters.values());
    this.settings = settings;
    parameters.forEach((name, parameter) -> {
      firstMoments.add(memory.zeros("first_moment." + name, parameter.getShape(), DataType.FLOAT32));
      secondMoments.add(memory.zeros("second_moment." + name, parameter.getShape(), DataType.FLOAT32));
      steps.add(memory.zeros("step." + name, new Shape(), DataType.FLOAT32));
    });
  }

  @Override
  public double step(double learningRate, double gradientScale, double maxGradientNorm) {
    try (NDManager scope = parameters.get(0).getManager().newSubManager(); GradMode off = GradMode.off()) {
      List<NDArray> gradients = new ArrayList<>();
      for (NDArray parameter : parameters) {
        NDArray gradient = parameter.getGradient();
        gradient.attach(scope);
        gradients.add(gradient);
      }
      NDArray norm = SCRIPT.callAll("adamw", scope, parameters, gradients, firstMoments, secondMoments, steps,
          learningRate, settings.beta1(), settings.beta2(), settings.weightDecay(), settings.epsilon(),
          gradientScale, maxGradientNorm)[0];
      return norm.getFloat();
    }
  }

  @Override
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      state.put("first_moment." + names.get(i), firstMoments.get(i));
      state.put("second_moment." + names.get(i), secondMoments.get(i));
      state.put("step." + names.get(i), steps.get(i));
    }
    return state;
  }

  /**
   * Moves an exponential average of weights towards the weights.
   *
   * @param average the average, changed in place
   * @param weights the weights, in the same order
   * @param decay share of the average that stays, in [0, 1]
   */
  public static void moveAverage(List<NDArray> average, List<NDArray> weights, double decay) {
    try (NDManager scope = average.get(0).getManager().newSubManager(); GradMode off = GradMode.off()) {
      SCRIPT.callAll("exponential_average", scope, average, weights, decay);
    }
  }
}
