package dev.kasane.app.sweep;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.AdapterFit;
import dev.kasane.app.adapter.AdapterLoading;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.adapter.Conversion;
import dev.kasane.app.adapter.ConversionWish;
import dev.kasane.app.adapter.FormatChoice;
import dev.kasane.app.adapter.LoadReport;
import dev.kasane.app.adapter.LoadedAdapter;
import dev.kasane.app.algebra.AdapterReader;
import dev.kasane.app.algebra.MixCheck;
import dev.kasane.app.algebra.ReadAdapter;
import dev.kasane.app.inspect.Depth;
import dev.kasane.app.inspect.FileInspection;
import dev.kasane.app.inspect.Inspector;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.AlgebraProgress;
import dev.kasane.core.algebra.DeltaSource;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.algebra.MixMethod;
import dev.kasane.core.algebra.MixOptions;
import dev.kasane.core.algebra.MixPart;
import dev.kasane.core.algebra.Mixer;
import dev.kasane.core.algebra.RankRule;
import dev.kasane.core.algebra.Resizer;
import dev.kasane.core.algebra.Verifier;
import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;

/** Takes one file through everything that takes adapter files, by the code that the commands run. */
final class Trial {
  /** Of computing: on a busy machine waiting says nothing. */
  private static final long HANG_MILLIS = 5_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final PluginHost plugins;
  private final Bases bases;
  private final Path file;
  private final Path folder;
  private final Random random;
  private final Map<String, String> outcomes = new LinkedHashMap<>();
  private boolean sound;

  /**
   * @param file the damaged file
   * @param folder where results may be written
   * @param seed picks among bases and types
   */
  Trial(PluginHost plugins, Bases bases, Path file, Path folder, long seed) {
    this.plugins = plugins;
    this.bases = bases;
    this.file = file;
    this.folder = folder;
    this.random = new Random(seed);
  }

  /** By what was tried: {@code done}, {@code refused}, or what went wrong. */
  Map<String, String> run() {
    boolean text = random.nextInt(8) == 0 || isOfLanguageModel();
    Optional<AdapterBase> named = random.nextBoolean() ? Optional.of(bases.live(text)) : Optional.empty();
    attempt("inspect", () -> {
      sound = isSound(file);
      return sound;
    });
    if (random.nextInt(4) == 0) {
      attempt("inspect against", () -> against(text));
    }
    for (AdapterFormat format : plugins.formats()) {
      attempt("convert to " + format.id(), () -> convert(format, named));
    }
    mixAll(random.nextBoolean() ? Optional.of(bases.layers(text)) : Optional.empty());
    attempt("train", () -> train(text));
    return outcomes;
  }

  private boolean isOfLanguageModel() {
    try {
      return Files.isDirectory(file) && !Files.readString(file.resolve("adapter_model.safetensors"), ISO_8859_1)
          .contains("mid_block");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isSound(Path file) throws IOException {
    FileInspection found = new Inspector(plugins.formats(), plugins.methods()).inspect(file, new Depth(false, true));
    return found.isSound();
  }

  /** Whether the file is damaged and nothing should have come of it is checked for all but inspections. */
  private void attempt(String what, Callable<Boolean> work) {
    long start = THREADS.getCurrentThreadCpuTime();
    String outcome;
    try {
      outcome = work.call() ? "done" : "refused";
      if (outcome.equals("done") && !sound && !what.startsWith("inspect")) {
        outcome = "SUCCESS ON A DAMAGED FILE";
      }
    } catch (UserException | IOException | UncheckedIOException announced) {
      outcome = announced.getMessage() == null ? "NO MESSAGE " + announced : "refused";
    } catch (Exception | Error fault) {
      outcome = "FAULT " + at(fault);
    }
    long millis = (THREADS.getCurrentThreadCpuTime() - start) / 1_000_000;
    outcomes.put(what, millis > HANG_MILLIS ? "HANG of " + millis + " ms, " + outcome : outcome);
  }

  private static String at(Throwable fault) {
    String frames = "";
    for (StackTraceElement frame : fault.getStackTrace()) {
      if (frame.getClassName().startsWith("dev.kasane")) {
        frames += " < " + frame.getFileName() + ":" + frame.getLineNumber();
      }
    }
    return fault.toString().lines().findFirst().orElse("") + frames.substring(0, Math.min(frames.length(), 240));
  }

  private boolean against(boolean text) {
    try (NDManager scope = Engines.newManager()) {
      FormatChoice.Chosen chosen = new FormatChoice(plugins.formats(), plugins.methods()).recognise(file);
      LoadReport.of(chosen, bases.live(text), plugins.methods(), scope);
      return true;
    }
  }

  private boolean convert(AdapterFormat format, Optional<AdapterBase> base) throws IOException {
    Path out = folder.resolve(format.writesFolders() ? "out" : "out.safetensors");
    Optional<ElementType> type = random.nextInt(3) == 0
        ? Optional.of(ElementType.PRECISIONS.get(random.nextInt(3))) : Optional.empty();
    new Conversion(new FormatChoice(plugins.formats(), plugins.methods()), new AdapterFit(plugins.methods()), format,
        new ConversionWish(file, out, type, false, base)).run();
    requireSound(out);
    return true;
  }

  /** What was written must be sound itself; that a folder of several parts is none is another matter. */
  private void requireSound(Path written) throws IOException {
    boolean parts = Files.isDirectory(written) && !Files.exists(written.resolve("adapter_model.safetensors"));
    if (!parts) {
      FileInspection found = new Inspector(plugins.formats(), plugins.methods()).inspect(written, new Depth(false, true));
      if (!found.isSound()) {
        throw new IllegalStateException("What was written is damaged: " + found.problems());
      }
    }
  }

  private void mixAll(Optional<? extends LayerTable> base) {
    try (NDManager scope = Engines.newManager()) {
      ReadAdapter[] read = new ReadAdapter[1];
      attempt("read", () -> {
        read[0] = new AdapterReader(plugins.formats(), plugins.methods(), base.map(each -> each), false)
            .read(new AdapterReference(file, 1), scope);
        return true;
      });
      if (read[0] != null) {
        for (MixMethod method : MixMethod.values()) {
          attempt("mix by " + method, () -> mix(method, read[0], scope));
        }
        attempt("resize", () -> resize(read[0], scope));
      }
    }
  }

  private boolean mix(MixMethod method, ReadAdapter read, NDManager owner) throws IOException {
    MixOptions options = new MixOptions(method, method.isDense() ? Optional.of(RankRule.fixed(1)) : Optional.empty(),
        method.isSparse() ? 0.5 : 1, random.nextBoolean(), 1, 0);
    DeltaSource deltas = new DeltaSource(plugins.methods(), read.layers());
    List<MixPart> parts = List.of(new MixPart("a", read.model(), 1, BlockWeights.none()),
        new MixPart("b", read.model(), -0.5, BlockWeights.none()));
    try (NDManager scope = owner.newSubManager()) {
      Mixer.Mixed mixed = new Mixer(options, deltas, AlgebraProgress.SILENT).mix(parts, Map.of(), scope);
      AdapterModel rounded = Verifier.rounded(mixed.model(), ElementType.FLOAT32, scope);
      new MixCheck(options, deltas, ElementType.FLOAT32, scope).of(rounded, mixed.lost(), parts);
      write(rounded, read);
    }
    return true;
  }

  private boolean resize(ReadAdapter read, NDManager owner) throws IOException {
    RankRule one = RankRule.fixed(1);
    try (NDManager scope = owner.newSubManager()) {
      Resizer.Resized resized = new Resizer("a", one, one, AlgebraProgress.SILENT).resize(read.model(), Map.of(), scope);
      write(Verifier.rounded(resized.model(), ElementType.FLOAT32, scope), read);
    }
    return true;
  }

  private void write(AdapterModel model, ReadAdapter read) throws IOException {
    AdapterFormat format = plugins.format(read.format());
    format.write(model, folder.resolve(format.writesFolders() ? "mix" : "mix.safetensors"), ElementType.FLOAT32);
  }

  private boolean train(boolean text) {
    try (NDManager scope = Engines.newManager()) {
      LoadedAdapter loaded = new AdapterLoading(plugins.formats(), plugins.methods(), Set.of())
          .load(new AdapterReference(file, 1), bases.live(text), scope);
      try {
        bases.train(text, loaded.set(), scope);
      } finally {
        loaded.set().detach();
      }
      return true;
    }
  }
}
