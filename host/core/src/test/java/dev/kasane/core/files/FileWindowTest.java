package dev.kasane.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWindowTest {
  @TempDir
  private Path folder;

  /** More than the system lets a process map, all of them in use. */
  @Test
  void aFileMayHaveMoreTensorsThanAProcessHasMappings() throws IOException {
    byte[] content = new byte[100_000];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 31);
    }
    Path file = Files.write(folder.resolve("many"), content);
    List<ByteBuffer> windows = new ArrayList<>();
    try (FileChannel channel = InputFile.channel(file)) {
      for (int i = 0; i < 80_000; i++) {
        windows.add(FileWindow.of(channel, i, 4, 80_000));
      }
      assertThatThrownBy(() -> FileWindow.of(channel, 99_998, 4, 80_000)).isInstanceOf(IOException.class);
    }
    for (int i = 0; i < windows.size(); i++) {
      ByteBuffer window = windows.get(i);
      assertThat(window.remaining()).isEqualTo(4);
      assertThat(window.get(3)).isEqualTo(content[i + 3]);
    }
    assertThat(windows).allMatch(ByteBuffer::isDirect).allMatch(ByteBuffer::isReadOnly);
  }
}
