package dev.kasane.core.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Ops;
import java.util.Optional;

/** Whether a learned word can be one: vectors as wide as those of the text encoder that it is for. */
final class WordCheck {
  /** Its columns are as many as a text encoder of the CLIP family is wide. */
  private static final String INSIDE = "text_model.encoder.layers.0.self_attn.q_proj";

  private final LayerTable base;

  WordCheck(LayerTable base) {
    this.base = base;
  }

  void require(AdapterModule word) {
    word.tensors().forEach((encoder, vectors) -> require("The learned word '" + word.path() + "'", encoder, vectors));
  }

  private void require(String word, String encoder, NDArray vectors) {
    Shape shape = vectors.getShape();
    if (shape.dimension() != 2 || shape.size() == 0 || !Ops.typeOf(vectors).isFloating()) {
      throw new UserException(word + " has a tensor of shape " + shape + " and type " + Ops.typeOf(vectors) + " for "
          + encoder + ", expected floating-point numbers of shape (vectors, width). The file is damaged.");
    }
    Optional<Long> width = base.shape(encoder, INSIDE).filter(each -> each.dimension() == 2).map(each -> each.get(1));
    if (width.isPresent() && shape.get(1) != width.get()) {
      throw new UserException(word + " has vectors of width " + shape.get(1) + ", but those of " + encoder + " in "
          + base.name() + " are " + width.get() + " wide. The word was made for another base model.");
    }
  }
}
