package dev.kasane.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.app.base.ComputeDevice;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.spi.LiveUpdate;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.OperatorThreads;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.Trainer;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.base.ImageBase;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.plugin.lora.LoraMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine;

/**
 * Seconds and memory of one training step: rank-8 LoRA on the attention projections of a U-Net, mean squared error,
 * AdamW, by the trainer that {@code kasane train} uses.
 */
@Command(name = "TrainingStepBenchmark", mixinStandardHelpOptions = true,
    description = "Times training steps and prints one line of JSON.")
public final class TrainingStepBenchmark implements Callable<Integer> {
  private static final int RANK = 8;
  private static final double LEARNING_RATE = 1e-4;
  private static final long SEED = 1;
  private static final int PIXELS_OF_A_LATENT = 8;

  @Option(names = "--size", defaultValue = "full", description = "full (Stable Diffusion 1.5) or tiny.")
  private String size;

  @Option(names = "--batch", defaultValue = "1", description = "Pictures of a step.")
  private int batch;

  @Option(names = "--resolution", defaultValue = "0", description = "Pixels of a picture's side; 0: the size's own.")
  private int resolution;

  @Mixin
  private BaseOptions base;

  @Option(names = "--warm-up", defaultValue = "2", description = "Steps before the clock starts.")
  private int warmUp;

  @Option(names = "--steps", defaultValue = "5", description = "Steps to time.")
  private int steps;

  @Option(names = "--threads", defaultValue = "0", description = "Threads of an operator; 0: libtorch's choice.")
  private int threads;

  @Option(names = "--gradient-checkpointing", description = "Compute inner results again in backward.")
  private boolean checkpointing;

  private TrainingStepBenchmark() {}

  /** Runs one measurement and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new TrainingStepBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() {
    if (Math.min(steps, batch) < 1 || Math.min(warmUp, threads) < 0 || resolution < 0
        || resolution % PIXELS_OF_A_LATENT > 0) {
      throw new UserException("--steps and --batch must be at least 1, --warm-up and --threads at least 0,"
          + " --resolution a multiple of " + PIXELS_OF_A_LATENT + ".");
    }
    System.out.println(measure(BenchmarkSize.parse(size)).toJson());
    return 0;
  }

  private Measurement measure(BenchmarkSize chosen) {
    ComputeDevice device = base.device();
    if (threads > 0) {
      OperatorThreads.fix(threads);
    }
    Engines.seed(SEED);
    try (NDManager host = Engines.newManager(); NDManager owner = device.newManager()) {
      UNet2DConditionModel unet = new UNet2DConditionModel(chosen.config());
      RandomWeights.give(unet, base.type(), host);
      base.quantise(ImageBase.quantisable(unet), host);
      device.move(unet, owner);
      AdapterSet adapters = adapters(unet, owner);
      Map<String, NDArray> parameters = adapters.trainableParameters();
      DenoisingStep.Example example = DenoisingStep.Example.random(
          chosen.config(), batch, pixels(chosen) / PIXELS_OF_A_LATENT, base.type(), owner);
      StepClock clock = new StepClock(warmUp);
      new Trainer<>(new DenoisingStep(unet, checkpointing || base.isQuantised()), number -> example,
          new AdamW(parameters, AdamW.Settings.DEFAULT, owner), plan().computingIn(base.type()),
          owner.getDevice(), List.of(clock)).run(0);
      long trained = parameters.values().stream().mapToLong(NDArray::size).sum();
      return new Measurement("java", "libtorch " + Engines.version(), work(chosen), clock.seconds,
          Measurement.median(clock.seconds), ProcessMemory.peakResidentBytes(), base.deviceBytes(), trained,
          clock.loss);
    }
  }

  private int pixels(BenchmarkSize chosen) {
    return resolution > 0 ? resolution : chosen.resolution();
  }

  private String work(BenchmarkSize chosen) {
    return base.place() + ", " + chosen + ", " + batch + " of " + pixels(chosen) + " pixels, " + base
        + (checkpointing ? ", gradient checkpointing" : "") + ", "
        + (threads > 0 ? threads : "its choice of") + " threads, " + warmUp + " steps before";
  }

  private static AdapterSet adapters(UNet2DConditionModel unet, NDManager owner) {
    AdapterSet adapters = Injector.attachFresh("unet", unet, TargetSelector.of(List.of(), List.of()),
        new MethodChoice(new LoraMethod(), Map.of("rank", RANK)), owner);
    adapters.phase(LiveUpdate.Phase.TRAINING);
    return adapters;
  }

  private TrainingPlan plan() {
    long all = (long) warmUp + steps;
    return new TrainingPlan(all, 1, new LearningRate(LearningRate.Kind.CONSTANT, LEARNING_RATE, 0, all), 0, SEED);
  }

  /** Notes how long each step took since the one before; the first one starts with the clock. */
  private static final class StepClock implements TrainingListener {
    private final int warmUp;
    private final List<Double> seconds = new ArrayList<>();
    private long before = System.nanoTime();
    private double loss;

    StepClock(int warmUp) {
      this.warmUp = warmUp;
    }

    @Override
    public void onStep(StepReport step) {
      long now = System.nanoTime();
      if (step.number() > warmUp) {
        seconds.add((now - before) / 1e9);
      }
      before = now;
      loss = step.loss();
    }
  }
}
