package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Wheels that the user has brought along.
 *
 * @param folder where they lie
 */
record WheelFolder(Path folder) implements WheelSource {
  @Override
  public String task() {
    return "Checking";
  }

  @Override
  public long prepare(List<Wheel> wheels) {
    if (!Files.isDirectory(folder)) {
      throw new FileFault(folder, "there is no such folder; name the one that the wheels lie in");
    }
    List<String> faults = new ArrayList<>();
    for (Wheel wheel : wheels) {
      Path file = folder.resolve(wheel.file());
      try {
        if (!Files.isRegularFile(file)) {
          faults.add(wheel.file() + " is missing");
        } else if (!wheel.maybe(file)) {
          faults.add(wheel.file() + " has " + Files.size(file) + " bytes, expected " + wheel.size());
        }
      } catch (IOException e) {
        throw FileFault.of(file, "cannot be looked at", e);
      }
    }
    if (!faults.isEmpty()) {
      throw new UserException(folder + " does not hold what is needed; nothing was installed. Fetch these very files on"
          + " a machine with a network, with " + command(wheels) + ", and name their folder.",
          faults.stream().map(fault -> "  " + fault).toList(), null);
    }
    return 0;
  }

  /** What fetches them by pip. */
  private static String command(List<Wheel> wheels) {
    // torch-2.7.1-cp311-cp311-manylinux_2_28_x86_64.whl
    String[] torch = wheels.get(0).file().split("-");
    return "'pip download --no-deps --only-binary=:all: --python-version " + torch[2].replaceFirst("cp3", "3.") + " "
        + wheels.stream().map(wheel -> wheel.project() + "==" + wheel.file().split("-")[1])
            .collect(Collectors.joining(" ")) + "'";
  }

  @Override
  public Path fetch(Wheel wheel, BytesListener progress) {
    Path file = folder.resolve(wheel.file());
    wheel.fault(file, folder.toString()).ifPresent(fault -> {
      throw fault;
    });
    progress.add(wheel.size());
    return file;
  }
}
