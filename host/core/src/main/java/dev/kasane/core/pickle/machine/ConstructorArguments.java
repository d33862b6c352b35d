package dev.kasane.core.pickle.machine;

import dev.kasane.core.pickle.values.Kinds;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.OpaqueObject;
import dev.kasane.core.pickle.values.PickledTuple;
import java.util.List;
import java.util.Map;

/** Takes the arguments of a constructor apart, checking that each is there and of its kind. */
public final class ConstructorArguments {
  /** Dimensions a tensor may have; the limit of PyTorch's own serialised views. */
  private static final int MAX_DIMENSIONS = 64;

  private ConstructorArguments() {}

  static Object get(List<?> arguments, int index) throws MalformedPickle {
    if (index >= arguments.size()) {
      throw new MalformedPickle("gives a constructor " + arguments.size() + " arguments, too few; the file is"
          + " damaged");
    }
    return arguments.get(index);
  }

  public static String text(List<?> arguments, int index) throws MalformedPickle {
    return typed(arguments, index, String.class, "text");
  }

  public static PickledTuple tuple(List<?> arguments, int index) throws MalformedPickle {
    return typed(arguments, index, PickledTuple.class, "a tuple");
  }

  static byte[] bytes(List<?> arguments, int index) throws MalformedPickle {
    return typed(arguments, index, byte[].class, "bytes");
  }

  public static OpaqueObject global(List<?> arguments, int index) throws MalformedPickle {
    return typed(arguments, index, OpaqueObject.class, "a class");
  }

  static <T> T typed(List<?> arguments, int index, Class<T> type, String words) throws MalformedPickle {
    Object found = get(arguments, index);
    if (!type.isInstance(found)) {
      throw new MalformedPickle("gives a constructor " + Kinds.of(found) + " as argument " + (index + 1)
          + ", where " + words + " is expected; the file is damaged");
    }
    return type.cast(found);
  }

  /** A whole number from 0 to 2^63 - 1. */
  public static long size(List<?> arguments, int index) throws MalformedPickle {
    long size = typed(arguments, index, Long.class, "a whole number");
    if (size < 0) {
      throw new MalformedPickle("gives a constructor " + size + " as argument " + (index + 1)
          + ", where a number from 0 is expected; the file is damaged");
    }
    return size;
  }

  /** A tuple of whole numbers from 0: a shape or strides. */
  static long[] sizes(List<?> arguments, int index) throws MalformedPickle {
    PickledTuple tuple = tuple(arguments, index);
    if (tuple.size() > MAX_DIMENSIONS) {
      throw new MalformedPickle("holds a tensor of " + tuple.size() + " dimensions, above the limit of "
          + MAX_DIMENSIONS);
    }
    long[] sizes = new long[tuple.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = size(tuple, i);
    }
    return sizes;
  }

  static void requireEmptyDict(List<?> arguments, int index) throws MalformedPickle {
    if (!typed(arguments, index, Map.class, "a dict").isEmpty()) {
      throw new MalformedPickle("gives a constructor arguments by name, which none here takes");
    }
  }
}
