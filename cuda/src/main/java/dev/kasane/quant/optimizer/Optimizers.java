package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.Optimizer;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.StateMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** AdamW in the widths and places that there are. */
public final class Optimizers {
  private Optimizers() {}

  /**
   * A factory.
   *
   * @param settings the constants
   * @param eightBits whether moments are kept in 8 bits
   * @param folder an existing folder on a local disk for a file of states; nothing for states in memory
   * @throws UserException when there is no such folder
   */
  public static OptimizerFactory adamW(AdamW.Settings settings, boolean eightBits, Optional<Path> folder) {
    folder.filter(each -> !Files.isDirectory(each)).ifPresent(each -> {
      throw new UserException("There is no folder " + each + " for the optimiser's states. Name one on a local disk.");
    });
    return (parameters, rateFactor, owner) -> folder
        .map(each -> paged(settings, eightBits, each, parameters, rateFactor, owner))
        .orElseGet(() -> make(settings, eightBits, parameters, rateFactor, StateMemory.of(owner)));
  }

  private static Optimizer make(AdamW.Settings settings, boolean eightBits, Map<String, NDArray> parameters,
      ToDoubleFunction<String> rateFactor, StateMemory memory) {
    return eightBits ? new AdamW8bit(parameters, settings, rateFactor, memory)
        : new AdamW(parameters, settings, rateFactor, memory);
  }

  private static Optimizer paged(AdamW.Settings settings, boolean eightBits, Path folder,
      Map<String, NDArray> parameters, ToDoubleFunction<String> rateFactor, NDManager owner) {
    MappedStates states = MappedStates.create(folder.resolve("kasane-" + UUID.randomUUID() + ".states"), owner);
    return releasing(states::close, () -> make(settings, eightBits, parameters, rateFactor, states));
  }

  /** Makes an optimiser that gives back what its states take, also when it cannot be made. */
  public static Optimizer releasing(Runnable release, Supplier<Optimizer> make) {
    try {
      return new Paged(make.get(), release);
    } catch (RuntimeException e) {
      release.run();
      throw e;
    }
  }

  private record Paged(Optimizer optimizer, Runnable release) implements Optimizer {
    @Override
    public double step(double learningRate, double gradientScale, double maxGradientNorm) {
      return optimizer.step(learningRate, gradientScale, maxGradientNorm);
    }

    @Override
    public Map<String, NDArray> state() {
      return optimizer.state();
    }

    @Override
    public void close() {
      release.run();
    }
  }
}
