package dev.kasane.app.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The string literals of a compiled class, which ArchUnit does not read: the entries {@code CONSTANT_String} of its
 * pool (JVM specification, section 4.4). Pieces that are joined at run time are one entry, with {@code \1} between.
 */
public final class ClassStrings {
  private static final int UTF8 = 1;
  private static final int INTEGER = 3;
  private static final int FLOAT = 4;
  private static final int LONG = 5;
  private static final int DOUBLE = 6;
  private static final int CLASS = 7;
  private static final int STRING = 8;
  private static final int METHOD_HANDLE = 15;
  private static final int METHOD_TYPE = 16;
  private static final int MODULE = 19;
  private static final int PACKAGE = 20;
  /** Magic number and two versions. */
  private static final int HEADER = 8;

  private ClassStrings() {}

  /** All of them. */
  public static List<String> of(JavaClass type) {
    try (InputStream in = type.getSource().orElseThrow().getUri().toURL().openStream();
        DataInputStream data = new DataInputStream(in)) {
      data.skipNBytes(HEADER);
      return read(data);
    } catch (IOException e) {
      throw new UncheckedIOException(type.getName(), e);
    }
  }

  private static List<String> read(DataInputStream data) throws IOException {
    String[] texts = new String[data.readUnsignedShort()];
    List<Integer> strings = new ArrayList<>();
    for (int i = 1; i < texts.length; i++) {
      int tag = data.readUnsignedByte();
      switch (tag) {
        case UTF8 -> texts[i] = data.readUTF();
        case STRING -> strings.add(data.readUnsignedShort());
        case CLASS, METHOD_TYPE, MODULE, PACKAGE -> data.skipNBytes(2);
        case METHOD_HANDLE -> data.skipNBytes(3);
        case INTEGER, FLOAT -> data.skipNBytes(4);
        case LONG, DOUBLE -> {
          data.skipNBytes(8);
          i++;
        }
        default -> data.skipNBytes(4);
      }
    }
    return strings.stream().map(index -> texts[index]).toList();
  }
}
