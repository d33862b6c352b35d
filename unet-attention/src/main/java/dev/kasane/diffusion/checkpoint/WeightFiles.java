package dev.kasane.diffusion.checkpoint;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the file, or the index of several files, that holds the weights of a part in a diffusers folder.
 *
 * <p>safetensors come before pickles, one file before several. When no variant is asked for, the full
 * edition is taken; if there is none, whichever variant there is.
 */
final class WeightFiles {
  private final Path folder;
  private final BasePart part;

  WeightFiles(Path base, BasePart part) {
    this.folder = base.resolve(part.folder());
    this.part = part;
  }

  /** The full edition's names, the preferred first. */
  List<String> names() {
    return names(Optional.empty());
  }

  private List<String> names(Optional<String> variant) {
    String dot = variant.map(name -> "." + name).orElse("");
    List<String> names = new ArrayList<>();
    for (boolean pickle : new boolean[] {false, true}) {
      String stem = pickle ? part.pickleStem() : part.safetensorsStem();
      String ending = pickle ? ".bin" : ".safetensors";
      names.add(stem + dot + ending);
      names.add(stem + ending + ".index" + dot + ".json");
    }
    return names;
  }

  /** The weights, the asked variant if it is there, else the full edition, else any. */
  Optional<Path> find(Optional<String> variant) {
    return variant.flatMap(this::findVariant).or(() -> first(names())).or(this::findAnyVariant);
  }

  /** The weights of a variant. */
  Optional<Path> findVariant(String variant) {
    return first(names(Optional.of(variant)));
  }

  private Optional<Path> first(List<String> names) {
    return names.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
  }

  private Optional<Path> findAnyVariant() {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    String start = part.safetensorsStem() + ".";
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(start) && name.endsWith(".safetensors"))
          .map(name -> name.substring(start.length(), name.length() - ".safetensors".length()))
          .filter(variant -> variant.matches("\\w+")).sorted()
          .map(this::findVariant).flatMap(Optional::stream).findFirst();
    } catch (IOException e) {
      throw new UserException(folder + " cannot be listed: " + e + ". Check that you may read it.", e);
    }
  }
}
