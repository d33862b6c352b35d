package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import dev.kasane.core.tensor.GpuLibraries;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts libtorch for CUDA in place for this user, and takes it away. */
public final class GpuSetup {
  private GpuSetup() {}

  /**
   * What is installed already and can be used as it is.
   *
   * @param own whether what lies in Python's folders does not count
   * @throws UserException where nothing can be installed
   */
  public static Optional<GpuLibraries> current(boolean own) {
    return GpuInstallation.ofThisUser().current(own);
  }

  /** Installs from wheels in a folder. */
  public static GpuLibraries fromFolder(Path folder) {
    return GpuInstallation.ofThisUser().install(new WheelFolder(folder));
  }

  /**
   * Installs from a Python index: the one named, those that pip is configured for, or the one that pip takes by itself.
   *
   * @throws UserException when nobody knows one, or it has not what is needed
   */
  public static GpuLibraries fromIndex(Optional<String> named) {
    GpuInstallation installation = GpuInstallation.ofThisUser();
    PipSettings settings = PipSettings.read(System::getenv, Path.of(System.getProperty("user.home")));
    PythonIndex index = PythonIndex.of(new Http(settings), named.map(List::of).orElseGet(() -> configured(settings)));
    return installation.install(new IndexWheels(index, installation.wheels()));
  }

  private static List<String> configured(PipSettings settings) {
    if (settings.hasIndex()) {
      return settings.indexes();
    }
    String usual = python().flatMap(Python::index).orElseThrow(() -> new UserException("No Python index is known here:"
        + " pip is not configured for one, and there is no pip to ask for its own. Name one with"
        + " «gpu install, index URL», or a folder that the wheels lie in with «gpu install, from DIR»."));
    return Stream.concat(Stream.of(usual), settings.indexes().stream()).toList();
  }

  private static Optional<Python> python() {
    return Python.find(Optional.ofNullable(System.getenv("PATH")).orElse(""));
  }

  /**
   * Uses what the user's Python has.
   *
   * @throws UserException when it has no torch, or one that does not fit
   */
  public static GpuLibraries fromPython() {
    Python python = python().orElseThrow(() -> new UserException("There is no python3 on the PATH."));
    return GpuInstallation.ofThisUser().use(PythonTorch.find(python).orElseThrow(() -> new UserException(
        python.program() + " has no torch. «gpu install» fetches one.")));
  }

  /** The torch of the user's Python that could be used as it is, in words; nothing where there is none. */
  public static Optional<String> usable() {
    return GpuLock.find(System.getProperty("os.name"), System.getProperty("os.arch"))
        .flatMap(lock -> python().flatMap(PythonTorch::find).filter(torch -> torch.fits(lock)))
        .map(PythonTorch::toString);
  }

  /** What would be installed here, in words. */
  public static String plan() {
    GpuLock lock = GpuLock.forThisMachine();
    return String.format(Locale.ROOT, "libtorch %s for CUDA %s: %.1f GiB to fetch, %.1f GiB unpacked",
        lock.libtorch(), lock.cuda(), lock.size() / (double) (1L << 30), lock.unpackedSize() / (double) (1L << 30));
  }

  /**
   * Removes what is installed, and what was fetched for it.
   *
   * @return bytes that are free now
   */
  public static long remove() {
    return GpuInstallation.remove();
  }
}
