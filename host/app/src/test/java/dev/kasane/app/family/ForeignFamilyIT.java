package dev.kasane.app.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.base.DeviceWish;
import dev.kasane.app.base.ModelFamilies;
import dev.kasane.app.inspect.Inspector;
import dev.kasane.app.params.ParameterPlan;
import dev.kasane.app.params.PlannedDevice;
import dev.kasane.app.params.TrainingSetup;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import dev.kasane.app.training.AdapterWish;
import dev.kasane.app.training.TrainRun;
import dev.kasane.app.training.TrainingSession;
import dev.kasane.core.UserException;
import dev.kasane.core.family.PlannedRun;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.OptionPatterns;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.Optimizer;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.quant.optimizer.Optimizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A family that came from outside, with the plugins of the built distribution. */
class ForeignFamilyIT {
  private static final Path PLUGINS = Path.of(System.getProperty("kasane.root"), "host/app/target/kasane/plugins");

  @TempDir
  private Path folder;

  private final List<String> told = new ArrayList<>();

  private static PluginHost plugins() {
    return PluginHost.start(new PluginLocations(List.of(PLUGINS)));
  }

  private static MethodChoice rank(AdapterMethod method, int rank) {
    return new MethodChoice(method, Map.of("rank", rank));
  }

  private Path config() throws IOException {
    return Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"toy\"}");
  }

  private TrainRun.Request<ToyModel> request() {
    return request(Optimizers.adamW(new AdamW.Settings(0.9, 0.999, 1e-8, 0), false, Optional.empty()));
  }

  private TrainRun.Request<ToyModel> request(OptimizerFactory optimizer) {
    TargetSelector all = TargetSelector.of(List.of("all-linear"), List.of());
    return new TrainRun.Request<>(ForeignFamilyIT::plugins, new AdapterWish("lora", method -> rank(method, 4),
        new AdapterWish.Targets(all, layers -> { }, layers -> Optional.empty()), OptionPatterns.none(), Map.of(),
        AdapterWish.Wholes.NONE), ToyModel::new, DeviceWish.CPU, Optional.empty(), (model, quantised) -> new ToyTraining(model),
        batches -> new TrainingPlan(60, 1, new LearningRate(LearningRate.Kind.CONSTANT, 0.05, 0, 60), 0, 42)
            .computingIn(DataType.FLOAT32),
        device -> optimizer,
        host -> new TrainingSession.Output(folder.resolve("run"), "toy", false, 30, true, 0, 60, host.formats(),
            host.format("peft"), ElementType.FLOAT32),
        (method, model) -> Map.of());
  }

  @Test
  void isFoundByItsServiceEntryAndItsConfiguration() throws IOException {
    assertThat(ModelFamilies.of(config())).isInstanceOf(ToyFamily.class);
    assertThat(ModelFamilies.of(folder)).isInstanceOf(ToyFamily.class);
    assertThat(AdapterBase.named("toy1").layers()).containsOnlyKeys("model");
    assertThat(AdapterBase.named(folder.toString()).kind()).isSameAs(ToyModel.KIND);
  }

  @Test
  void isCounted() throws IOException {
    try (PluginHost host = plugins()) {
      ParameterPlan plan = ParameterPlan.of(
          new ParameterPlan.Run(config(),
              new TrainingSetup(ElementType.FLOAT32, Optional.empty(), false, 1, PlannedDevice.CPU), new PlannedRun(1, 64, true)),
          TargetSelector.of(List.of("all-linear"), List.of()), rank(host.method("lora"), 2));

      assertThat(plan.family()).isEqualTo("toy");
      assertThat(plan.modelParameters()).isEqualTo(64);
      assertThat(plan.trainableParameters()).isEqualTo(32);
      assertThat(plan.forecast().activations()).isEqualTo(64);
    }
  }

  /** Half of the identity is of rank 4: what is left of the mean square is 4 of 64, of 8 of 64 before. */
  @Test
  void isTrained() throws IOException {
    List<Path> written = TrainRun.run(request(), told::add);

    assertThat(written).contains(folder.resolve("run/toy")).allMatch(Files::exists);
    assertThat(told).first().isEqualTo("A toy's data.");
    assertThat(told).last().isEqualTo("Done after 60 steps.");
    List<String> losses = Files.readAllLines(folder.resolve("run/loss.csv"));
    String last = losses.get(losses.size() - 1);
    assertThat(Double.parseDouble(last.substring(last.lastIndexOf(',') + 1))).isBetween(0.0624, 0.1);
    try (PluginHost host = plugins()) {
      assertThat(new Inspector(host.formats(), host.methods()).inspect(folder.resolve("run/toy")).kind().base())
          .isEqualTo("toy1");
    }
  }

  /** A true step, and at some time what libtorch throws in its place. */
  private static OptimizerFactory failing(int step, String message) {
    return (parameters, rateFactor, owner) -> {
      Optimizer real = OptimizerFactory.adamW(new AdamW.Settings(0.9, 0.999, 1e-8, 0))
          .make(parameters, rateFactor, owner);
      int[] steps = {0};
      return new Optimizer() {
        @Override
        public double step(double learningRate, double gradientScale, double maxGradientNorm) {
          if (++steps[0] == step) {
            throw new EngineException(message);
          }
          return real.step(learningRate, gradientScale, maxGradientNorm);
        }

        @Override
        public Map<String, NDArray> state() {
          return real.state();
        }
      };
    };
  }

  @Test
  void tooLittleMemoryIsToldWithWhatTakesItAndWhatHelps() {
    assertThatThrownBy(() -> TrainRun.run(request(failing(1, "CUDA out of memory. Tried to allocate 2 GiB.\nat x")),
        told::add)).isInstanceOf(UserException.class)
        .hasMessageStartingWith("There is too little memory for this training: CUDA out of memory. Tried to allocate"
            + " 2 GiB.\n  the base's model holds 0.0 MB in float32\n  the adapter holds up to 0.0 MB")
        .hasMessageContaining("«gradient checkpointing» and «base type nf4»").hasMessageContaining("«params»");
  }

  @Test
  void aGpuThatStopsWorkingLeavesTheLastCheckpoint() {
    assertThatThrownBy(() -> TrainRun.run(request(failing(45, "CUDA error: unspecified launch failure")), told::add))
        .isInstanceOf(UserException.class).hasMessageContaining("GPU stopped working")
        .hasMessageContaining("unspecified launch failure").hasMessageContaining("run the same command again");

    TrainRun.run(request(failing(31, "more steps than there are after the checkpoint of step 30")), told::add);
    assertThat(told).last().isEqualTo("Done after 60 steps.");
  }
}
