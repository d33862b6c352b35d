package dev.kasane.bench.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.app.base.ComputeDevice;
import dev.kasane.bench.BaseOptions;
import dev.kasane.bench.ProcessMemory;
import dev.kasane.bench.RandomWeights;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.spi.LiveUpdate;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.OperatorThreads;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.Trainer;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.plugin.lora.LoraMethod;
import dev.kasane.text.base.TextBase;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.data.EncodedExample;
import dev.kasane.text.data.RowLayout;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.family.Families;
import dev.kasane.text.generation.ContinuationListener;
import dev.kasane.text.generation.GenerationOptions;
import dev.kasane.text.generation.Generator;
import dev.kasane.text.generation.Prompt;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.training.LanguageObjective;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine;

/**
 * Tokens a second of training and of generating with a Llama of random weights, and the memory of both:
 * rank-8 LoRA on the four attention projections, AdamW, every token supervised; then greedy text at batch 1
 * through the same adapter, unmerged.
 */
@Command(name = "LanguageModelBenchmark", mixinStandardHelpOptions = true,
    description = "Times training and generating and prints one line of JSON.")
public final class LanguageModelBenchmark implements Callable<Integer> {
  private static final int RANK = 8;
  private static final List<String> TARGETS = List.of("q_proj", "k_proj", "v_proj", "o_proj");
  private static final double LEARNING_RATE = 1e-4;
  private static final long SEED = 1;
  private static final int PROMPT_TOKENS = 64;

  @Option(names = "--size", defaultValue = "full", description = "full (100 million weights), 1b or tiny.")
  private String size;

  @Option(names = "--rows", defaultValue = "2", description = "Texts of a step.")
  private int rows;

  @Option(names = "--length", defaultValue = "256", description = "Tokens of a text.")
  private int length;

  @Option(names = "--warm-up", defaultValue = "2", description = "Steps before the clock starts.")
  private int warmUp;

  @Option(names = "--steps", defaultValue = "5", description = "Steps to time; 0: no training.")
  private int steps;

  @Option(names = "--new-tokens", defaultValue = "128", description = "Tokens of a continuation.")
  private int newTokens;

  @Option(names = "--texts", defaultValue = "3", description = "Continuations to time, after one that is not.")
  private int texts;

  @Option(names = "--threads", defaultValue = "0", description = "Threads of an operator; 0: libtorch's choice.")
  private int threads;

  @Option(names = "--base", description = "Folder of a stored model in place of random weights of --size.")
  private Path folder;

  @Mixin
  private BaseOptions base;

  private LanguageModelBenchmark() {}

  /** Runs one measurement and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new LanguageModelBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws JsonProcessingException {
    if (IntStream.of(rows, length, newTokens, texts).anyMatch(each -> each < 1)
        || IntStream.of(steps, warmUp, threads).anyMatch(each -> each < 0)) {
      throw new UserException(
          "--steps, --warm-up and --threads must be at least 0, all other numbers at least 1.");
    }
    System.out.println(new ObjectMapper().writeValueAsString(measure()));
    return 0;
  }

  private Map<String, Object> measure() {
    ComputeDevice device = base.device();
    if (threads > 0) {
      OperatorThreads.fix(threads);
    }
    Engines.seed(SEED);
    try (NDManager host = Engines.newManager(); NDManager owner = device.newManager()) {
      CausalLm model = folder == null ? random(host)
          : TextCheckpoint.open(folder).model(ElementType.of(base.type()), host);
      base.quantise(TextBase.quantisable(model, model.config().names()), host);
      device.move(model, owner);
      AdapterSet adapters = adapters(model, owner);
      Map<String, Object> found = new LinkedHashMap<>();
      found.put("side", "java");
      found.put("engine", "libtorch " + Engines.version());
      found.put("work", base.place() + ", " + (folder == null ? size : folder.getFileName()) + ", " + rows + "x" + length + " tokens, "
          + newTokens + " new, " + base + ", " + (threads > 0 ? threads : "its choice of") + " threads");
      found.put("weights", model.namedWeights().values().stream().mapToLong(each -> each.shape().size()).sum());
      found.put("trained_parameters",
          adapters.trainableParameters().values().stream().mapToLong(NDArray::size).sum());
      if (steps > 0) {
        found.put("step_seconds", train(model, adapters, owner));
        found.put("step_tokens", (long) rows * length);
        found.put("training_peak_bytes", ProcessMemory.peakResidentBytes());
        found.put("training_device_bytes", base.deviceBytes());
      }
      found.put("text_seconds", generate(model, owner));
      found.put("text_tokens", newTokens);
      found.put("peak_bytes", ProcessMemory.peakResidentBytes());
      found.put("device_bytes", base.deviceBytes());
      return found;
    }
  }

  private CausalLm random(NDManager owner) {
    CausalLm model = new CausalLm(Families.read(config(), size), base.type());
    RandomWeights.give(model, base.type(), owner);
    return model;
  }

  private JsonNode config() {
    String resource = "/dev/kasane/bench/llama-" + size + ".json";
    try (InputStream in = LanguageModelBenchmark.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new UserException("Option --size is '" + size + "'; it must be full, 1b or tiny.");
      }
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Resource " + resource + " cannot be read", e);
    }
  }

  private static AdapterSet adapters(CausalLm model, NDManager owner) {
    return Injector.attachFresh(CausalLm.COMPONENT, model, TargetSelector.of(TARGETS, List.of()),
        new MethodChoice(new LoraMethod(), Map.of("rank", RANK)), owner);
  }

  private List<Double> train(CausalLm model, AdapterSet adapters, NDManager owner) {
    TextBatch batch = batch(model.config().vocabularySize());
    long all = (long) warmUp + steps;
    TrainingPlan plan =
        new TrainingPlan(all, 1, new LearningRate(LearningRate.Kind.CONSTANT, LEARNING_RATE, 0, all), 0, SEED);
    List<Double> seconds = new ArrayList<>();
    long[] before = {System.nanoTime()};
    TrainingListener clock = new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        long now = System.nanoTime();
        if (step.number() > warmUp) {
          seconds.add((now - before[0]) / 1e9);
        }
        before[0] = now;
      }
    };
    adapters.phase(LiveUpdate.Phase.TRAINING);
    new Trainer<>(new LanguageObjective(model, base.isQuantised()), number -> batch,
        new AdamW(adapters.trainableParameters(), AdamW.Settings.DEFAULT, owner), plan.computingIn(model.type()),
        owner.getDevice(), List.of(clock)).run(0);
    adapters.phase(LiveUpdate.Phase.INFERENCE);
    return seconds;
  }

  private TextBatch batch(int vocabulary) {
    Random random = new Random(SEED);
    boolean[] all = new boolean[length];
    Arrays.fill(all, true);
    return RowLayout.of(IntStream.range(0, rows).mapToObj(row -> List.of(
        new EncodedExample(random.ints(length, 0, vocabulary).toArray(), all, false, true))).toList(), 0, 1);
  }

  private List<Double> generate(CausalLm model, NDManager owner) {
    int vocabulary = model.config().vocabularySize();
    int[] tokens = new Random(SEED).ints(PROMPT_TOKENS, 0, vocabulary).toArray();
    Generator generator = new Generator(model, new NumberTokenizer(vocabulary), Set.of());
    List<Prompt> prompts = List.of(Prompt.of(tokens, GenerationOptions.greedy(newTokens)));
    List<Double> seconds = new ArrayList<>();
    for (int text = 0; text <= texts; text++) {
      long start = System.nanoTime();
      int found = generator.generate(prompts, ContinuationListener.none(), owner).get(0).tokens().length;
      if (found != newTokens) {
        throw new IllegalStateException(found + " tokens instead of " + newTokens);
      }
      if (text > 0) {
        seconds.add((System.nanoTime() - start) / 1e9);
      }
    }
    return seconds;
  }
}
