package dev.kasane.core.pickle;

import dev.kasane.core.pickle.container.StorageId;
import dev.kasane.core.pickle.machine.PickleInput;
import dev.kasane.core.pickle.machine.PickleMachine;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickleBudget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that {@code src/test/reference/write_checkpoints.py} made, and small helpers around them. */
final class Goldens {
  private Goldens() {
  }

  static Path file(String name) {
    try {
      return Path.of(Goldens.class.getResource(name).toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static byte[] bytes(String name) {
    try (InputStream stream = Goldens.class.getResourceAsStream(name)) {
      return stream.readAllBytes();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Writes a new file: cutting an old one short makes some file systems wait for the disk. */
  static Path write(Path file, byte[] content) {
    try {
      Files.deleteIfExists(file);
      return Files.write(file, content);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Runs a pickle that names no storages. */
  static Object unpickle(byte[] pickle) throws MalformedPickle, IOException {
    PickleInput input = new PickleInput(new ByteArrayInputStream(pickle), pickle.length, new PickleBudget());
    return new PickleMachine(input, id -> StorageId.parse(id).toStorage()).run();
  }
}
