package dev.kasane.core.training;

import static dev.kasane.core.training.OptimizerOps.OPTIMIZER;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.GradMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * AdamW (Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2) on libtorch's
 * fused kernel: one call for all parameters that share a learning rate.
 */
public final class AdamW implements Optimizer {
  private final List<NDArray> parameters;
  private final List<Group> groups;
  private final Map<String, NDArray> state = new LinkedHashMap<>();
  private final Settings settings;

  /** Parameters that share a learning rate, each with its moments and its count of steps. */
  private record Group(double rateFactor, List<NDArray> parameters, List<NDArray> firstMoments,
      List<NDArray> secondMoments, List<NDArray> steps) {
    Group(double rateFactor) {
      this(rateFactor, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

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
    this(parameters, settings, name -> 1, StateMemory.of(scope));
  }

  /**
   * Starts with zero moments and learning rates of their own for some parameters.
   *
   * @param parameters what to train, float32, by name
   * @param settings the constants
   * @param rateFactor what the learning rate is multiplied by, by the parameter's name
   * @param memory where the moments are kept
   */
  public AdamW(Map<String, NDArray> parameters, Settings settings, ToDoubleFunction<String> rateFactor,
      StateMemory memory) {
    this.parameters = List.copyOf(parameters.values());
    this.settings = settings;
    Map<Double, Group> byFactor = new LinkedHashMap<>();
    parameters.forEach((name, parameter) ->
        add(name, parameter, byFactor.computeIfAbsent(rateFactor.applyAsDouble(name), Group::new), memory));
    this.groups = List.copyOf(byFactor.values());
  }

  private void add(String name, NDArray parameter, Group group, StateMemory memory) {
    Shape shape = parameter.getShape();
    group.parameters().add(parameter);
    group.firstMoments().add(memory.zeros("first_moment." + name, shape, DataType.FLOAT32));
    group.secondMoments().add(memory.zeros("second_moment." + name, shape, DataType.FLOAT32));
    group.steps().add(memory.zeros("step." + name, new Shape(), DataType.FLOAT32));
    int last = group.parameters().size() - 1;
    state.put("first_moment." + name, group.firstMoments().get(last));
    state.put("second_moment." + name, group.secondMoments().get(last));
    state.put("step." + name, group.steps().get(last));
  }

  @Override
  public double step(double learningRate, double gradientScale, double maxGradientNorm) {
    try (NDManager scope = parameters.get(0).getManager().newSubManager(); GradMode off = GradMode.off()) {
      List<NDArray> all = gradients(parameters, scope);
      NDArray norm = OPTIMIZER.clip(scope, all, gradientScale, maxGradientNorm);
      for (Group group : groups) {
        OPTIMIZER.adamw(norm, group.parameters(), gradients(group.parameters(), scope),
            group.firstMoments(), group.secondMoments(), group.steps(), learningRate * group.rateFactor(),
            settings.beta1(), settings.beta2(), settings.weightDecay(), settings.epsilon());
      }
      OPTIMIZER.zero(all);
      return norm.getFloat();
    }
  }

  private static List<NDArray> gradients(List<NDArray> parameters, NDManager scope) {
    List<NDArray> gradients = new ArrayList<>();
    for (NDArray parameter : parameters) {
      NDArray gradient = parameter.getGradient();
      gradient.attach(scope);
      gradients.add(gradient);
    }
    return gradients;
  }

  @Override
  public Map<String, NDArray> state() {
    return Collections.unmodifiableMap(state);
  }

  /**
   * Moves an exponential average of weights towards the weights.
   *
   * @param average the average, changed in place
   * @param weights the weights, in the same order
   * @param decay share of the average that stays, in [0, 1]
   */
  public static void moveAverage(List<NDArray> average, List<NDArray> weights, double decay) {
    try (GradMode off = GradMode.off()) {
      OPTIMIZER.exponentialAverage(average, weights, decay);
    }
  }
}
