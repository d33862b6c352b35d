package dev.kasane.core.pickle.machine;

import dev.kasane.core.VisibleText;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickleBudget;
import java.io.IOException;
import java.math.BigInteger;

/** Instructions that push one number, truth value, text, byte string or none. */
final class ScalarReader {
  /** What {@link #read} answers to an instruction of another kind. */
  static final Object NOT_A_SCALAR = new Object();

  private static final BigInteger SMALLEST_LONG = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LARGEST_LONG = BigInteger.valueOf(Long.MAX_VALUE);
  /** Longest number in bytes or digits; the longest of real files is PyTorch's magic number of 10 bytes. */
  private static final int LONGEST_NUMBER = 512;

  private final PickleInput input;

  ScalarReader(PickleInput input) {
    this.input = input;
  }

  Object read(int opcode) throws IOException, MalformedPickle {
    return switch (opcode) {
      case Opcode.NONE -> null;
      case Opcode.NEWTRUE -> Boolean.TRUE;
      case Opcode.NEWFALSE -> Boolean.FALSE;
      case Opcode.BININT -> (long) input.readInt();
      case Opcode.BININT1 -> input.readUnsigned(1);
      case Opcode.BININT2 -> input.readUnsigned(2);
      case Opcode.LONG1 -> readBinaryLong(input.readUnsigned(1));
      case Opcode.LONG4 -> readBinaryLong(input.readInt());
      case Opcode.INT, Opcode.LONG -> readDecimal(opcode);
      case Opcode.FLOAT -> readDecimalFloat();
      case Opcode.BINFLOAT -> input.readBigEndianDouble();
      default -> readString(opcode);
    };
  }

  private Object readString(int opcode) throws IOException, MalformedPickle {
    return switch (opcode) {
      case Opcode.SHORT_BINUNICODE, Opcode.SHORT_BINSTRING -> input.readUtf8(input.readUnsigned(1));
      case Opcode.BINUNICODE -> input.readUtf8(input.readUnsigned(4));
      case Opcode.BINUNICODE8 -> input.readUtf8(input.readLong());
      case Opcode.BINSTRING -> input.readUtf8(input.readInt());
      case Opcode.UNICODE -> TextEscapes.unicode(input.readLine(PickleBudget.MAX_STRING_BYTES));
      case Opcode.STRING -> TextEscapes.quoted(input.readLine(PickleBudget.MAX_STRING_BYTES));
      case Opcode.SHORT_BINBYTES -> input.readBytes(input.readUnsigned(1));
      case Opcode.BINBYTES -> input.readBytes(input.readUnsigned(4));
      case Opcode.BINBYTES8, Opcode.BYTEARRAY8 -> input.readBytes(input.readLong());
      default -> NOT_A_SCALAR;
    };
  }

  private Object readBinaryLong(long bytes) throws IOException, MalformedPickle {
    if (bytes < 0 || bytes > LONGEST_NUMBER) {
      throw new MalformedPickle("holds an integer of " + bytes + " bytes; the file is damaged");
    }
    byte[] littleEndian = input.readBytes(bytes);
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
    }
    return bytes == 0 ? (Object) 0L : narrow(new BigInteger(bigEndian));
  }

  /** Integers are Longs wherever they fit. */
  private static Object narrow(BigInteger value) {
    boolean fits = value.compareTo(SMALLEST_LONG) >= 0 && value.compareTo(LARGEST_LONG) <= 0;
    return fits ? (Object) value.longValue() : value;
  }

  private Object readDecimal(int opcode) throws IOException, MalformedPickle {
    String line = input.readLine(LONGEST_NUMBER).strip();
    if (opcode == Opcode.INT && (line.equals("00") || line.equals("01"))) {
      return line.equals("01");
    }
    String digits = opcode == Opcode.LONG && line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    try {
      return narrow(new BigInteger(digits));
    } catch (NumberFormatException malformed) {
      throw new MalformedPickle("holds the integer '" + VisibleText.shortened(line)
          + "'; the file is damaged", malformed);
    }
  }

  private Object readDecimalFloat() throws IOException, MalformedPickle {
    String line = input.readLine(LONGEST_NUMBER).strip();
    return switch (line) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan" -> Double.NaN;
      default -> parseFloat(line);
    };
  }

  private static double parseFloat(String line) throws MalformedPickle {
    try {
      return Double.parseDouble(line);
    } catch (NumberFormatException malformed) {
      throw new MalformedPickle("holds the number " + VisibleText.quote(line) + "; the file is damaged", malformed);
    }
  }
}
