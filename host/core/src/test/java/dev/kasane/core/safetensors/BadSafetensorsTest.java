package dev.kasane.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadSafetensorsTest {
  private static final String A = "'dtype':'F32','shape':[1],'data_offsets':[0,4]";

  @TempDir
  Path folder;

  private void assertRefused(byte[] content, String words) {
    Path path = Goldens.write(folder.resolve("bad.safetensors"), content);
    assertThatThrownBy(() -> SafetensorsFile.open(path)).isInstanceOf(FileFault.class)
        .hasMessageContaining(path.toString()).hasMessageContaining(words);
  }

  private void assertHeaderRefused(String header, int dataLength, String words) {
    assertRefused(Goldens.assemble(header.replace('\'', '"'), dataLength), words);
  }

  private void assertHeaderAccepted(String header, int dataLength) throws IOException {
    Path path = folder.resolve("good.safetensors");
    SafetensorsFile.open(Goldens.write(path, Goldens.assemble(header.replace('\'', '"'), dataLength)))
        .close();
  }

  /** The reference refuses them; the tensors are as good as any. */
  @Test
  void metadataThatAreNoTextAreTakenAsTheirJson() throws IOException {
    Path path = folder.resolve("odd.safetensors");
    String header = "{'a':{" + A + "},'__metadata__':{'n':1.50,'t':'x','o':{'b':[1,null,'y']},'z':null}}";
    try (SafetensorsFile file =
        SafetensorsFile.open(Goldens.write(path, Goldens.assemble(header.replace('\'', '"'), 4)))) {
      assertThat(file.metadata()).containsExactlyInAnyOrderEntriesOf(
          Map.of("n", "1.50", "t", "x", "o", "{\"b\":[1,null,\"y\"]}", "z", "null"));
      assertThat(file.foreignMetadata()).containsExactly("n", "o", "z");
      assertThat(file.readFloats("a")).hasSize(1);
    }
  }

  @Test
  void acceptsTheSmallestFilesTheReferenceAccepts() throws IOException {
    assertHeaderAccepted("{}", 0);
    assertHeaderAccepted("{'a':{" + A + "}}\n  ", 4);
    assertHeaderAccepted("{'a':{" + A + ",'later':{'x':[1]}},'__metadata__':null}", 4);
    assertHeaderAccepted("{'z':{'dtype':'F32','shape':[0],'data_offsets':[0,0]},'a':{" + A + "}}", 4);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | belong to no tensor",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}} | 4 | runs backwards",
      "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | 4 | needs 8 bytes but spans 4",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 5 | declares tensors for 4 only",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 3 | download is incomplete",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
          + "'b':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}} | 6 | over the tensor before",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
          + "'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 4 | over the tensor before",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
          + "'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 4 | names 'a' twice",
      "{'a':{'dtype':'F32','dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 4 | gives its dtype twice",
      "{'a':{'dtype':'F31','shape':[1],'data_offsets':[0,4]}} | 4 | dtype 'F31'",
      "{'a':{'dtype':'C64','shape':[1],'data_offsets':[0,8]}} | 8 | dtype 'C64', which Kasane does not read",
      "{'a':{'dtype':3,'shape':[1],'data_offsets':[0,4]}} | 4 | dtype that is not text",
      "{'a':{'shape':[1],'data_offsets':[0,4]}} | 4 | lacks dtype",
      "{'a':{'dtype':'F32','data_offsets':[0,4]}} | 4 | lacks shape",
      "{'a':{'dtype':'F32','shape':[1]}} | 4 | lacks data_offsets",
      "{'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]}} | 4 | not a list",
      "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | 4 | in place of a whole number",
      "{'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}} | 4 | in place of a whole number",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}} | 4 | 1 data_offsets",
      "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,99999999999999999999]}} | 4 | not valid JSON",
      "{'a':{'dtype':'U8','shape':[4],'data_offsets':[0,9223372036854775807]}} | 4 | past anything",
      "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,4]}} | 4 | larger than any file",
      "{'a':{'dtype':'F64','shape':[2305843009213693952],'data_offsets':[0,0]}} | 0 | larger than any file",
      "{'a':[]} | 4 | should be an object",
      "{'__metadata__':{'k':[[1,}} | 0 | not valid JSON",
      "{'__metadata__':{'k':{'\\ud800':1}}} | 0 | lone surrogate",
      "{'__metadata__':[]} | 0 | __metadata__ should be an object",
      "{'__metadata__':{'k':'1','k':'2'}} | 0 | names 'k' twice",
      "{'__metadata__':{},'__metadata__':{}} | 0 | twice",
      "{'__metadata__':{'k':'\\ud800'}} | 0 | lone surrogate",
      "{'\\udc00':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 4 | lone surrogate",
      "{}{} | 0 | goes on after",
      "{'a': | 0 | not valid JSON",
      "{'a' 1} | 0 | not valid JSON",
  })
  void refusesAHeaderThatContradictsItselfOrTheFile(String header, int dataLength, String words) {
    assertHeaderRefused(header, dataLength, words);
  }

  @Test
  void refusesAHeaderThatIsNotUtf8() {
    byte[] content = Goldens.assemble("{\"abc\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0);
    content[10] = (byte) 0xc0;
    content[11] = (byte) 0x80;
    assertRefused(content, "not valid UTF-8");
  }

  @Test
  void refusesDeepNestingWithoutFallingOver() {
    assertHeaderRefused("{'a':{'x':" + "[".repeat(100_000) + "]".repeat(100_000) + "}}", 0, "not valid JSON");
  }

  @Test
  void saysWhatElseTheFileIs() {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 3438167540\n";
    assertRefused(pointer.getBytes(StandardCharsets.US_ASCII), "Git LFS pointer");
    assertRefused("\n<!DOCTYPE html><html>".getBytes(StandardCharsets.US_ASCII), "web page");
    assertRefused("{\"weight_map\": {}}".getBytes(StandardCharsets.US_ASCII), "JSON text");
    assertRefused(Arrays.copyOf(new byte[] {'P', 'K', 3, 4, 0, 0}, 100), "zip archive");
    assertRefused(Arrays.copyOf(new byte[] {(byte) 0x80, 2, '}', 'q'}, 100), "Python pickle");
    assertRefused(Arrays.copyOf(new byte[] {'G', 'G', 'U', 'F', 3}, 100), "GGUF");
    assertRefused(Arrays.copyOf(new byte[] {(byte) 0x89, 'H', 'D', 'F'}, 100), "HDF5");
    assertRefused(Arrays.copyOf(new byte[] {0x1f, (byte) 0x8b}, 100), "gzip");
    assertRefused(new byte[100], "nothing but zeros");
    assertRefused(new byte[0], "is empty");
    assertRefused(new byte[] {1, 2}, "too few");
  }

  @Test
  void refusesHeaderLengthsBeyondTheLimitOrTheFile() {
    byte[] content = Goldens.bytes("plain.safetensors");
    content[3] = 9;
    assertRefused(content, "above the limit of 100000000");
    content[7] = (byte) 0x80;
    assertRefused(content, "above the limit");
    content[7] = 0;
    content[3] = 1;
    assertRefused(content, "download is incomplete");
  }

  @Test
  void noticesACutAtEveryByte() {
    byte[] whole = Goldens.bytes("odd-names.safetensors");
    for (int length = 0; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length), "bad.safetensors");
    }
  }

  @Test
  void namesMissingFilesAndFolders() {
    assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("none")))
        .isInstanceOf(FileFault.class)
        .hasMessageContaining("no such file");
    assertThatThrownBy(() -> SafetensorsFile.open(folder)).isInstanceOf(FileFault.class)
        .hasMessageContaining("is a folder");
  }

  @Test
  void shortensHostileNamesInMessages() {
    String name = "x\\u0007".repeat(100_000);
    Path path = Goldens.write(folder.resolve("bad.safetensors"),
        Goldens.assemble("{\"" + name + "\":[]}", 0));
    assertThatThrownBy(() -> SafetensorsFile.open(path)).satisfies(failure ->
        assertThat(failure.getMessage()).hasSizeLessThan(500 + path.toString().length())
            .doesNotContain("\u0007"));
  }
}
