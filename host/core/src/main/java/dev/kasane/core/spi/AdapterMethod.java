package dev.kasane.core.spi;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pf4j.ExtensionPoint;

/**
 * A family of adapters such as LoRA: knows its options, makes fresh adapters and restores saved ones.
 *
 * <p>This is the extension point for new methods. An implementation is stateless; one class with this
 * interface and one with {@link LayerAdapter} are a whole method.
 */
public interface AdapterMethod extends ExtensionPoint {
  /** The name that users type, such as {@code lora}. */
  String id();

  /** One sentence for {@code kasane plugins list}. */
  String description();

  /** The options that this method understands, with types, defaults and meanings. */
  List<AdapterOption> options();

  /**
   * Reads and checks what types alone cannot say, such as ranges. It is asked before any model is opened.
   *
   * @param options values for {@link #options()}, complete and of the right types
   * @throws dev.kasane.core.UserException that names the option, its value and what it may be
   */
  PreparedMethod prepare(AdapterOptions options);

  /**
   * Whether the method can be attached to a layer of this kind and shape. Unless a method says otherwise, that
   * is every linear layer and convolution, and nothing else.
   */
  default boolean supports(TargetLayer layer) {
    return layer.kind().isProduct();
  }

  /**
   * Why the method does not {@linkplain #supports support} a layer, a clause that names the layer's kind. Methods for
   * which the kind does not decide it say what does.
   */
  default String refusal(TargetLayer layer) {
    return "it does not adapt a layer of the kind " + layer.kind().word();
  }

  /**
   * Restores a saved adapter.
   *
   * @param layer the layer it is for
   * @param saved the tensors and constants of this layer; they are copied, never kept
   * @param scope owner of the parameters, which do not require gradients until the caller says so
   * @return the adapter, or nothing when the names are not this method's
   * @throws dev.kasane.core.UserException when the names fit but a shape does not
   */
  Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope);

  /**
   * The names of all tensors and constants that a saved adapter of this method may have. Of a module that no method
   * restores, the host tells from these whose it was meant to be and what keeps it from that.
   */
  default Set<String> parameters() {
    return Set.of();
  }

  /**
   * What the names and shapes of a saved module tell, also of a damaged one. Of several methods that claim a module the
   * one counts that knows the most of its {@link #parameters}. A method that does not say otherwise claims modules all
   * of whose parameters are its own.
   *
   * @return nothing when the module is not this method's
   */
  default Optional<ModuleFacts> facts(ModuleHeader saved) {
    Set<String> names = saved.shapes().keySet();
    return parameters().containsAll(names) && !AdapterModule.FACTORS.containsAll(names)
        ? Optional.of(ModuleFacts.of(id())) : Optional.empty();
  }

  /**
   * The shape of a layer that saved tensors are for, as far as these tell: {@link #restore} on such a layer then
   * says whether they fit one another. So files can be checked whose base model is not known.
   *
   * <p>Where several layers would do, as for factors of outputs alone, any one of them.
   *
   * @param saved the tensors and constants of one layer
   * @return (out, in), (out, in, k, k) or for a normalisation (channels); nothing when the names are not this
   *     method's, or it has no idea
   * @throws dev.kasane.core.UserException when a tensor is missing or is of no shape that this method writes
   */
  default Optional<Shape> shapeOf(AdapterModule saved) {
    return Optional.empty();
  }
}
