package dev.kasane.text.family;

import dev.kasane.core.ModelConfig;
import dev.kasane.text.model.DecoderConfig;
import java.util.List;

/** One kind of decoder: reads its own configuration keys and knows its own names. */
interface Family {
  /** The classes that {@code architectures} in a {@code config.json} names. */
  List<String> architectures();

  /** The words that {@code model_type} may be. */
  List<String> modelTypes();

  /**
   * The decoder that a configuration describes.
   *
   * @throws dev.kasane.core.UserException when a key is missing, wrong or asks for what is not built
   */
  DecoderConfig read(ModelConfig json);
}
