package dev.kasane.core.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.files.FileFault;
import dev.kasane.core.pickle.machine.Opcode;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickledTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadCheckpointTest {
  @TempDir
  Path folder;

  private void assertRefused(byte[] content, String words) {
    Path path = Goldens.write(folder.resolve("bad.ckpt"), content);
    assertThatThrownBy(() -> TorchCheckpoint.open(path)).isInstanceOf(FileFault.class)
        .hasMessageContaining(path.toString()).hasMessageContaining(words);
  }

  private static byte[] zip(boolean stored, Object... namesAndContents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        byte[] content = (byte[]) namesAndContents[i + 1];
        ZipEntry entry = new ZipEntry((String) namesAndContents[i]);
        if (stored) {
          CRC32 crc = new CRC32();
          crc.update(content);
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(content.length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(content);
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] vector(int elements) {
    return new PickleWriter().op(Opcode.EMPTY_DICT).text("w")
        .tensor(elements, 0, new int[] {elements}, new int[] {1}).op(Opcode.SETITEM).stop();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"malicious.pt", "malicious-legacy.pt"})
  void refusesAMaliciousCheckpointAndRunsNothing(String name) {
    assertThatThrownBy(() -> TorchCheckpoint.open(Goldens.file(name))).isInstanceOf(FileFault.class)
        .hasMessageContaining(name).hasMessageContaining("posix.system")
            .hasMessageContaining("nothing was run");
    assertThat(Path.of("kasane-was-here")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 4, 5})
  void refusesAMaliciousPickleOfEveryProtocol(int protocol) {
    assertThatThrownBy(() -> Goldens.unpickle(Goldens.bytes("malicious-" + protocol + ".pkl")))
        .isInstanceOf(MalformedPickle.class).hasMessageContaining("posix.system");
  }

  @Test
  void namesWhatItDoesNotRead() {
    assertThatThrownBy(() -> TorchCheckpoint.open(Goldens.file("module.pt")))
        .isInstanceOf(FileFault.class)
        .hasMessageContaining("torch.nn.modules.linear.Linear").hasMessageContaining("state_dict()");
    assertThatThrownBy(() -> TorchCheckpoint.open(Goldens.file("complex.pt")))
        .isInstanceOf(FileFault.class)
        .hasMessageContaining("torch.ComplexFloatStorage");
  }

  @ParameterizedTest
  @ValueSource(strings = {"small.pt", "small-legacy.pt"})
  void noticesACutAtEveryByte(String name) {
    byte[] whole = Goldens.bytes(name);
    for (int length = 0; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length), "bad.ckpt");
    }
  }

  @Test
  void saysWhatElseTheFileIs() throws IOException {
    assertRefused(text("\u0008\0\0\0\0\0\0\0{}      "), "is a safetensors file; rename it");
    assertRefused(text("version https://git-lfs.github.com/spec/v1\n"), "Git LFS pointer");
    assertRefused(text("<!doctype html>"), "web page");
    assertRefused(text("hello"), "neither a zip archive nor a pickle");
    assertRefused(new byte[0], "is empty");
    assertRefused(Goldens.bytes("plain-2.pkl"), "no PyTorch checkpoint: it begins with a dict");
    assertRefused(zip(true, "model/unet.bin", new byte[3]), "0 entries named 'FOLDER/data.pkl'");
    assertRefused(zip(true, "a/data.pkl", vector(1), "b/data.pkl", vector(1)), "2 entries named");
    assertThatThrownBy(() -> TorchCheckpoint.open(folder)).isInstanceOf(FileFault.class)
        .hasMessageContaining("is a folder");
    assertThatThrownBy(() -> TorchCheckpoint.open(folder.resolve("none"))).isInstanceOf(FileFault.class)
        .hasMessageContaining("no such file");
  }

  @Test
  void checksStoragesAgainstTheArchive() throws IOException {
    assertRefused(zip(true, "a/data.pkl", vector(2)), "lacks the storage 0");
    assertRefused(zip(true, "a/data.pkl", vector(2), "a/data/0", new byte[7]), "7 bytes in storage 0");
    assertRefused(zip(true, "a/data.pkl", vector(1), "a/data/0", new byte[4], "a/byteorder", text("middle")),
        "byte order is 'middle'");
  }

  @Test
  void swapsTheBytesOfBigEndianCheckpoints() throws IOException {
    byte[] content = {0x3f, (byte) 0x80, 0, 0, (byte) 0xc0, 0, 0, 0};
    Path path = Goldens.write(folder.resolve("big.pt"),
        zip(true, "a/data.pkl", vector(2), "a/data/0", content, "a/byteorder", text("big")));
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(path)) {
      assertThat(checkpoint.readFloats(checkpoint.stateDict().get("w"))).containsExactly(1, -2);
    }
  }

  @Test
  void refusesStoragesDeflatedBeyondBelief() throws IOException {
    int elements = 64 << 20;
    Path path = folder.resolve("bomb.pt");
    Goldens.write(path, zip(false, "a/data.pkl", vector(elements / 4), "a/data/0", new byte[elements]));
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(path)) {
      Map<String, PickledTensor> tensors = checkpoint.stateDict();
      assertThatThrownBy(() -> checkpoint.map(tensors.get("w"))).isInstanceOf(FileFault.class)
          .hasMessageContaining("without compression");
    }
    assertRefused(zip(false, "a/data.pkl", new byte[65 << 20]), "above the limit of 67108864");
  }

  @Test
  void readsArchivesWithA64BitDirectory() throws IOException {
    Path path = Goldens.write(folder.resolve("zip64.pt"), Zip64.convert(Goldens.bytes("small.pt")));
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(path)) {
      assertThat(checkpoint.readFloats(checkpoint.stateDict().get("a"))).containsExactly(0, 1, 2);
    }
  }

  @Test
  void refusesEncryptedAndDoubledEntries() throws IOException {
    byte[] encrypted = zip(true, "a/data.pkl", vector(1), "a/data/0", new byte[4]);
    encrypted[indexOf(encrypted, 0x02014b50) + 8] |= 1;
    assertRefused(encrypted, "encrypted");
    byte[] doubled = zip(true, "a/data.pkl", vector(1), "a/data.pkx", vector(1));
    int name = indexOf(doubled, 0x02014b50);
    for (int i = name; i < doubled.length; i++) {
      doubled[i] = doubled[i] == 'x' && doubled[i - 1] == 'k' ? (byte) 'l' : doubled[i];
    }
    assertRefused(doubled, "two zip entries named a/data.pkl");
  }

  private static int indexOf(byte[] bytes, int signature) {
    for (int i = 0; i < bytes.length - 4; i++) {
      if (Zip64.int32(bytes, i) == signature) {
        return i;
      }
    }
    throw new IllegalArgumentException("no such signature");
  }
}
