package dev.kasane.bench;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.checkpoint.KnownBase;
import dev.kasane.plugin.kohya.KohyaFormat;
import dev.kasane.plugin.lora.LoraMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Milliseconds from an adapter's file, in the page cache, to a model that has it: reading, matching, checking and
 * attaching a rank-32 LoRA of Stable Diffusion 1.5. The base's own weights play no part and are only declared.
 */
public final class AttachBenchmark {
  private static final int WARM_UP = 60;
  private static final int ROUNDS = 41;
  private static final int RANK = 32;

  private AttachBenchmark() {}

  /** Prints the first time of a fresh virtual machine and the median of the later ones, for each choice of layers. */
  public static void main(String[] arguments) throws IOException {
    for (String targets : List.of("attn", "full")) {
      Path file = Files.createTempFile("adapter", ".safetensors");
      try {
        write(file, targets);
        measure(file, targets);
      } finally {
        Files.delete(file);
      }
    }
  }

  private static void write(Path file, String targets) throws IOException {
    try (NDManager owner = Engines.newManager()) {
      AdapterSet set = Injector.attachFresh(KnownBase.UNET, KnownBase.SD1.components().get(KnownBase.UNET),
          TargetSelector.of(List.of(targets), List.of()),
        new MethodChoice(new LoraMethod(), Map.of("rank", RANK)), owner);
      new KohyaFormat().write(set.toModel(Map.of()), file, ElementType.FLOAT16);
    }
  }

  private static void measure(Path file, String targets) throws IOException {
    Map<String, Module> components = KnownBase.SD1.components();
    Map<String, Collection<String>> paths = KnownBase.SD1.layers();
    double[] milliseconds = new double[ROUNDS];
    double first = 0;
    int layers = 0;
    for (int i = 0; i < WARM_UP + ROUNDS; i++) {
      try (NDManager owner = Engines.newManager()) {
        long start = System.nanoTime();
        Injector.Restored restored = Injector.restore(components,
            new KohyaFormat().read(file, paths, owner), List.of(new LoraMethod()), 1, owner);
        restored.set().attach();
        double taken = (System.nanoTime() - start) / 1e6;
        layers = restored.report().matched().size();
        restored.set().detach();
        first = i == 0 ? taken : first;
        if (i >= WARM_UP) {
          milliseconds[i - WARM_UP] = taken;
        }
      }
    }
    System.out.printf(Locale.ROOT, "targets %s, %d layers, %.1f MB: first %.1f ms, median %.1f ms%n", targets, layers,
        Files.size(file) / 1e6, first, Measurement.median(Arrays.stream(milliseconds).boxed().toList()));
  }
}
