package dev.kasane.quant.cuda;

import dev.kasane.core.natives.NativeLibraries;
import dev.kasane.core.tensor.GpuLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * NVRTC's two files. They come with libtorch for CUDA, so that whoever has a GPU in use has them; a toolkit has
 * them too.
 *
 * @param library the compiler
 * @param builtins what it opens while it compiles
 */
record NvrtcFiles(Path library, Optional<Path> builtins) {
  /** A folder to look in before all others. */
  static final String FOLDER_VARIABLE = "KASANE_NVRTC";

  private static final Pattern LIBRARY = Pattern.compile("(lib)?nvrtc([-_.][0-9a-f_]+)*\\.(so|dll)[.0-9]*");
  private static final Pattern BUILTINS = Pattern.compile("(lib)?nvrtc-builtins.*\\.(so|dll)[.0-9]*");
  private static final int DEPTH = 3;

  /** The first pair in the usual places. */
  static Optional<NvrtcFiles> find() {
    return places().stream().filter(Files::isDirectory).flatMap(NvrtcFiles::in).findFirst();
  }

  /** Where is looked, in this order. */
  static List<Path> places() {
    List<Path> places = new ArrayList<>();
    environment(FOLDER_VARIABLE).ifPresent(places::add);
    environment("PYTORCH_LIBRARY_PATH").ifPresent(folder ->
        places.add(folder.resolve("../..").resolve(GpuLibraries.NVRTC).normalize()));
    GpuLibraries.installed().ifPresent(installed -> places.add(installed.root().resolve(GpuLibraries.NVRTC)));
    places.add(libtorch());
    for (String variable : List.of("CUDA_PATH", "CUDA_HOME")) {
      environment(variable).ifPresent(folder -> {
        places.add(folder.resolve("lib64"));
        places.add(folder.resolve("bin"));
      });
    }
    places.add(Path.of("/usr/local/cuda/lib64"));
    places.add(Path.of("/usr/lib/x86_64-linux-gnu"));
    return places;
  }

  private static Path libtorch() {
    return NativeLibraries.folder("pytorch");
  }

  private static Optional<Path> environment(String variable) {
    return Optional.ofNullable(System.getenv(variable)).filter(value -> !value.isBlank()).map(Path::of);
  }

  private static Stream<NvrtcFiles> in(Path folder) {
    try (Stream<Path> files = Files.walk(folder, folder.equals(libtorch()) ? DEPTH : 1)) {
      List<Path> all = files.filter(Files::isRegularFile).sorted(Comparator.reverseOrder()).toList();
      return all.stream().filter(file -> matches(LIBRARY, file)).limit(1).map(library -> new NvrtcFiles(library,
          all.stream().filter(file -> matches(BUILTINS, file) && file.getParent().equals(library.getParent()))
              .findFirst()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean matches(Pattern pattern, Path file) {
    return pattern.matcher(file.getFileName().toString()).matches();
  }
}
