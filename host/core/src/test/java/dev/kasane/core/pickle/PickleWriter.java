package dev.kasane.core.pickle;

import dev.kasane.core.pickle.machine.Opcode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes pickles instruction by instruction, also those that no honest tool would write. */
final class PickleWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  PickleWriter op(int... opcodes) {
    for (int opcode : opcodes) {
      bytes.write(opcode);
    }
    return this;
  }

  PickleWriter raw(byte[] piece) {
    bytes.writeBytes(piece);
    return this;
  }

  PickleWriter line(String text) {
    bytes.writeBytes((text + "\n").getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleWriter int32(int value) {
    return op(value & 0xff, value >> 8 & 0xff, value >> 16 & 0xff, value >> 24 & 0xff);
  }

  PickleWriter global(String module, String name) {
    return op(Opcode.GLOBAL).line(module).line(name);
  }

  PickleWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return op(Opcode.BINUNICODE).int32(utf8.length).raw(utf8);
  }

  PickleWriter number(int value) {
    return op(Opcode.BININT).int32(value);
  }

  PickleWriter sizes(int... values) {
    op(Opcode.MARK);
    for (int value : values) {
      number(value);
    }
    return op(Opcode.TUPLE);
  }

  /** Pushes a storage of floats. */
  PickleWriter storage(String key, int elements) {
    return op(Opcode.MARK).text("storage").global("torch", "FloatStorage").text(key).text("cpu")
        .number(elements).op(Opcode.TUPLE, Opcode.BINPERSID);
  }

  /** Pushes a tensor of floats. */
  PickleWriter tensor(int elements, int offset, int[] shape, int[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2").op(Opcode.MARK).storage("0", elements)
        .number(offset).sizes(shape).sizes(strides).op(Opcode.TUPLE, Opcode.REDUCE);
  }

  byte[] stop() {
    return op(Opcode.STOP).bytes.toByteArray();
  }
}
