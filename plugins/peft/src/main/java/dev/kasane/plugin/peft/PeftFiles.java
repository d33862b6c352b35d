package dev.kasane.plugin.peft;

import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where the parts of an adapter lie: one for each model that was adapted. */
final class PeftFiles {
  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";
  private static final List<String> WEIGHT_NAMES = List.of(WEIGHTS, "adapter_model.bin",
      WEIGHTS + ".index.json", "adapter_model.bin.index.json");
  private static final Pattern WEIGHTS_FILE = Pattern.compile("adapter_model\\b.*");
  private static final Pattern SHARD = Pattern.compile("adapter_model-\\d{5}-of-\\d{5}\\.(?:safetensors|bin)");
  private static final Set<String> PARTS = new TreeSet<>(Set.of("unet", "text_encoder", "text_encoder_2", "model"));

  /**
   * One model's adapter.
   *
   * @param folder the sub-folder that names the component, empty when the files lie at the top
   * @param weights the tensors, or the index of those in several files
   * @param config the configuration
   */
  record Part(String folder, Path weights, Path config) {
    /** The key under which the configuration travels in the metadata of the neutral form. */
    String metadataKey() {
      return folder.isEmpty() ? CONFIG : folder + "/" + CONFIG;
    }
  }

  private PeftFiles() {}

  /** Names of the tensors' file in a folder, and in folders named after the parts of a pipeline. */
  static List<String> weightNames() {
    return Stream.of("", "unet/", "text_encoder/", "text_encoder_2/", "model/")
        .flatMap(place -> WEIGHT_NAMES.stream().map(place::concat)).toList();
  }

  /**
   * Whether a folder, or that of a file with a name of such files, holds an adapter, or adapters of the parts of a
   * pipeline in folders of their names.
   */
  static boolean isAdapter(Path named) {
    Path folder = Files.isDirectory(named) ? named : named.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(named) && !WEIGHTS_FILE.matcher(named.getFileName().toString()).matches()) {
      return false;
    }
    return Files.isRegularFile(folder.resolve(CONFIG))
        || PARTS.stream().anyMatch(part -> Files.isRegularFile(folder.resolve(part).resolve(CONFIG)));
  }

  /** Whether a file, as it is named within an adapter's folder, is the adapter's and not something of the user's. */
  static boolean isOfAdapter(Path name) {
    String file = name.getFileName().toString();
    boolean inPart = name.getNameCount() == 2 && PARTS.contains(name.getName(0).toString());
    return (name.getNameCount() == 1 || inPart)
        && (file.equals(CONFIG) || WEIGHT_NAMES.contains(file) || SHARD.matcher(file).matches());
  }

  /**
   * The parts of what a user named: a folder, a folder of folders, or a file of tensors, one of several or their
   * index, beside its configuration.
   *
   * @throws FileFault when there are none
   * @throws dev.kasane.core.UserException when the index of several files is missing
   */
  static List<Part> find(Path named) {
    if (!Files.isDirectory(named)) {
      return List.of(new Part("", TensorSources.whole(named), named.resolveSibling(CONFIG)));
    }
    if (hasEither(named)) {
      return List.of(part("", named));
    }
    List<Part> parts = new ArrayList<>();
    for (String part : PARTS) {
      if (hasEither(named.resolve(part))) {
        parts.add(part(part, named.resolve(part)));
      }
    }
    if (parts.isEmpty()) {
      throw new FileFault(named, "is no PEFT adapter: it has neither " + CONFIG + " nor " + WEIGHTS
          + hint(named));
    }
    return parts;
  }

  /** Adapters with names of their own lie one folder deeper. */
  private static String hint(Path named) {
    try (Stream<Path> inside = Files.list(named)) {
      return inside.filter(each -> Files.isDirectory(each) && hasEither(each)).sorted().findFirst()
          .map(each -> "; name " + each + ", which is one").orElse("");
    } catch (IOException e) {
      throw FileFault.of(named, "cannot be listed", e);
    }
  }

  private static boolean hasEither(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG))
        || WEIGHT_NAMES.stream().anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
  }

  private static Part part(String name, Path folder) {
    Path weights = WEIGHT_NAMES.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst()
        .orElse(null);
    if (weights == null) {
      try (Stream<Path> inside = Files.list(folder)) {
        inside.sorted().forEach(TensorSources::whole);
      } catch (IOException e) {
        throw FileFault.of(folder, "cannot be listed", e);
      }
      throw new FileFault(folder, "has " + CONFIG + " but no tensors; expected "
          + String.join(" or ", WEIGHT_NAMES) + " beside it. Fetch the folder again, whole");
    }
    return new Part(name, weights, folder.resolve(CONFIG));
  }
}
