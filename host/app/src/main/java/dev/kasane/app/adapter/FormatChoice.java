package dev.kasane.app.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.inspect.AdapterFolder;
import dev.kasane.app.inspect.AdapterLayout;
import dev.kasane.app.inspect.Integrity;
import dev.kasane.app.inspect.TensorListing;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Picks the format of a file by its content. */
public final class FormatChoice {
  private static final Logger LOG = LoggerFactory.getLogger(FormatChoice.class);

  private final List<AdapterFormat> formats;

  /**
   * @param formats the formats to choose from
   */
  public FormatChoice(List<AdapterFormat> formats) {
    this.formats = List.copyOf(formats);
  }

  /**
   * A file and its format.
   *
   * @param path what the format reads: the file, or a folder that it recognises
   * @param weights the file with the tensors, the first where a folder has several
   * @param listing what the file holds
   */
  public record Chosen(Path path, Path weights, AdapterFormat format, TensorListing listing) {
    /** The keys of the file. */
    public Set<String> keys() {
      return listing.tensors().keySet();
    }

    /**
     * Makes sure that the file's tensors can belong together.
     *
     * @throws UserException when they cannot
     */
    public void requireUndamaged() {
      try {
        Integrity.requireUndamaged(weights, listing);
      } catch (IOException e) {
        throw new UserException(e.getMessage(), e);
      }
    }

    /**
     * What the file holds, for a base.
     *
     * @param named the file as the user named it, for messages
     * @param layers the base's layers by component
     * @param scope owner of the tensors
     * @throws UserException when the file cannot be read or is damaged
     */
    AdapterModel read(Path named, Map<String, Collection<String>> layers, NDManager scope) {
      try {
        return format.read(path, layers, scope);
      } catch (IOException e) {
        throw new UserException(e.getMessage(), e);
      } catch (UserException e) {
        throw new UserException(named + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * Looks at a file that is to be used.
   *
   * @param named a file, or a folder of an adapter
   * @throws UserException as {@link #recognise}, and when its tensors cannot belong together
   */
  public Chosen choose(Path named) {
    Chosen chosen = recognise(named);
    chosen.requireUndamaged();
    return chosen;
  }

  /**
   * Looks at a file, even one whose tensors cannot belong together.
   *
   * @param named a file, or a folder of an adapter
   * @throws UserException when it is missing or cannot be read, is no adapter, is in no format that is installed, or
   *     mixes two
   */
  public Chosen recognise(Path named) {
    if (!Files.exists(named)) {
      throw new UserException("There is no adapter file " + named + ".");
    }
    TensorListing listing;
    Path weights;
    try {
      weights = AdapterFolder.anyWeights(named);
      listing = TensorListing.read(weights);
    } catch (IOException e) {
      throw new UserException(e.getMessage(), e);
    }
    listing.metadataFault().ifPresent(fault -> LOG.warn("{}: {}", named, fault));
    Set<String> keys = listing.tensors().keySet();
    requireOneLayout(named, keys);
    Optional<AdapterFormat> ofFolder = AdapterFolder.of(named)
        .flatMap(folder -> formats.stream().filter(format -> format.recognisesFolder(folder)).findFirst());
    Path read = ofFolder.isPresent() && Files.isDirectory(named) ? named : weights;
    return new Chosen(read, weights, ofFolder.orElseGet(() -> formatOf(named, keys)), listing);
  }

  private static void requireOneLayout(Path file, Set<String> keys) {
    Map<AdapterLayout, List<String>> census = AdapterLayout.census(keys);
    if (census.size() > 1) {
      throw new UserException(file + " mixes two formats: " + census.entrySet().stream()
          .map(each -> each.getValue().size() + " keys of " + each.getKey().id() + ", such as '"
              + each.getValue().get(0) + "'").collect(Collectors.joining(", "))
          + ". A reader of one would lose the rest; split the file, or get one that a single tool wrote.");
    }
  }

  private AdapterFormat formatOf(Path file, Set<String> keys) {
    Optional<AdapterLayout> layout = AdapterLayout.of(keys);
    List<AdapterFormat> able = formats.stream().filter(format -> format.recognises(keys)).toList();
    return able.stream().filter(format -> layout.filter(each -> each.id().equals(format.id())).isPresent())
        .findFirst().or(() -> able.stream().findFirst()).orElseThrow(() -> new UserException(
            file + " is in no adapter format that is installed ("
            + formats.stream().map(AdapterFormat::id).collect(Collectors.joining(", ")) + "). "
            + layout.map(FormatChoice::described).orElse("Its keys are of no known kind")
            + "; the first is '" + keys.stream().findFirst().orElse("") + "'. «inspect» tells more."));
  }

  private static String described(AdapterLayout layout) {
    return layout.isAdapter()
        ? "It looks like an adapter in the format " + layout.id() + ", which needs a plugin that reads it"
        : "It looks like a file of the kind " + layout.id() + ", which is no adapter";
  }
}
