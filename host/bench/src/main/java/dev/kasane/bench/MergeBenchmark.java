package dev.kasane.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.algebra.AlgebraProgress;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.MixPart;
import dev.kasane.core.algebra.merge.CheckpointMerge;
import dev.kasane.core.algebra.merge.MergeOptions;
import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import dev.kasane.diffusion.checkpoint.BaseLayers;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Merging a LoRA of rank 32, on every layer of the attention blocks and of the text encoder, into a file with the
 * shapes of Stable Diffusion 1.5, taking it out again, and copying the same file. All end with the bytes on disk,
 * all read from the page cache, and they take turns.
 */
@Command(name = "merge-benchmark", mixinStandardHelpOptions = true,
    description = "Time merging into a random checkpoint against copying it.")
final class MergeBenchmark implements Callable<Integer> {
  private static final int RANK = 32;

  @Option(names = "--folder", required = true, description = "Where three files of 4.3 GB have room.")
  private Path folder;

  @Option(names = "--dtype", defaultValue = "float32", description = "Stored type; 4.3 GB in float32, 2.1 in float16.")
  private String dtype;

  @Option(names = "--rounds", defaultValue = "3", description = "Turns.")
  private int rounds;

  @Option(names = "--no-verify", description = "Leave the self-test out.")
  private boolean unverified;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new MergeBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path base = folder.resolve("base.safetensors");
    Path result = folder.resolve("result.safetensors");
    RandomCheckpoint.write(base, ElementType.named(dtype));
    List<Double> copies = new ArrayList<>();
    List<Double> merges = new ArrayList<>();
    List<Double> unmerges = new ArrayList<>();
    try (CheckpointLayers layers = BaseLayers.open(base).orElseThrow(); NDManager scope = Engines.newManager()) {
      MixPart part = new MixPart("random", adapter(layers, scope), 1, BlockWeights.none());
      for (int round = 0; round < rounds; round++) {
        copies.add(seconds(result, () -> copy(base, result)));
        merges.add(seconds(result, () -> merge(layers, part, false, result)));
        unmerges.add(seconds(result, () -> merge(layers, part, true, result)));
      }
    }
    double copied = Measurement.median(copies);
    System.out.println(String.format(Locale.ROOT, "%d MiB %s: copy %.2f s; merge %s; unmerge %s; peak memory %d MiB",
        Files.size(base) >> 20, dtype, copied, beside(copied, merges), beside(copied, unmerges),
        ProcessMemory.peakResidentBytes() >> 20));
    return 0;
  }

  private void merge(CheckpointLayers layers, MixPart part, boolean subtract, Path result) {
    new CheckpointMerge(layers, List.of(part), List.of(), new MergeOptions(subtract, !unverified))
        .write(Map.of(layers.root(), result), Map.of(), AlgebraProgress.SILENT);
  }

  private static String beside(double copied, List<Double> all) {
    double median = Measurement.median(all);
    return String.format(Locale.ROOT, "%.2f s, ratio %.2f", median, median / copied);
  }

  private static AdapterModel adapter(CheckpointLayers layers, NDManager scope) {
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    layers.paths().forEach((component, paths) -> {
      List<AdapterModule> modules = new ArrayList<>();
      for (String path : paths) {
        Shape shape = layers.shape(component, path).orElseThrow();
        if (shape.dimension() > 1 && (path.contains(".attentions.") || path.startsWith("text_model.encoder."))) {
          NDArray down = Ops.randomNormal(scope, new Shape(RANK, shape.get(1)));
          NDArray up = Ops.randomNormal(scope, new Shape(shape.get(0), RANK)).mul(0.01);
          modules.add(new AdapterModule(path, Map.of(LoraNames.DOWN, down, LoraNames.UP, up), Map.of()));
        }
      }
      components.put(component, modules);
    });
    return new AdapterModel(components, List.of(), Map.of());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (FileChannel source = FileChannel.open(from);
        FileChannel target = FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (long done = 0; done < source.size();) {
        done += source.transferTo(done, source.size() - done, target);
      }
      target.force(true);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static double seconds(Path result, Work work) throws IOException {
    Files.deleteIfExists(result);
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }
}
