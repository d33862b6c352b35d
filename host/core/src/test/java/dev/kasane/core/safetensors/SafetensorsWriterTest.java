package dev.kasane.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  private static final Map<String, String> NONE = Map.of();

  @TempDir
  Path folder;

  private static TensorDeclaration floats(String name, float... values) {
    return TensorDeclaration.ofFloats(name, DType.F32, new long[] {values.length}, values);
  }

  private static TensorDeclaration failing(String name, IOException failure) {
    return new TensorDeclaration(name, DType.U8, new long[] {3}, channel -> {
      channel.write(ByteBuffer.allocate(2));
      throw failure;
    });
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> listed = Files.list(folder)) {
      return listed.toList();
    }
  }

  @Test
  void writesEveryTypeByteForByteAsTheReference() throws IOException {
    List<TensorDeclaration> tensors = new ArrayList<>();
    for (DType dtype : DType.values()) {
      byte[] content = new byte[6 * dtype.byteSize()];
      for (int i = 0; i < content.length; i++) {
        content[i] = (byte) (dtype == DType.BOOL ? i * 7 % 251 % 2 : i * 7 % 251);
      }
      tensors.add(new TensorDeclaration("tensor." + dtype.name().toLowerCase(Locale.ROOT), dtype,
          new long[] {2, 3}, TensorBytes.ofBuffer(() -> ByteBuffer.wrap(content))));
    }
    Collections.reverse(tensors);
    Path target = folder.resolve("every-type.safetensors");
    SafetensorsWriter.write(target, tensors, Map.of("format", "pt"));
    assertThat(target).hasBinaryContent(Goldens.bytes("every-type.safetensors"));
  }

  @Test
  void writesOddNamesByteForByteAsTheReference() throws IOException {
    List<TensorDeclaration> tensors = List.of(
        floats("quote \" backslash \\ slash /", 1),
        floats("control \u0001\u001f\u007f\n\t\b\f\r", 2),
        floats("caf\u00e9 \u2028", 3),
        floats("\uffee above the surrogates in UTF-16, below them in UTF-8", 4),
        floats("\ud83d\ude00", 5),
        TensorDeclaration.ofFloats("scalar", DType.F32, new long[0], new float[] {6}),
        TensorDeclaration.ofFloats("empty", DType.F32, new long[] {0, 3}, new float[0]),
        floats("", 7),
        TensorDeclaration.ofFloats("half", DType.F16, new long[] {1}, new float[] {8}));
    Path target = folder.resolve("odd-names.safetensors");
    SafetensorsWriter.write(target, tensors, Map.of("note", "tab\t\"\u00e9\ud83d\ude00"));
    assertThat(target).hasBinaryContent(Goldens.bytes("odd-names.safetensors"));
  }

  @Test
  void equalContentGivesEqualFilesWhateverTheOrder() throws IOException {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    SafetensorsWriter.write(first, List.of(floats("a", 1), floats("b", 2)),
        Map.of("x", "1", "y", "2", "z", "3"));
    SafetensorsWriter.write(second, List.of(floats("b", 2), floats("a", 1)),
        Map.of("z", "3", "y", "2", "x", "1"));
    assertThat(first).hasSameBinaryContentAs(second);
  }

  @Test
  void asksForOneTensorAtATimeInFileOrder() throws IOException {
    List<String> asked = new ArrayList<>();
    List<TensorDeclaration> tensors = Stream.of("c", "a", "b").map(name ->
        new TensorDeclaration(name, DType.U8, new long[] {1}, channel -> {
          asked.add(name);
          channel.write(ByteBuffer.allocate(1));
        })).toList();
    SafetensorsWriter.write(folder.resolve("w"), tensors, NONE);
    assertThat(asked).containsExactly("a", "b", "c");
  }

  @Test
  void aFailingSourceLeavesTheTargetAsItWas() throws IOException {
    Path target = Files.writeString(folder.resolve("w.safetensors"), "precious");
    IOException full = new IOException("No space left on device");
    assertThatThrownBy(() -> SafetensorsWriter.write(target, List.of(failing("w", full)), NONE))
        .isInstanceOf(FileFault.class).hasCause(full)
        .hasMessageContaining(target.toString()).hasMessageContaining("the disk is full");
    assertThat(target).hasContent("precious");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void anUncheckedFailureOfASourceLeavesNoTraceEither() throws IOException {
    TensorDeclaration broken = new TensorDeclaration("w", DType.U8, new long[] {1}, channel -> {
      throw new IllegalStateException("source is closed");
    });
    assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("w"), List.of(broken), NONE))
        .isInstanceOf(IllegalStateException.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void countsTheBytesOfEverySource() throws IOException {
    TensorDeclaration few = new TensorDeclaration("few", DType.F32, new long[] {2},
        TensorBytes.ofBuffer(() -> ByteBuffer.allocate(5)));
    TensorDeclaration many = new TensorDeclaration("many", DType.F32, new long[] {2},
        TensorBytes.ofBuffer(() -> ByteBuffer.allocate(9)));
    assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("w"), List.of(few), NONE))
        .isInstanceOf(FileFault.class).hasMessageContaining("'few' gave 3 bytes too few of 8");
    assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("w"), List.of(many), NONE))
        .isInstanceOf(FileFault.class).hasMessageContaining("'many' gave more than its 8 bytes");
    assertThat(files()).isEmpty();
  }

  @Test
  void refusesNamesTheFormatCannotHold() {
    assertRefused(List.of(floats("w", 1), floats("w", 2)), NONE, "two tensors named 'w'");
    assertRefused(List.of(floats("__metadata__", 1)), NONE, "rename the tensor");
    assertRefused(List.of(floats("\ud800", 1)), NONE, "lone surrogate");
    assertRefused(List.of(), Map.of("k", "\udc00"), "lone surrogate");
    assertThat(folder).isEmptyDirectory();
  }

  private void assertRefused(List<TensorDeclaration> tensors, Map<String, String> metadata, String words) {
    Path target = folder.resolve("w");
    assertThatThrownBy(() -> SafetensorsWriter.write(target, tensors, metadata))
        .isInstanceOf(FileFault.class).hasMessageContaining(words);
  }

  @Test
  void namesFoldersThatAreMissingOrInTheWay() {
    Path missing = folder.resolve("none").resolve("w");
    assertThatThrownBy(() -> SafetensorsWriter.write(missing, List.of(), NONE))
        .isInstanceOf(FileFault.class).hasMessageContaining("no folder");
    assertThatThrownBy(() -> SafetensorsWriter.write(folder, List.of(), NONE))
        .isInstanceOf(FileFault.class).hasMessageContaining("is a folder");
  }

  @Test
  void respectsWriteProtection() throws IOException {
    Path target = Files.writeString(folder.resolve("w"), "precious");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r--r--r--"));
    assumeThat(Files.isWritable(target)).as("the superuser may write everything").isFalse();
    assertThatThrownBy(() -> SafetensorsWriter.write(target, List.of(), NONE))
        .isInstanceOf(FileFault.class).hasMessageContaining("permission denied");
    assertThat(target).hasContent("precious");
  }

  @Test
  void writesThroughASymbolicLink() throws IOException {
    Path real = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    SafetensorsWriter.write(link, List.of(floats("w", 1)), NONE);
    assertThat(link).isSymbolicLink();
    try (SafetensorsFile file = SafetensorsFile.open(real)) {
      assertThat(file.readFloats("w")).containsExactly(1);
    }
  }

  @Test
  void aDeclarationRefusesImpossibleShapes() {
    for (long[] shape : new long[][] {{-1}, {1L << 62, 4}, {Long.MAX_VALUE}}) {
      assertThatThrownBy(() -> new TensorDeclaration("w", DType.F32, shape, channel -> { }))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'w'");
    }
  }
}
