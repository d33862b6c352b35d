package dev.kasane.core.tensor;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packs TorchScript source into the zip archive that libtorch's loader expects. */
final class ScriptArchive {
  private static final int BINPUT = 'q';
  private static final String HEADER = """
      class Ops(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;

  private ScriptArchive() {}

  /**
   * @param definitions {@code def}s at the left margin, the first parameter of each being {@code self}
   * @return the bytes of the archive
   */
  static byte[] of(String definitions) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "ops/data.pkl", objectPickle());
      put(zip, "ops/code/__torch__.py", (HEADER + indent(definitions)).getBytes(StandardCharsets.UTF_8));
      put(zip, "ops/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      put(zip, "ops/version", "3\n".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static String indent(String definitions) {
    return definitions.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.startsWith("def ") ? line.replaceFirst("\\(self", "(self: __torch__.Ops") : line)
        .map(line -> line.isBlank() ? "" : "  " + line)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static byte[] objectPickle() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) 0x80, 2});
    out.writeBytes("c__torch__\nOps\n");
    out.write(new byte[] {(byte) BINPUT, 0, ')', (byte) 0x81, '}', '('});
    byte[] key = "training".getBytes(StandardCharsets.UTF_8);
    out.write('X');
    out.writeInt(Integer.reverseBytes(key.length));
    out.write(key);
    out.write(new byte[] {(byte) 0x89, 'u', 'b', '.'});
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
