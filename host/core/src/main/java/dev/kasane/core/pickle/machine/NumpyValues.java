package dev.kasane.core.pickle.machine;

import dev.kasane.core.VisibleText;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.OpaqueObject;
import dev.kasane.core.pickle.values.PickleBudget;
import dev.kasane.core.pickle.values.PickledTuple;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The numpy numbers that training tools leave in checkpoints, such as the best score so far. */
final class NumpyValues {
  /** A dtype is an opaque object of this "module", named by its code, such as {@code f8}. */
  private static final String DTYPE_MODULE = "numpy.dtype";

  private NumpyValues() {}

  /** Arguments: code, align, copy. */
  static Object buildDtype(List<Object> arguments, PickleBudget budget) throws MalformedPickle {
    return new OpaqueObject(DTYPE_MODULE, ConstructorArguments.text(arguments, 0));
  }

  /** Arguments: dtype, the number's bytes. */
  static Object buildScalar(List<Object> arguments, PickleBudget budget) throws MalformedPickle {
    OpaqueObject dtype = ConstructorArguments.global(arguments, 0);
    byte[] bytes = ConstructorArguments.bytes(arguments, 1);
    String code = dtype.name();
    boolean sized = code.length() == 2 && code.charAt(1) - '0' == bytes.length;
    if (!dtype.module().equals(DTYPE_MODULE) || !sized) {
      throw unknown(dtype, bytes);
    }
    ByteBuffer number = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return switch (code) {
      case "f8" -> number.getDouble();
      case "f4" -> (double) number.getFloat();
      case "i8" -> number.getLong();
      case "i4" -> (long) number.getInt();
      case "i2" -> (long) number.getShort();
      case "i1" -> (long) number.get();
      case "u4" -> Integer.toUnsignedLong(number.getInt());
      case "u2" -> (long) Short.toUnsignedInt(number.getShort());
      case "u1" -> (long) Byte.toUnsignedInt(number.get());
      case "b1" -> number.get() != 0;
      default -> throw unknown(dtype, bytes);
    };
  }

  private static MalformedPickle unknown(OpaqueObject dtype, byte[] bytes) {
    return new MalformedPickle("holds a numpy value of " + bytes.length + " bytes and type "
        + VisibleText.shortened(dtype.name()) + ", which Kasane does not read");
  }

  /** A dtype's state has its byte order second; other opaque objects may have any state. */
  static void refuseBigEndian(OpaqueObject target, Object state) throws MalformedPickle {
    boolean swapped = target.module().equals(DTYPE_MODULE) && state instanceof PickledTuple tuple
        && tuple.size() > 1 && ">".equals(tuple.get(1));
    if (swapped) {
      throw new MalformedPickle("holds a big-endian numpy value, which Kasane does not read");
    }
  }
}
