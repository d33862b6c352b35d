package dev.kasane.app.inspect;

import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.spi.AdapterFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the weights in a folder of an adapter, where the formats say that they lie. */
public final class AdapterFolder {
  private static final String PART = "/";

  private final List<AdapterFormat> formats;
  private final List<String> names;

  /**
   * @param formats the formats that are installed
   */
  public AdapterFolder(List<AdapterFormat> formats) {
    this.formats = List.copyOf(formats);
    this.names = formats.stream().sorted(Comparator.comparing(AdapterFormat::id))
        .flatMap(format -> format.weightNames().stream()).toList();
  }

  /**
   * The file itself, or the weights in a folder; of weights in several parts their index.
   *
   * @throws UserException when there is no such file or index, or none in the folder
   * @throws FileFault when the folder cannot be listed
   */
  public Path weights(Path named) {
    return weights(named, names.stream().filter(name -> !name.contains(PART)).toList());
  }

  /**
   * The same, but of a folder of adapters of several parts of a model it is the first part's.
   *
   * @throws UserException as {@link #weights}
   * @throws FileFault as {@link #weights}
   */
  public Path anyWeights(Path named) {
    return weights(named, names);
  }

  private Path weights(Path named, List<String> wanted) {
    if (!Files.exists(named)) {
      throw new UserException(named + ": no such file.");
    }
    if (!Files.isDirectory(named)) {
      return TensorSources.whole(named);
    }
    for (String name : wanted) {
      if (Files.isRegularFile(named.resolve(name))) {
        return named.resolve(name);
      }
    }
    requireNoPart(named);
    throw new UserException(named + " is a folder without "
        + names.stream().filter(name -> !name.contains(PART)).collect(Collectors.joining(", "))
        + ". Name a file, or the folder of a PEFT adapter." + inner(named));
  }

  /** Where the index alone is missing, that is what there is to say. */
  private static void requireNoPart(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      children.sorted().forEach(TensorSources::whole);
    } catch (IOException e) {
      throw FileFault.of(folder, "cannot be listed", e);
    }
  }

  /** An adapter that has a name of its own may be saved one level deeper. */
  private String inner(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      String found = children.filter(Files::isDirectory)
          .filter(each -> formats.stream().anyMatch(format -> format.recognisesFolder(each)))
          .sorted().map(Path::toString).collect(Collectors.joining(", "));
      return found.isEmpty() ? "" : " There are adapters in " + found + ".";
    } catch (IOException e) {
      throw FileFault.of(folder, "cannot be listed", e);
    }
  }
}
