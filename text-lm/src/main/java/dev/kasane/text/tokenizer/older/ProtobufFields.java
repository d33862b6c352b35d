package dev.kasane.text.tokenizer.older;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** The fields of one protocol-buffer message, in the order of the file (protobuf wire format). */
final class ProtobufFields {
  private ProtobufFields() {}

  /**
   * One field.
   *
   * @param number its number in the schema
   * @param value the value of a number field, bits of a fixed one
   * @param bytes the content of a string, bytes or message field
   */
  record Field(int number, long value, byte[] bytes) {
    float asFloat() {
      return Float.intBitsToFloat((int) value);
    }
  }

  /**
   * Visits every field.
   *
   * @throws IllegalArgumentException when the bytes are no such message
   */
  static void visit(byte[] message, Consumer<Field> visitor) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (in.hasRemaining()) {
        long key = variable(in);
        visitor.accept(field((int) (key >>> 3), (int) (key & 7), in));
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("it ends in the middle of a field", e);
    }
  }

  private static Field field(int number, int wireType, ByteBuffer in) {
    byte[] none = {};
    return switch (wireType) {
      case 0 -> new Field(number, variable(in), none);
      case 1 -> new Field(number, in.getLong(), none);
      case 2 -> new Field(number, 0, bytes(in));
      case 5 -> new Field(number, in.getInt() & 0xFFFFFFFFL, none);
      default -> throw new IllegalArgumentException("it has a field of wire type " + wireType
          + " at byte " + in.position());
    };
  }

  private static byte[] bytes(ByteBuffer in) {
    long length = variable(in);
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a field claims " + length + " bytes where " + in.remaining() + " are left");
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  private static long variable(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte part = in.get();
      value |= (long) (part & 0x7F) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number has more than ten bytes, before byte " + in.position());
  }
}
