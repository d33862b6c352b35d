package dev.kasane.diffusion.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import java.util.Set;
import java.util.TreeSet;

/** The tensors of a checkpoint below a prefix, under names without it. */
record Section(TensorSource source, String prefix) {
  boolean has(String name) {
    return source.names().contains(prefix + name);
  }

  boolean isEmpty() {
    return source.names().stream().noneMatch(name -> name.startsWith(prefix));
  }

  Shape shape(String name) {
    return source.shape(prefix + name);
  }

  /** Output features or channels of a weight. */
  int outputs(String name) {
    return size(name, 0);
  }

  /** Input features or channels of a weight. */
  int inputs(String name) {
    return size(name, 1);
  }

  private int size(String name, int axis) {
    Shape shape = shape(name);
    if (shape.dimension() <= axis) {
      throw new UserException(source.origin(prefix + name) + ": tensor '" + prefix + name
          + "' has the shape " + shape + ", expected at least " + (axis + 1) + " axes. The file is damaged.");
    }
    return Math.toIntExact(shape.get(axis));
  }

  /** How many numbers follow {@code list}: names {@code list.0.…} to {@code list.4.…} make five. */
  int count(String list) {
    String start = prefix + list + ".";
    Set<Integer> numbers = new TreeSet<>();
    for (String name : source.names()) {
      if (name.startsWith(start)) {
        String number = name.substring(start.length()).split("\\.", 2)[0];
        if (number.matches("\\d{1,4}")) {
          numbers.add(Integer.valueOf(number));
        }
      }
    }
    return numbers.size();
  }
}
