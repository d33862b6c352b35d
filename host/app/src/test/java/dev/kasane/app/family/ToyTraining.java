package dev.kasane.app.family;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.family.ProgressDisplay;
import dev.kasane.core.family.Samples;
import dev.kasane.core.family.Training;
import dev.kasane.core.family.TrainingFacts;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.TrainingRecord;
import dev.kasane.core.spi.TrainingRecord.NumberedLayers;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.BatchSource;
import dev.kasane.core.training.Objective;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.core.training.TrainingTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A toy learns to give back what it gets. */
final class ToyTraining implements Training<Long>, TrainingTask<Long>, Samples<Float> {
  private final ToyModel model;

  ToyTraining(ToyModel model) {
    this.model = model;
  }

  /** The mean square of what is wrong, over the eight unit vectors. */
  private NDArray loss(NDManager scope) {
    NDArray x = scope.eye(ToyModel.WIDTH);
    return model.forward(x).sub(x).square().mean();
  }

  @Override
  public long batchesPerEpoch() {
    return 1;
  }

  @Override
  public void report(Consumer<String> tell) {
    tell.accept("A toy's data.");
  }

  @Override
  public TrainingFacts facts(TrainingPlan plan, Map<String, String> settings, Optional<NumberedLayers> layers) {
    return new TrainingFacts("toy", new TrainingRecord(
        new TrainingRecord.Base("toy", ToyModel.KIND.id(), false, Optional.empty(), Optional.empty()), layers,
        Optional.empty()));
  }

  @Override
  public Samples<?> samples() {
    return this;
  }

  @Override
  public TrainingTask<Long> task(AdapterSet adapters, NDManager owner, ProgressDisplay progress) {
    return this;
  }

  @Override
  public Objective<Long> objective() {
    return (batch, scope) -> loss(scope);
  }

  @Override
  public BatchSource<Long> batches() {
    return number -> number;
  }

  @Override
  public boolean holdsBack() {
    return true;
  }

  @Override
  public double heldOutLoss() {
    try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
      return loss(scope).getFloat();
    }
  }

  @Override
  public boolean isEmpty() {
    return true;
  }

  @Override
  public String ending() {
    return "txt";
  }

  @Override
  public List<Float> make() {
    return List.of();
  }

  @Override
  public void write(List<Float> made, Path file) {}

  @Override
  public void writeBeforeAfter(List<Float> before, List<Float> after, Path file) {}
}
