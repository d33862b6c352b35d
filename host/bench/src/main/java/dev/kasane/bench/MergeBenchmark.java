package dev.kasane.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.CheckpointMerge;
import dev.kasane.core.algebra.MergeOptions;
import dev.kasane.core.algebra.MixPart;
import dev.kasane.core.algebra.Steps;
import dev.kasane.core.checkpoint.Precision;
import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import dev.kasane.diffusion.checkpoint.BaseLayers;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Merging a LoRA of rank 32 on every layer of the attention blocks into a U-Net file, against copying the same
 * file. Both end with the bytes on disk, both read from the page cache, and they take turns.
 */
@Command(name = "merge-benchmark", mixinStandardHelpOptions = true,
    description = "Time merging into a random checkpoint against copying it.")
final class MergeBenchmark implements Callable<Integer> {
  private static final int RANK = 32;

  @Option(names = "--folder", required = true, description = "Where three files of the size have room.")
  private Path folder;

  @Option(names = "--gib", defaultValue = "1", description = "Size of the file; SD 1.5's U-Net has 1.6 in float16.")
  private double size;

  @Option(names = "--dtype", defaultValue = "float16", description = "Stored type.")
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
    RandomCheckpoint.write(base, Precision.named(dtype), (long) (size * (1L << 30)));
    List<Double> copies = new ArrayList<>();
    List<Double> merges = new ArrayList<>();
    try (CheckpointLayers layers = BaseLayers.open(base).orElseThrow(); NDManager scope = Engines.newManager()) {
      MixPart part = new MixPart("random", adapter(layers, scope), 1, BlockWeights.none());
      for (int round = 0; round < rounds; round++) {
        copies.add(seconds(() -> copy(base, folder.resolve("copy.safetensors"))));
        merges.add(seconds(() -> new CheckpointMerge(layers, List.of(part), List.of(),
            new MergeOptions(false, !unverified)).write(Map.of(base, folder.resolve("merged.safetensors")),
                Map.of(), Steps.SILENT)));
      }
    }
    double copied = Measurement.median(copies);
    double merged = Measurement.median(merges);
    System.out.println(String.format(Locale.ROOT,
        "%d MiB %s: copy %.2f s, merge %.2f s, ratio %.2f, peak memory %d MiB", Files.size(base) >> 20, dtype, copied,
        merged, merged / copied, ProcessMemory.peakResidentBytes() >> 20));
    return 0;
  }

  private static AdapterModel adapter(CheckpointLayers layers, NDManager scope) {
    List<AdapterModule> modules = new ArrayList<>();
    for (String path : layers.paths().get("unet")) {
      Shape shape = layers.shape("unet", path).orElseThrow();
      if (path.contains(".attentions.") && shape.dimension() > 1) {
        NDArray down = Ops.randomNormal(scope, new Shape(RANK, shape.get(1)));
        NDArray up = Ops.randomNormal(scope, new Shape(shape.get(0), RANK)).mul(0.01);
        modules.add(new AdapterModule(path, Map.of("lora_down.weight", down, "lora_up.weight", up), Map.of()));
      }
    }
    return new AdapterModel(Map.of("unet", modules), List.of(), Map.of());
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

  private static double seconds(Work work) throws IOException {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }
}
