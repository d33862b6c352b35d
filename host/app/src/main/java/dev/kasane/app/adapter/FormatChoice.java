package dev.kasane.app.adapter;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.kasane.app.inspect.AdapterContents;
import dev.kasane.app.inspect.AdapterFolder;
import dev.kasane.app.inspect.Integrity;
import dev.kasane.app.inspect.TensorListing;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Picks the format of a file by its content. */
public final class FormatChoice {
  private static final Logger LOG = LoggerFactory.getLogger(FormatChoice.class);

  private final List<AdapterFormat> formats;
  private final List<AdapterMethod> methods;

  /**
   * @param formats the formats to choose from
   * @param methods the methods that say whether a file's parameters belong together
   */
  public FormatChoice(List<AdapterFormat> formats, List<AdapterMethod> methods) {
    this.formats = List.copyOf(formats);
    this.methods = List.copyOf(methods);
  }

  /**
   * A file and its format.
   *
   * @param path what the format reads: the file, or a folder that it recognises
   * @param format the format
   * @param contents what the file holds
   */
  public record Chosen(Path path, AdapterFormat format, AdapterContents contents) {
    /** The keys of the file. */
    public Set<String> keys() {
      return contents.listing().tensors().keySet();
    }

    /**
     * Makes sure that the file's tensors can belong together.
     *
     * @throws UserException when they cannot
     */
    public void requireUndamaged() {
      Integrity.requireUndamaged(contents);
    }

    /**
     * What the file holds, for a base. Formats read on the host, wherever the tensors are wanted.
     *
     * @param named the file as the user named it, for messages
     * @param layers the base's layers by component
     * @param scope owner of the tensors, on whose device they lie
     * @throws UserException when the file cannot be read or is damaged
     */
    public AdapterModel read(Path named, Map<String, Collection<String>> layers, NDManager scope) {
      try {
        return format.read(path, layers, scope.newSubManager(Device.cpu())).placed(scope);
      } catch (FileFault e) {
        throw e;
      } catch (UserException e) {
        throw e.behind(named + ": ");
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
    Path weights = new AdapterFolder(formats).anyWeights(named);
    AdapterContents contents = new AdapterContents(named, weights, TensorListing.read(weights), formats, methods);
    contents.listing().metadataFault().ifPresent(fault -> LOG.warn("{}: {}", named, fault));
    requireOneFormat(named, contents.claimed());
    AdapterFormat format = contents.format().orElseThrow(() -> unknown(named, contents));
    Path read = Files.isDirectory(named) && format.recognisesFolder(named) ? named : contents.weights();
    return new Chosen(read, format, contents);
  }

  private static void requireOneFormat(Path file, Map<String, List<String>> claimed) {
    if (claimed.size() > 1) {
      throw new UserException(file + " mixes two formats: " + claimed.entrySet().stream()
          .map(each -> each.getValue().size() + " keys of " + each.getKey() + ", such as '"
              + each.getValue().get(0) + "'").collect(Collectors.joining(", "))
          + ". A reader of one would lose the rest; split the file, or get one that a single tool wrote.");
    }
  }

  private UserException unknown(Path file, AdapterContents contents) {
    return new UserException(file + " is in no adapter format that is installed ("
        + formats.stream().map(AdapterFormat::id).collect(Collectors.joining(", ")) + "). "
        + contents.unreadKind().map(kind -> "It looks like a file of the kind " + kind + ", which is no adapter")
            .orElse("Its keys are of no known kind")
        + "; the first is '" + contents.listing().tensors().keySet().stream().findFirst().orElse("")
        + "'. «inspect» tells more.");
  }
}
