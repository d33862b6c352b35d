package dev.kasane.app.image;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.inspect.AdapterFolder;
import dev.kasane.app.inspect.AdapterLayout;
import dev.kasane.app.inspect.BaseGuess;
import dev.kasane.app.inspect.TensorListing;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.diffusion.pipeline.ImageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts adapter files onto a live model, strictly: what does not fit is refused unless it was accepted. */
public final class AdapterLoading {
  /** The option that accepts misfits, for messages. */
  public static final String ACCEPT = "--adapter-accept";

  private final List<AdapterFormat> formats;
  private final List<AdapterMethod> methods;
  private final Set<AdapterMisfit> accepted;

  /**
   * @param formats the file formats to try, told apart by content
   * @param methods the adapter methods to try
   * @param accepted which misfits do not matter
   */
  public AdapterLoading(
      List<AdapterFormat> formats, List<AdapterMethod> methods, Set<AdapterMisfit> accepted) {
    this.formats = List.copyOf(formats);
    this.methods = List.copyOf(methods);
    this.accepted = Set.copyOf(accepted);
  }

  /**
   * Loads one file, or one folder that is an adapter, and attaches it, on top of those that are attached already. With weight 0 the file is
   * checked all the same but left detached, so that the model computes the very bits of the bare base.
   *
   * @param reference the file and its weight
   * @param model the base
   * @param scope owner of the adapter's tensors
   * @throws UserException when the file is missing, damaged or of no known format, was made for another base,
   *     fits nowhere, or fits in part and that was not accepted
   */
  public LoadedAdapter load(AdapterReference reference, ImageModel model, NDManager scope) {
    Path file = reference.file();
    TensorListing listing = list(file);
    AdapterFormat format = formatOf(file, listing);
    requireSameBase(file, listing, model);
    Injector.Restored restored = restore(reference, format, listing, model, scope);
    try {
      requireFit(file, restored);
      double norm = norm(file, restored);
      if (reference.weight() == 0) {
        restored.set().detach();
      }
      return new LoadedAdapter(reference, format.id(), restored.set(), restored.report(), norm);
    } catch (UserException refused) {
      restored.set().detach();
      throw refused;
    }
  }

  private static TensorListing list(Path file) {
    if (!Files.exists(file)) {
      throw new UserException("There is no adapter file " + file + ". --adapter takes FILE or FILE:weight.");
    }
    try {
      return TensorListing.read(AdapterFolder.weights(file));
    } catch (IOException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  private AdapterFormat formatOf(Path file, TensorListing listing) {
    Set<String> keys = listing.tensors().keySet();
    boolean folder = Files.isDirectory(file);
    return formats.stream().filter(format ->
        folder ? format.recognisesFolder(file) : format.recognises(keys)).findFirst().orElseThrow(() ->
        new UserException(file + " is in no adapter format that is installed ("
            + formats.stream().map(AdapterFormat::id).collect(Collectors.joining(", ")) + "). "
            + AdapterLayout.of(keys).map(AdapterLoading::described).orElse("Its keys are of no known kind")
            + "; the first is '" + keys.stream().findFirst().orElse("") + "'. 'kasane inspect' tells more."));
  }

  private static String described(AdapterLayout layout) {
    return layout.isAdapter()
        ? "It looks like an adapter in the format " + layout.id() + ", which needs a plugin that reads it"
        : "It looks like a file of the kind " + layout.id() + ", which is no adapter";
  }

  private static void requireSameBase(Path file, TensorListing listing, ImageModel model) {
    BaseGuess made = BaseGuess.of(listing);
    BaseGuess base = BaseGuess.ofContextWidth(model.unet().config().crossAttentionWidth());
    if (made != base && made != BaseGuess.UNKNOWN && base != BaseGuess.UNKNOWN) {
      throw new UserException(file + " was made for " + made.title() + ", but the base is " + base.title()
          + ". Adapters fit only the kind of base that they were trained on.");
    }
  }

  private Injector.Restored restore(AdapterReference reference, AdapterFormat format, TensorListing listing,
      ImageModel model, NDManager scope) {
    Map<String, Module> components = model.components();
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    components.forEach((name, root) -> layers.put(name, modulesWithWeights(root)));
    try {
      AdapterModel saved = format.read(reference.file(), layers, scope);
      return Injector.restore(components, saved, methods, reference.weight(), scope);
    } catch (IOException e) {
      throw new UserException(e.getMessage(), e);
    } catch (UserException e) {
      BaseGuess made = BaseGuess.of(listing);
      String hint = made == BaseGuess.UNKNOWN ? "" : "\nThe file looks made for " + made.title() + ".";
      throw new UserException(reference.file() + ": " + e.getMessage() + hint, e);
    }
  }

  /** Layers, and what else has weights that a file may bring whole. */
  private static Set<String> modulesWithWeights(Module root) {
    return root.namedWeights().keySet().stream().map(path -> path.substring(0, Math.max(0, path.lastIndexOf('.'))))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private void requireFit(Path file, Injector.Restored restored) {
    List<AdapterMisfit> found = AdapterMisfit.of(restored.report());
    if (!accepted.containsAll(found)) {
      String accept = found.stream().map(AdapterMisfit::optionName).collect(Collectors.joining(","));
      throw new UserException(file + " does not fit the base completely: " + restored.report().summary()
          + "\nAdd '" + ACCEPT + " " + accept + "' to use the " + restored.report().matched().size()
          + " layers that fit.");
    }
  }

  private static double norm(Path file, Injector.Restored restored) {
    double norm = Math.sqrt(restored.set().deltaNorms().values().stream()
        .mapToDouble(each -> each * each).sum());
    if (!Double.isFinite(norm)) {
      throw new UserException(file + " holds values that are no finite numbers; its training diverged or the"
          + " file is damaged. Use another file.");
    }
    return norm;
  }
}
