package dev.kasane.app.text;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.image.AdapterReference;
import dev.kasane.app.inspect.TensorListing;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.text.model.CausalLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts adapters on a live language model; every key of an adapter must find its place. */
public final class TextAdapters {
  private static final List<String> IN_FOLDER = List.of("adapter_model.safetensors", "adapter_model.bin");

  private final List<AdapterFormat> formats;
  private final List<AdapterMethod> methods;

  /**
   * @param formats the file formats to try, told apart by content
   * @param methods the adapter methods to try
   */
  public TextAdapters(List<AdapterFormat> formats, List<AdapterMethod> methods) {
    this.formats = List.copyOf(formats);
    this.methods = List.copyOf(methods);
  }

  /**
   * Loads an adapter and attaches it.
   *
   * @param reference PEFT's folder, or a file, and the strength
   * @param model the base
   * @param scope owner of the adapter's tensors
   * @throws UserException when it is missing, damaged, of no known format, or does not fit the base completely
   */
  public AdapterSet load(AdapterReference reference, CausalLm model, NDManager scope) {
    AdapterFormat format = formatOf(reference.file());
    try {
      AdapterModel saved = format.read(reference.file(),
          Map.of(CausalLm.COMPONENT, model.adaptableLayers().keySet()), scope);
      Injector.Restored restored = Injector.restore(
          Map.of(CausalLm.COMPONENT, model), saved, methods, reference.weight(), scope);
      if (!restored.report().isComplete()) {
        restored.set().detach();
        restored.report().requireComplete();
      }
      return restored.set();
    } catch (IOException e) {
      throw new UserException(e.getMessage(), e);
    } catch (UserException e) {
      throw new UserException(reference.file() + ": " + e.getMessage(), e);
    }
  }

  private AdapterFormat formatOf(Path place) {
    Set<String> keys = keys(weights(place));
    return formats.stream().filter(format -> format.recognises(keys)).findFirst().orElseThrow(() ->
        new UserException(place + " is in no adapter format that is installed ("
            + formats.stream().map(AdapterFormat::id).collect(Collectors.joining(", "))
            + "); its first key is '" + keys.stream().findFirst().orElse("") + "'."));
  }

  private static Path weights(Path place) {
    if (!Files.exists(place)) {
      throw new UserException("There is no adapter " + place + ". --adapter takes a folder or file, and :weight.");
    }
    return !Files.isDirectory(place) ? place
        : IN_FOLDER.stream().map(place::resolve).filter(Files::isRegularFile).findFirst().orElseThrow(() ->
            new UserException(place + " holds no adapter. Looked for " + String.join(" and ", IN_FOLDER) + "."));
  }

  private static Set<String> keys(Path file) {
    try {
      return TensorListing.read(file).tensors().keySet();
    } catch (IOException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
