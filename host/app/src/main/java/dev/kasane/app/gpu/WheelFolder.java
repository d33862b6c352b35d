package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
  public Prepared prepare(List<Wheel> wheels) {
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
          + " a machine with a network, with '" + Python.download(wheels) + "', and name their folder.",
          faults.stream().map(fault -> "  " + fault).toList(), null);
    }
    return new Prepared(0, 0);
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
