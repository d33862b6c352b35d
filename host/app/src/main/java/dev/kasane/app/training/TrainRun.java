package dev.kasane.app.training;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import dev.kasane.app.base.ComputeDevice;
import dev.kasane.app.base.DeviceWish;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.terminal.Progress;
import dev.kasane.core.UserException;
import dev.kasane.core.family.BaseModel;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.family.Training;
import dev.kasane.core.family.TrainingFacts;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.quant.Originals;
import dev.kasane.quant.QuantisationSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** A run of training, whichever family's model is trained: the one place that knows the order of its steps. */
public final class TrainRun<M extends BaseModel> {
  private final Request<M> request;
  private final Consumer<String> tell;
  private final MethodChoice choice;
  private final ComputeDevice device;

  /**
   * What is trained on what, and how.
   *
   * @param plugins starts the plugins
   * @param adapters what is trained
   * @param base opens the base
   * @param device where to compute
   * @param storage in how many bits the base is held; nothing for as it is stored
   * @param training reads and checks what is learnt from; told whether the base will be in few bits
   * @param plan the numbers of the run, by batches that show everything once
   * @param optimizer what moves the parameters
   * @param output where results go
   * @param settings every option that the result depends on, by name
   */
  public record Request<M extends BaseModel>(Supplier<PluginHost> plugins, AdapterWish adapters, Supplier<M> base,
      DeviceWish device, Optional<QuantisationSettings> storage, BiFunction<M, Boolean, Training<?>> training,
      LongFunction<TrainingPlan> plan, Function<ComputeDevice, OptimizerFactory> optimizer,
      Function<PluginHost, TrainingSession.Output> output,
      BiFunction<MethodChoice, M, Map<String, String>> settings) {}

  private TrainRun(Request<M> request, PluginHost host, Consumer<String> tell) {
    this.request = request;
    this.tell = tell;
    this.choice = request.adapters().choice().apply(host.method(request.adapters().method()));
    if (choice.needsOriginals() && request.storage().isEmpty()) {
      throw new UserException("With these options the adapters of method " + choice.method().id() + " start from what is lost"
          + " when a dense base is quantised as it is loaded (LoftQ), and here nothing is. Give «base type nf4», or"
          + " another init.");
    }
    this.device = ComputeDevice.choose(request.device(), hostOnly(), tell);
  }

  private Optional<String> hostOnly() {
    return choice.needsOriginals()
        ? Optional.of("adapters that start from what quantising loses (LoftQ) do so on the CPU") : Optional.empty();
  }

  /**
   * Trains to the end and writes everything. Nothing heavy starts before everything that was typed and all data have
   * been checked.
   *
   * @param tell shows a line to the user
   * @return the files and folders that were written
   */
  public static <M extends BaseModel> List<Path> run(Request<M> request, Consumer<String> tell) {
    try (PluginHost host = request.plugins().get()) {
      TrainRun<M> run = new TrainRun<>(request, host, tell);
      try (M base = request.base().get()) {
        request.adapters().requireTargets(base.parts());
        boolean quantised = request.storage().isPresent() || base.isStoredQuantised();
        return run.train(base, request.training().apply(base, quantised), host);
      }
    }
  }

  private <B> List<Path> train(M base, Training<B> training, PluginHost host) {
    TrainingPlan plan = request.plan().apply(training.batchesPerEpoch());
    OptimizerFactory optimizer = request.optimizer().apply(device);
    TrainingSession.Output output = request.output().apply(host);
    training.report(tell);
    try (NDManager owner = device.newManager()) {
      AdapterSet adapters = attach(base, training, plan.seed(), owner);
      training.attached(adapters, tell);
      TrainingFacts facts = training.facts(
          plan, request.settings().apply(choice, base), request.adapters().recorded(base.parts()));
      TrainingSession session = new TrainingSession(adapters, training.samples(), plan, output, tell);
      List<Path> written = trained(base.parts(), adapters,
          () -> session.run(() -> training.task(adapters, owner, Progress::start), optimizer, facts));
      training.finished(adapters, owner, tell);
      return written;
    }
  }

  private List<Path> trained(BaseParts base, AdapterSet adapters, Supplier<List<Path>> session) {
    try {
      return session.get();
    } catch (EngineException e) {
      throw MachineFault.of(e, base, adapters, request.storage().isPresent())
          .<RuntimeException>map(Function.identity()).orElse(e);
    }
  }

  private AdapterSet attach(M base, Training<?> training, long seed, NDManager owner) {
    try (Originals originals = device.load(base, request.storage(), choice.needsOriginals(), owner, tell)) {
      training.loaded(tell);
      Engines.seed(seed);
      return request.adapters().attach(base.parts(), choice, owner);
    }
  }
}
