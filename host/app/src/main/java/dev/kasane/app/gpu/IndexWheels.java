package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Wheels from a Python index. They are kept until all are there, and so are the beginnings of those that broke off.
 *
 * @param index where they are looked for
 * @param folder an existing one of the user's own, where they are kept
 */
record IndexWheels(PythonIndex index, Path folder) implements WheelSource {
  @Override
  public String task() {
    return "Fetching";
  }

  @Override
  public Prepared prepare(List<Wheel> wheels) {
    long before = wheels.stream().mapToLong(this::there).sum();
    return new Prepared(wheels.stream().mapToLong(Wheel::size).sum() - before, before);
  }

  private long there(Wheel wheel) {
    try {
      if (wheel.maybe(folder.resolve(wheel.file()))) {
        return wheel.size();
      }
      // A part that is too long comes anew.
      return Files.exists(part(wheel)) && Files.size(part(wheel)) <= wheel.size() ? Files.size(part(wheel)) : 0;
    } catch (IOException e) {
      throw FileFault.of(folder, "cannot be looked at", e);
    }
  }

  private Path part(Wheel wheel) {
    return folder.resolve(wheel.file() + ".part");
  }

  @Override
  public Path fetch(Wheel wheel, BytesListener progress) {
    Path file = folder.resolve(wheel.file());
    try {
      if (!wheel.maybe(file)) {
        new Download(index.http(), index.find(wheel), wheel, part(wheel)).run(progress);
        file = PendingFile.rename(part(wheel), wheel.file());
      }
      Optional<UserException> fault = wheel.fault(file, index.toString());
      if (fault.isPresent()) {
        Files.delete(file);
        throw fault.get();
      }
      return file;
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be kept", e);
    }
  }
}
