package dev.kasane.app.training;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.module.Weight;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.tensor.EngineFaults;
import dev.kasane.core.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tells of a run that the machine ended: it had too little memory, or its GPU stopped working. */
final class MachineFault {
  /** Beside a parameter lie its gradient and the optimiser's two averages, in 32 bits or fewer. */
  private static final int COPIES = 4;

  private MachineFault() {}

  /**
   * What a failure means to whoever trains.
   *
   * @param quantised whether the base is in few bits already
   * @return nothing where the failure is of another kind
   */
  static Optional<UserException> of(
      EngineException failure, BaseParts base, AdapterSet adapters, boolean quantised) {
    if (EngineFaults.isOutOfMemory(failure)) {
      return Optional.of(new UserException("There is too little memory for this training: "
          + EngineFaults.firstLine(failure), consumers(base, adapters, quantised), failure));
    } else if (EngineFaults.isDeviceLost(failure)) {
      return Optional.of(new UserException("The GPU stopped working during training: "
          + EngineFaults.firstLine(failure) + ". Checkpoints are kept: run the same command again to go on from the last"
          + " one, or from the start where there is none yet.", failure));
    }
    return Optional.empty();
  }

  private static List<String> consumers(BaseParts base, AdapterSet adapters, boolean quantised) {
    List<String> lines = new ArrayList<>();
    base.components().forEach((name, part) -> {
      List<FrozenWeight> weights =
          part.namedWeights().values().stream().filter(Weight::isSet).map(Weight::own).distinct().toList();
      lines.add("  the base's " + name + " holds " + megabytes(weights.stream().mapToLong(FrozenWeight::bytes).sum())
          + " in " + weights.stream().map(FrozenWeight::storage).distinct().sorted().collect(Collectors.joining(", ")));
    });
    lines.add("  the adapter holds up to " + megabytes(COPIES * adapters.trainableParameters().values().stream()
        .mapToLong(MachineFault::bytes).sum()) + " with its gradients and the optimiser's averages, which"
        + " «optimizer adamw8bit» makes smaller");
    lines.add("  a step computes the rest: a smaller «batch size», smaller pictures or shorter texts help"
        + (quantised ? "" : ", and so do «gradient checkpointing» and «base type nf4»")
        + "; «params» forecasts what is needed");
    return lines;
  }

  private static long bytes(NDArray parameter) {
    return parameter.getShape().size() * Ops.typeOf(parameter).getNumOfBytes();
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }
}
